"""The quotas that Service Quotas knows here, with the defaults that AWS publishes.

https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
"""

from dataclasses import dataclass

WORLD = "us-east-1"


@dataclass(frozen=True)
class Known:
    """One quota. `metric` is the resource and service by which AWS/Usage counts it, for those that it counts."""

    service: str
    code: str
    name: str
    value: float
    adjustable: bool = True
    world: bool = False
    metric: tuple[str, str] | None = None


LOAD_BALANCING = "Elastic Load Balancing"
SERVICES = {
    "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)",
    "ecs": "Amazon Elastic Container Service (Amazon ECS)",
    "elasticloadbalancing": "Elastic Load Balancing (ELB)",
    "events": "Amazon EventBridge (CloudWatch Events)",
    "fargate": "AWS Fargate",
    "iam": "AWS Identity and Access Management (IAM)",
    "lambda": "AWS Lambda",
    "secretsmanager": "AWS Secrets Manager",
    "vpc": "Amazon Virtual Private Cloud (Amazon VPC)",
}
KNOWN = (
    Known("fargate", "L-3032A538", "Fargate On-Demand vCPU resource count", 6, metric=("vCPU", "Fargate")),
    Known("fargate", "L-36FBB829", "Fargate Spot vCPU resource count", 6, metric=("SpotvCPU", "Fargate")),
    Known(
        "elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region", 50,
        metric=("ApplicationLoadBalancersPerRegion", LOAD_BALANCING),
    ),
    Known(
        "elasticloadbalancing", "L-B22855CB", "Target Groups per Region", 3000,
        metric=("TargetGroupsPerRegion", LOAD_BALANCING),
    ),
    Known("elasticloadbalancing", "L-822D1B1B", "Target Groups per Application Load Balancer", 100),
    Known("elasticloadbalancing", "L-B6DF7632", "Listeners per Application Load Balancer", 50),
    Known("elasticloadbalancing", "L-7EED9B64", "Rules per Application Load Balancer", 100),
    Known("elasticloadbalancing", "L-7E6692B2", "Targets per Application Load Balancer", 1000),
    Known("elasticloadbalancing", "L-A0D0B863", "Targets per Target Group per Region", 1000),
    Known("elasticloadbalancing", "L-9365A611", "Certificates per Application Load Balancer", 25),
    Known("vpc", "L-F678F1CE", "VPCs per Region", 5),
    Known("vpc", "L-407747CB", "Subnets per VPC", 200),
    Known("vpc", "L-DF5E4CA3", "Network interfaces per Region", 5000),
    Known("vpc", "L-E79EC296", "VPC security groups per Region", 2500),
    Known("vpc", "L-0EA8095F", "Inbound or outbound rules per security group", 60),
    Known("vpc", "L-2AFB9258", "Security groups per network interface", 5),
    Known("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5),
    Known("vpc", "L-83CA0A9D", "IPv4 CIDR blocks per VPC", 5),
    Known("vpc", "L-589F43AA", "Route tables per VPC", 200),
    Known("vpc", "L-93826ACB", "Routes per route table", 50),
    Known("vpc", "L-A4707A72", "Internet gateways per Region", 5),
    Known("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50),
    Known("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5),
    Known("ecs", "L-21C621EB", "Clusters per account", 10000),
    Known("ecs", "L-9EF96962", "Services per cluster", 5000),
    Known("ecs", "L-92E49DE3", "Tasks per service", 5000),
    Known("secretsmanager", "L-2F66C23C", "Secrets", 500000, adjustable=False),
    Known("iam", "L-FE177D64", "Roles per account", 1000, world=True),
    Known("lambda", "L-B99A9384", "Concurrent executions", 1000),
    Known("events", "L-244521F2", "Rules", 300),
)  # fmt: skip
