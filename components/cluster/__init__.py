"""The ECS cluster and the log of its events."""
