"""What AWS has already, and what it has no more."""
