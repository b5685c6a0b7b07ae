"""EventBridge Scheduler's deliveries to ECS."""
