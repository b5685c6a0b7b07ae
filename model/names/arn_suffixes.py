"""How CloudWatch and Application Auto Scaling name load balancers and target groups: by the end of their ARN.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""


def balancer_suffix(arn: str) -> str:
    """The load balancer: `app/<name>/<id>`."""
    return arn.rpartition(":loadbalancer/")[2]


def targets_suffix(arn: str) -> str:
    """The target group: `targetgroup/<name>/<id>`."""
    return arn.rpartition(":")[2]
