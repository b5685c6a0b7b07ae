"""ECS as a service scheduler: deployments that prove themselves, their history, and tasks that stop in order."""
