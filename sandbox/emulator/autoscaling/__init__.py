"""Application Auto Scaling: targets, policies, schedules, and the engine that acts on them."""
