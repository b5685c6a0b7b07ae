"""Route 53's health checks."""
