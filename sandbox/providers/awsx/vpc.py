"""The component `awsx:ec2:Vpc`: a VPC, its subnets, and the ways out of them."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from sandbox.providers.awsx.arguments import Strategy, VpcArguments
from sandbox.providers.awsx.layout import Place, SubnetType, lay_out
from sandbox.providers.awsx.reading import Inputs

TYPE = "awsx:ec2:Vpc"
ANYWHERE = "0.0.0.0/0"


class Vpc(pulumi.ComponentResource):
    """Names and parents are those of the official plugin, so that a stack moves between the two without a change."""

    def __init__(self, name: str, arguments: VpcArguments, opts: pulumi.ResourceOptions | None = None) -> None:
        places = lay_out(arguments.cidr, arguments.zones, arguments.tiers)
        super().__init__(TYPE, name, {}, opts)
        self._name, self._arguments = name, arguments
        self._nats: dict[int, aws.ec2.NatGateway] = {}
        self._eips: list[aws.ec2.Eip] = []
        self._subnets: list[tuple[Place, aws.ec2.Subnet]] = []
        self._tables: list[aws.ec2.RouteTable] = []
        self._routes: list[aws.ec2.Route] = []
        self._associations: list[aws.ec2.RouteTableAssociation] = []
        self._make_vpc()
        self._make_subnets(places)
        self._endpoints = [self._endpoint(spec) for spec in arguments.endpoints]
        self.outputs = self._collect()
        self.register_outputs(self.outputs)

    def _make_vpc(self) -> None:
        given = self._arguments
        self._vpc = aws.ec2.Vpc(
            self._name,
            cidr_block=given.cidr,
            enable_dns_hostnames=given.dns.get("enableDnsHostnames"),
            enable_dns_support=given.dns.get("enableDnsSupport"),
            tags=self._tags(self._name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._gateway = aws.ec2.InternetGateway(
            self._name, vpc_id=self._vpc.id, tags=self._tags(self._name), opts=_under(self._vpc)
        )

    def _make_subnets(self, places: list[Place]) -> None:
        self._subnets = [(place, self._subnet(place)) for place in places]
        for place, subnet in self._subnets:
            if place.tier.type is SubnetType.PUBLIC and self._wants_nat(place.zone):
                self._make_nat(place.zone, subnet)
        for place, subnet in self._subnets:
            self._make_routing(place, subnet)

    def _subnet(self, place: Place) -> aws.ec2.Subnet:
        name = self._subnet_name(place)
        return aws.ec2.Subnet(
            name,
            vpc_id=self._vpc.id,
            availability_zone=place.zone_name,
            cidr_block=place.cidr,
            map_public_ip_on_launch=place.tier.type is SubnetType.PUBLIC,
            assign_ipv6_address_on_creation=False,
            tags=self._tags(name, SubnetType=place.tier.type.value),
            opts=_under(self._vpc),
        )

    def _wants_nat(self, zone: int) -> bool:
        strategy = self._arguments.nat
        return zone not in self._nats and (strategy is Strategy.PER_ZONE or (strategy is Strategy.SINGLE and zone == 0))

    def _make_nat(self, zone: int, subnet: aws.ec2.Subnet) -> None:
        name = f"{self._name}-{zone + 1}"
        eip = aws.ec2.Eip(name, tags=self._tags(name), opts=_under(subnet))
        self._eips.append(eip)
        self._nats[zone] = aws.ec2.NatGateway(
            name, subnet_id=subnet.id, allocation_id=eip.allocation_id, tags=self._tags(name), opts=_under(subnet)
        )

    def _make_routing(self, place: Place, subnet: aws.ec2.Subnet) -> None:
        name = self._subnet_name(place)
        tags = self._tags(name, SubnetType=place.tier.type.value)
        table = aws.ec2.RouteTable(name, vpc_id=self._vpc.id, tags=tags, opts=_under(subnet))
        association = aws.ec2.RouteTableAssociation(
            name, route_table_id=table.id, subnet_id=subnet.id, opts=_under(table)
        )
        self._tables.append(table)
        self._associations.append(association)
        if out := self._way_out(place):
            route = aws.ec2.Route(
                name, route_table_id=table.id, destination_cidr_block=ANYWHERE, opts=_under(table), **out
            )
            self._routes.append(route)

    def _way_out(self, place: Place) -> dict[str, pulumi.Output[str]]:
        if place.tier.type is SubnetType.PUBLIC:
            return {"gateway_id": self._gateway.id}
        if place.tier.type is SubnetType.PRIVATE and self._nats:
            return {"nat_gateway_id": self._nats.get(place.zone, self._nats[0]).id}
        return {}

    def _endpoint(self, spec: Inputs) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            spec["serviceName"],
            vpc_id=self._vpc.id,
            service_name=spec["serviceName"],
            vpc_endpoint_type=spec.get("vpcEndpointType"),
            private_dns_enabled=spec.get("privateDnsEnabled"),
            policy=spec.get("policy"),
            route_table_ids=spec.get("routeTableIds"),
            security_group_ids=spec.get("securityGroupIds"),
            subnet_ids=spec.get("subnetIds"),
            tags={**self._tags(self._name), **(spec.get("tags") or {})},
            opts=_under(self._vpc),
        )

    def _subnet_name(self, place: Place) -> str:
        return f"{self._name}-{place.tier.name}-{place.zone + 1}"

    def _tags(self, name: str, **more: str) -> Mapping[str, Any]:
        return {"Name": name, **more, **self._arguments.tags}

    def _ids(self, kind: SubnetType) -> list[pulumi.Output[str]]:
        return [subnet.id for place, subnet in self._subnets if place.tier.type is kind]

    def _collect(self) -> dict[str, Any]:
        return {
            "vpc": self._vpc,
            "vpcId": self._vpc.id,
            "publicSubnetIds": self._ids(SubnetType.PUBLIC),
            "privateSubnetIds": self._ids(SubnetType.PRIVATE),
            "isolatedSubnetIds": self._ids(SubnetType.ISOLATED),
            "subnets": [subnet for _, subnet in self._subnets],
            "internetGateway": self._gateway,
            "natGateways": list(self._nats.values()),
            "eips": self._eips,
            "routeTables": self._tables,
            "routes": self._routes,
            "routeTableAssociations": self._associations,
            "vpcEndpoints": self._endpoints,
        }


def _under(parent: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=parent)
