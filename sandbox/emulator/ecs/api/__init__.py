"""ECS's API of services, tasks and deployment history."""
