"""CloudWatch Logs: what its filter patterns mean, and how lines are delivered to subscribers."""
