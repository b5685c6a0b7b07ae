"""Lambda's rules for functions."""
