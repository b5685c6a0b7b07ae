"""IAM and resource policies, one file for each thing that has one."""
