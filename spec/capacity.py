"""How many tasks, and so addresses, a deployment needs for a while beside those that run."""

from math import ceil, floor

MAXIMUM_PERCENT = 200
"""The tasks that a service may have during a deployment, in percent of its desired count.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""


def surge(desired: int, present: int) -> int:
    """The tasks that a deployment may start while `present` ones are still there; ECS rounds the maximum down."""
    return max(0, floor(desired * MAXIMUM_PERCENT / 100) - present)


def share(needed: int, subnets: int) -> int:
    """The addresses that each subnet must have: tasks are spread over zones, and not to where addresses are left."""
    return ceil(needed / subnets) if subnets else needed
