"""Private tiers that were appended to a VPC: plain subnets on blocks of their own, beside those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.settings.network import Network as Plan

TYPE = "slipway:components:Tiers"


@dataclass(frozen=True, kw_only=True)
class TiersArgs:
    """The address plan, and the private route table of each zone, in the order of the zones."""

    env: str
    plan: Plan
    vpc_id: pulumi.Input[str]
    route_table_ids: pulumi.Output[list[str]]


class Tiers(pulumi.ComponentResource):
    """One subnet a tier and zone, on its own zone's route table: another zone's NAT costs money, and fails with it."""

    subnet_ids: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: TiersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args = args
        made: list[pulumi.Output[str]] = []
        for tier in args.plan.tiers:
            # Named after its block, so that a change of the order in the settings moves nothing.
            label = f"{name}.{tier.cidr.replace('/', '-')}"
            block = aws.ec2.VpcIpv4CidrBlockAssociation(
                label, vpc_id=args.vpc_id, cidr_block=tier.cidr, opts=pulumi.ResourceOptions(parent=self)
            )
            for index, cidr in enumerate(tier.subnets(len(args.plan.zones))):
                made.append(self._subnet(label, index, cidr, block))
        self.subnet_ids = pulumi.Output.all(*made)
        self.register_outputs({"subnetIds": self.subnet_ids})

    def _subnet(
        self, label: str, index: int, cidr: str, block: aws.ec2.VpcIpv4CidrBlockAssociation
    ) -> pulumi.Output[str]:
        zone = self._args.plan.zones[index]
        subnet = aws.ec2.Subnet(
            f"{label}.{zone}",
            # The block's VPC and not the VPC itself: the block must be there first, and go last.
            vpc_id=block.vpc_id,
            cidr_block=cidr,
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags={"Environment": self._args.env, "Name": f"{label}.{zone}", "SubnetType": "Private"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )
        aws.ec2.RouteTableAssociation(
            f"{label}.{zone}",
            subnet_id=subnet.id,
            route_table_id=self._args.route_table_ids.apply(lambda tables: tables[index]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return subnet.id
