"""Procfiles, and the shell lines in them."""
