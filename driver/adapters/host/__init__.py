"""This machine: clock, user, signals, loopback ports."""
