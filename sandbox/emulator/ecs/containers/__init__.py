"""What ECS does inside a task: container options, health checks, exec, secrets."""
