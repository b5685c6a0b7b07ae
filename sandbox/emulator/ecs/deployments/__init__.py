"""The service scheduler and its deployments."""
