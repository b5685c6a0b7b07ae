"""EventBridge's deliveries to log groups."""
