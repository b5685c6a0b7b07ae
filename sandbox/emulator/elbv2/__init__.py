"""Elastic Load Balancing's control plane: load balancers, target groups and targets that are really probed."""
