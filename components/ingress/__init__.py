"""From the internet to a web process: load balancers, listener rules, target groups, DNS, certificates."""
