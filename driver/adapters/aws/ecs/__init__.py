"""ECS: services, deployments, tasks and events."""
