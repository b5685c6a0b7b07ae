"""ECR: images and their tags."""
