"""Secrets Manager's rules for versions."""
