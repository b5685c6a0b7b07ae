"""Tests that share one environment with every part of the platform; it is gone when the last of them has run."""
