"""The private network of an environment: public subnets for load balancers, private ones for tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from components.network.endpoints import Endpoints, EndpointsArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.namespace import Namespace, NamespaceArgs
from components.network.private_tiers import Tiers, TiersArgs
from model.settings.environment import Settings
from model.settings.network import Nat
from model.settings.network import Network as Plan

TYPE = "slipway:components:Network"

STRATEGY = {
    Nat.NONE: awsx.ec2.NatGatewayStrategy.NONE,
    Nat.SINGLE: awsx.ec2.NatGatewayStrategy.SINGLE,
    Nat.PER_ZONE: awsx.ec2.NatGatewayStrategy.ONE_PER_AZ,
}


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """The address plan and the environment it is tagged with, both in the settings."""

    settings: Settings
    account: str


class Network(pulumi.ComponentResource):
    """A VPC with a public and a private subnet in each zone, and the private tiers that were appended to it.

    `private_subnet_ids` are the first private tier's, which load balancers keep to; `task_subnet_ids` are all of them.
    `namespace` is the private DNS zone, where something has a name in it.
    """

    vpc_id: pulumi.Output[str]
    public_subnet_ids: pulumi.Output[Sequence[str]]
    private_subnet_ids: pulumi.Output[Sequence[str]]
    task_subnet_ids: pulumi.Output[Sequence[str]]
    nat_ids: pulumi.Output[list[str]]
    namespace: Namespace | None = None

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        env, region, plan = args.settings.env, args.settings.region, args.settings.network
        vpc = self._vpc(name, env, plan)
        self.vpc_id = vpc.vpc_id
        child = pulumi.ResourceOptions(parent=self)
        # Nothing of ours stands in the group that AWS gives to what names none; empty, it lets nothing in by mistake.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc.vpc_id, tags={"Environment": env}, opts=child)
        self.public_subnet_ids = vpc.public_subnet_ids
        self.private_subnet_ids = vpc.private_subnet_ids
        tables: pulumi.Output[list[str]] = vpc.route_tables.apply(lambda found: private_tables(name, plan.zones, found))
        self.nat_ids = vpc.nat_gateways.apply(lambda found: gateways(name, found))
        tiers = Tiers(name, TiersArgs(env=env, plan=plan, vpc_id=vpc.vpc_id, route_table_ids=tables), child)
        self.task_subnet_ids = pulumi.Output.all(vpc.private_subnet_ids, tiers.subnet_ids).apply(_joined)
        endpoints = EndpointsArgs(
            env=env,
            region=region,
            plan=plan,
            vpc_id=vpc.vpc_id,
            subnet_ids=vpc.private_subnet_ids,
            route_table_ids=tables,
        )
        Endpoints(name, endpoints, child)
        if plan.flow_logs is not None:
            logs = FlowLogsArgs(
                env=env, region=region, account=args.account, settings=plan.flow_logs, vpc_id=vpc.vpc_id
            )
            FlowLogs(name, logs, child)
        if args.settings.namespace is not None:
            self.namespace = Namespace(
                name, NamespaceArgs(env=env, name=args.settings.namespace, vpc_id=vpc.vpc_id), child
            )
        self.register_outputs({"vpcId": self.vpc_id})

    def _vpc(self, name: str, env: str, plan: Plan) -> awsx.ec2.Vpc:
        return awsx.ec2.Vpc(
            name,
            cidr_block=plan.cidr,
            availability_zone_names=list(plan.zones),
            subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
            subnet_specs=_tiers(plan),
            nat_gateways=awsx.ec2.NatGatewayConfigurationArgs(strategy=STRATEGY[plan.nat]),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Environment": env},
            opts=pulumi.ResourceOptions(parent=self),
        )


def private_tables(name: str, zones: Sequence[str], tables: Sequence[aws.ec2.RouteTable]) -> pulumi.Output[list[str]]:
    """The route table of each zone's first private subnet, in the order of the zones.

    Found by the names that awsx gives, since it promises no order. Each leads to the NAT gateway of its own zone.
    """
    named = {table.pulumi_resource_name: table.id for table in tables}
    return pulumi.Output.all(*(named[f"{name}-private-{index}"] for index, _ in enumerate(zones, 1)))


def gateways(name: str, found: Sequence[aws.ec2.NatGateway]) -> pulumi.Output[list[str]]:
    """The NAT gateways in the order of the zones, by the names that awsx gives."""
    named = {gateway.pulumi_resource_name: gateway.id for gateway in found}
    return pulumi.Output.all(*(named[f"{name}-{index}"] for index in range(1, len(found) + 1)))


def _joined(parts: Sequence[Sequence[str]]) -> list[str]:
    return [subnet for part in parts for subnet in part]


def _tiers(plan: Plan) -> list[awsx.ec2.SubnetSpecArgs]:
    return [
        awsx.ec2.SubnetSpecArgs(type=awsx.ec2.SubnetType.PUBLIC, name="public", cidr_mask=plan.public_mask),
        awsx.ec2.SubnetSpecArgs(type=awsx.ec2.SubnetType.PRIVATE, name="private", cidr_mask=plan.private_mask),
    ]
