"""The limits of an AWS account that an environment can meet, as Service Quotas names and numbers them."""

from dataclasses import dataclass
from enum import StrEnum

WORLD = "us-east-1"
"""The region that answers for quotas of services that have no regions, such as IAM.

https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html
"""


class Key(StrEnum):
    """What a quota counts, in words that scripts may hold on to: AWS changes its own."""

    ON_DEMAND = "fargate-vcpu"
    SPOT = "fargate-spot-vcpu"
    BALANCERS = "load-balancers"
    TARGET_GROUPS = "target-groups"
    TARGETS = "targets-per-group"
    SHARED_GROUPS = "target-groups-per-balancer"
    LISTENERS = "listeners-per-balancer"
    LISTENER_RULES = "rules-per-balancer"
    INTERFACES = "network-interfaces"
    VPCS = "vpcs"
    SUBNETS = "subnets-per-vpc"
    BLOCKS = "blocks-per-vpc"
    GROUPS = "security-groups"
    RULES = "rules-per-group"
    NATS = "nat-gateways-per-zone"
    ADDRESSES = "elastic-ips"
    CLUSTERS = "clusters"
    SERVICES = "services-per-cluster"
    TASKS = "tasks-per-service"
    SECRETS = "secrets"
    ROLES = "roles"
    CONCURRENCY = "lambda-concurrency"


@dataclass(frozen=True)
class Quota:
    """One quota: its service's code, the names that AWS has for it, and its own code.

    Without a code it is found by its name; a code whose name is none of these is not believed.
    """

    key: Key
    service: str
    names: tuple[str, ...]
    code: str | None = None
    world: bool = False

    @property
    def name(self) -> str:
        """AWS's name."""
        return self.names[0]


QUOTAS: tuple[Quota, ...] = (
    Quota(Key.ON_DEMAND, "fargate", ("Fargate On-Demand vCPU resource count",), "L-3032A538"),
    Quota(Key.SPOT, "fargate", ("Fargate Spot vCPU resource count",), "L-36FBB829"),
    Quota(Key.BALANCERS, "elasticloadbalancing", ("Application Load Balancers per Region",), "L-53DA6B97"),
    Quota(Key.TARGET_GROUPS, "elasticloadbalancing", ("Target Groups per Region",), "L-B22855CB"),
    Quota(Key.TARGETS, "elasticloadbalancing", ("Targets per Target Group per Region",), "L-A0D0B863"),
    Quota(Key.SHARED_GROUPS, "elasticloadbalancing", ("Target Groups per Application Load Balancer",), "L-822D1B1B"),
    Quota(Key.LISTENERS, "elasticloadbalancing", ("Listeners per Application Load Balancer",), "L-B6DF7632"),
    Quota(Key.LISTENER_RULES, "elasticloadbalancing", ("Rules per Application Load Balancer",), "L-7EED9B64"),
    Quota(Key.INTERFACES, "vpc", ("Network interfaces per Region",), "L-DF5E4CA3"),
    Quota(Key.VPCS, "vpc", ("VPCs per Region",), "L-F678F1CE"),
    Quota(Key.SUBNETS, "vpc", ("Subnets per VPC",), "L-407747CB"),
    Quota(Key.BLOCKS, "vpc", ("IPv4 CIDR blocks per VPC",), "L-83CA0A9D"),
    Quota(Key.GROUPS, "vpc", ("VPC security groups per Region", "Security groups per Region"), "L-E79EC296"),
    Quota(Key.RULES, "vpc", ("Inbound or outbound rules per security group",), "L-0EA8095F"),
    Quota(Key.NATS, "vpc", ("NAT gateways per Availability Zone",), "L-FE5A380F"),
    Quota(Key.ADDRESSES, "ec2", ("EC2-VPC Elastic IPs",), "L-0263D0A3"),
    Quota(Key.CLUSTERS, "ecs", ("Clusters per account",), "L-21C621EB"),
    Quota(Key.SERVICES, "ecs", ("Services per cluster",)),
    Quota(Key.TASKS, "ecs", ("Tasks per service",)),
    Quota(Key.SECRETS, "secretsmanager", ("Secrets", "Secrets per Region", "Secrets per account"), "L-2F66C23C"),
    Quota(Key.ROLES, "iam", ("Roles per account",), "L-FE177D64", world=True),
    Quota(Key.CONCURRENCY, "lambda", ("Concurrent executions",), "L-B99A9384"),
)
"""Codes of `ecs` are not proven but for the clusters': those are found by name.

https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
"""
