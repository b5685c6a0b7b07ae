"""A read-only registry that stands in for the public ones, so that nothing is ever downloaded."""
