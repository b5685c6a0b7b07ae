"""What the sandbox adds to a VPC: AWS's rules on addresses, and what is in use."""
