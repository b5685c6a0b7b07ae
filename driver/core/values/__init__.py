"""Values that ports, flows and adapters share."""
