"""Ways from the private subnets to AWS's own services that don't lead over the internet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.security_group_rules import GroupRules
from model.settings.network import Network as Plan

TYPE = "slipway:components:Endpoints"

GATEWAYS = ("s3", "dynamodb")
"""Free of charge, so they are always there. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"""


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """Where they stand, and which ones the settings name."""

    env: str
    region: str
    plan: Plan
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    route_table_ids: pulumi.Output[list[str]]


class Endpoints(pulumi.ComponentResource):
    """Gateways to S3 and DynamoDB on every private route table, and an interface a zone for each name in settings."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        for service in GATEWAYS:
            aws.ec2.VpcEndpoint(
                f"{name}.{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=args.route_table_ids,
                tags={"Environment": args.env, "Name": f"{args.env}-{service}"},
                opts=pulumi.ResourceOptions(parent=self),
            )
        if args.plan.endpoints:
            self._interfaces(name, args)
        self.register_outputs({})

    def _interfaces(self, name: str, args: EndpointsArgs) -> None:
        group = self._security_group(name, args)
        for service in args.plan.endpoints:
            aws.ec2.VpcEndpoint(
                f"{name}.{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Interface",
                # One subnet a zone is all that AWS takes; every other tier reaches it from there.
                subnet_ids=args.subnet_ids,
                security_group_ids=[group.id],
                private_dns_enabled=True,
                tags={"Environment": args.env, "Name": f"{args.env}-{service}"},
                opts=pulumi.ResourceOptions(parent=self),
            )

    def _security_group(self, name: str, args: EndpointsArgs) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            f"{name}.endpoints",
            description=f"Endpoints of {args.env}",
            vpc_id=args.vpc_id,
            tags={"Environment": args.env, "Name": f"{args.env}-endpoints"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        rules = GroupRules(group.id, self)
        for block in args.plan.blocks:
            rules.let_in(f"{name}.endpoints.{block.replace('/', '-')}", 443, f"HTTPS from {block}", block=block)
        return group
