"""The private DNS zone in which tasks have names."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

TYPE = "slipway:components:Namespace"


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """Its name, and the VPC that it is asked from."""

    env: str
    name: str
    vpc_id: pulumi.Input[str]


class Namespace(pulumi.ComponentResource):
    """A namespace of Cloud Map, which makes a private hosted zone of the same name.

    https://docs.aws.amazon.com/cloud-map/latest/dg/creating-namespaces.html
    """

    id: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        made = aws.servicediscovery.PrivateDnsNamespace(
            name,
            name=args.name,
            vpc=args.vpc_id,
            description=f"Tasks of {args.env} by name",
            tags={"Environment": args.env},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = made.id
        self.register_outputs({"name": made.name})
