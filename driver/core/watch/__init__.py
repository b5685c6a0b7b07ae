"""Watching a rollout: what ECS says of it, the verdict, and why it failed."""
