"""IAM's identity providers and service-linked roles."""
