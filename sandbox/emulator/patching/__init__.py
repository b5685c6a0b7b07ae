"""How ministack is extended: patches, their self-test, background loops, services of its own."""
