"""EC2 and VPC."""
