"""Finding what is there already of a network: by its tags, or by where it is."""

from collections.abc import Callable, Iterable

from driver.adapters.aws.existing.ask import Ask, Finder, Row, first, only, pairs
from driver.core.values.existing import Found

ALIVE = ("pending", "available", "pendingAcceptance", "associated", "associating")


def _vpc(ask: Ask) -> Found | None:
    return _found(ask.tagged("describe_vpcs", "Vpcs", CidrBlock=ask.text("cidrBlock")), "VpcId")


def _subnet(ask: Ask) -> Found | None:
    place = {"VpcId": ask.text("vpcId"), "CidrBlock": ask.text("cidrBlock")}
    return _found(ask.tagged("describe_subnets", "Subnets", **place), "SubnetId")


def _in_vpc(operation: str, key: str, identity: str) -> Finder:
    def find(ask: Ask) -> Found | None:
        return _found(ask.tagged(operation, key, VpcId=ask.text("vpcId")), identity)

    return find


def _gateway(ask: Ask) -> Found | None:
    """On its VPC, or on none: making and attaching it are two calls, and a kill may fall between them."""
    vpc = ask.text("vpcId")
    rows = ask.tagged("describe_internet_gateways", "InternetGateways")
    return _found(
        (row for row in rows if {one["VpcId"] for one in row.get("Attachments", ())} <= {vpc}), "InternetGatewayId"
    )


def _eip(ask: Ask) -> Found | None:
    wanted = ask.wanted.tags
    filters = [{"Name": f"tag:{name}", "Values": [value]} for name, value in wanted.items()]
    rows = ask.aws("ec2").describe_addresses(Filters=filters)["Addresses"] if wanted else ()
    return _found((row for row in rows if wanted.items() <= pairs(row.get("Tags")).items()), "AllocationId")


def _nat(ask: Ask) -> Found | None:
    rows = ask.tagged("describe_nat_gateways", "NatGateways", SubnetId=ask.text("subnetId"))
    return _found((row for row in rows if row["State"] in ALIVE), "NatGatewayId")


def _endpoint(ask: Ask) -> Found | None:
    place = {"VpcId": ask.text("vpcId"), "ServiceName": ask.text("serviceName")}
    rows = ask.tagged("describe_vpc_endpoints", "VpcEndpoints", **place)
    return _found((row for row in rows if row["State"] in ALIVE), "VpcEndpointId")


def _flow_log(ask: Ask) -> Found | None:
    place = [{"Name": "resource-id", "Values": [ask.text("vpcId")]}]
    rows = ask.aws("ec2").describe_flow_logs(Filters=place)["FlowLogs"]
    same = {"ResourceId": ask.text("vpcId"), "LogDestination": ask.text("logDestination")}
    return _found((row for row in rows if same.items() <= row.items()), "FlowLogId")


def _association(ask: Ask) -> Found | None:
    """A subnet has one. One that leads elsewhere is imported too, and moved by what follows."""
    subnet = ask.text("subnetId")
    place = [{"Name": "association.subnet-id", "Values": [subnet]}]
    rows = ask.pages("ec2", "describe_route_tables", "RouteTables", Filters=place)
    table = first(rows, lambda row: subnet in {one.get("SubnetId") for one in row["Associations"]})
    return None if table is None else Found(id=f"{subnet}/{table['RouteTableId']}", label=subnet)


def _route(ask: Ask) -> Found | None:
    table, to = ask.text("routeTableId"), ask.text("destinationCidrBlock")
    answer = only(lambda: ask.aws("ec2").describe_route_tables(RouteTableIds=[table]), "InvalidRouteTableID.NotFound")
    rows = [row for one in (answer or {}).get("RouteTables", ()) for row in one.get("Routes", ())]
    there = first(rows, lambda row: row.get("DestinationCidrBlock") == to)
    return None if there is None else Found(id=f"{table}_{to}", label=f"{table} to {to}")


def _block(ask: Ask) -> Found | None:
    """A further range of a VPC; the VPC itself is ours."""
    vpc = first(ask.aws("ec2").describe_vpcs(VpcIds=[ask.text("vpcId")])["Vpcs"])
    rows = vpc.get("CidrBlockAssociationSet", ()) if vpc else ()
    there = first(
        rows, lambda row: row["CidrBlock"] == ask.text("cidrBlock") and row["CidrBlockState"]["State"] in ALIVE
    )
    return None if there is None else Found(id=there["AssociationId"], label=ask.text("cidrBlock"))


def _rule(*, egress: bool) -> Finder:
    def find(ask: Ask) -> Found | None:
        place = [{"Name": "group-id", "Values": [ask.text("securityGroupId")]}]
        rows = ask.pages("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=place)
        mine = (row for row in rows if row["GroupId"] == ask.text("securityGroupId"))
        there = first(mine, lambda row: row.get("IsEgress", False) == egress and _same_rule(ask, row))
        return None if there is None else Found(id=there["SecurityGroupRuleId"], label=ask.wanted.name)

    return find


def _same_rule(ask: Ask, row: Row) -> bool:
    """Whether EC2 would call it a duplicate: it looks at neither description nor tags."""
    inputs = ask.wanted.inputs
    everything = inputs.get("ipProtocol") == "-1"
    ports = everything or all(
        row.get(name) == (None if inputs.get(key) is None else int(inputs[key]))
        for key, name in (("fromPort", "FromPort"), ("toPort", "ToPort"))
    )
    source = {"cidrIpv4": row.get("CidrIpv4"), "cidrIpv6": row.get("CidrIpv6"), "prefixListId": row.get("PrefixListId")}
    source["referencedSecurityGroupId"] = (row.get("ReferencedGroupInfo") or {}).get("GroupId")
    same = all((inputs.get(key) or None) == (value or None) for key, value in source.items())
    return ports and same and row["IpProtocol"] == inputs.get("ipProtocol")


def _found(rows: Iterable[Row], identity: str, label: Callable[[Row], str] | None = None) -> Found | None:
    row = first(rows)
    if row is None:
        return None
    return Found(id=row[identity], label=label(row) if label else row[identity], tags=pairs(row.get("Tags")))


FINDERS: dict[str, Finder] = {
    "aws:ec2/vpc:Vpc": _vpc,
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:ec2/internetGateway:InternetGateway": _gateway,
    "aws:ec2/eip:Eip": _eip,
    "aws:ec2/natGateway:NatGateway": _nat,
    "aws:ec2/routeTable:RouteTable": _in_vpc("describe_route_tables", "RouteTables", "RouteTableId"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _association,
    "aws:ec2/route:Route": _route,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": _block,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:ec2/flowLog:FlowLog": _flow_log,
    "aws:ec2/securityGroup:SecurityGroup": _in_vpc("describe_security_groups", "SecurityGroups", "GroupId"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule(egress=False),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule(egress=True),
}
