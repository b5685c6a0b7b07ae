"""ECR's rules for tags."""
