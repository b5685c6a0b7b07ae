"""The fault matrix: tests that share a town, which is gone when the last of them has run."""
