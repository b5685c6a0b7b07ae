"""Bringing an environment up, and what may leave it."""
