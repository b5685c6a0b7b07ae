"""The VPC with its subnets, endpoints, flow logs, DNS namespace and security group rules."""
