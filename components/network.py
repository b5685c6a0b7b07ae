"""The private network of an environment: public subnets for load balancers, private ones for tasks."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_awsx as awsx

from spec import settings

TYPE = "slipway:components:Network"

STRATEGY = {
    settings.Nat.NONE: awsx.ec2.NatGatewayStrategy.NONE,
    settings.Nat.SINGLE: awsx.ec2.NatGatewayStrategy.SINGLE,
    settings.Nat.PER_ZONE: awsx.ec2.NatGatewayStrategy.ONE_PER_AZ,
}


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """The address plan, and the environment it is tagged with."""

    env: str
    plan: settings.Network


class Network(pulumi.ComponentResource):
    """A VPC with a public and a private subnet in each zone."""

    vpc_id: pulumi.Output[str]
    public_subnet_ids: pulumi.Output[Sequence[str]]
    private_subnet_ids: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        vpc = awsx.ec2.Vpc(
            name,
            cidr_block=args.plan.cidr,
            availability_zone_names=list(args.plan.zones),
            subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
            subnet_specs=_tiers(args.plan),
            nat_gateways=awsx.ec2.NatGatewayConfigurationArgs(strategy=STRATEGY[args.plan.nat]),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Environment": args.env},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.vpc_id = vpc.vpc_id
        self.public_subnet_ids = vpc.public_subnet_ids
        self.private_subnet_ids = vpc.private_subnet_ids
        self.register_outputs({"vpcId": self.vpc_id})


def _tiers(plan: settings.Network) -> list[awsx.ec2.SubnetSpecArgs]:
    return [
        awsx.ec2.SubnetSpecArgs(type=awsx.ec2.SubnetType.PUBLIC, name="public", cidr_mask=plan.public_mask),
        awsx.ec2.SubnetSpecArgs(type=awsx.ec2.SubnetType.PRIVATE, name="private", cidr_mask=plan.private_mask),
    ]
