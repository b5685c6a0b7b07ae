"""Rules of what may be where in a VPC, and of what can't go while something holds on to it."""

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud, Record, until

pytestmark = pytest.mark.sandbox

LOGS = "com.amazonaws.eu-west-1.logs"
EVERYBODY = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


@dataclass
class Place:
    """A VPC with a subnet in each of two zones, and a security group."""

    ec2: Any
    vpc: str
    subnets: list[str]
    group: str

    def free(self, subnet: str) -> int:
        return int(self.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"])

    def interfaces(self, **filters: str) -> list[Record]:
        rows = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
        found: list[Record] = self.ec2.describe_network_interfaces(Filters=rows)["NetworkInterfaces"]
        return found

    def endpoint(self, *subnets: str, **more: Any) -> Record:
        made: Record = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, ServiceName=LOGS, VpcEndpointType="Interface", SubnetIds=list(subnets),
            SecurityGroupIds=[self.group], PrivateDnsEnabled=True, **more,
        )["VpcEndpoint"]  # fmt: skip
        return made

    def refused(self, code: str, action: str, **arguments: Any) -> None:
        with pytest.raises(ClientError) as caught:
            getattr(self.ec2, action)(**arguments)
        assert caught.value.response["Error"]["Code"] == code


@pytest.fixture
def place(cloud: Cloud) -> Place:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.6.{part}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"]
        for part, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(VpcId=vpc, GroupName=cloud.name, Description="x")["GroupId"]
    return Place(ec2, vpc, [row["SubnetId"] for row in subnets], group)


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("10.6.1.128/25", "InvalidSubnet.Conflict"),
        ("10.6.0.0/23", "InvalidSubnet.Conflict"),
        ("10.7.0.0/24", "InvalidSubnet.Range"),
        ("100.64.0.0/24", "InvalidSubnet.Range"),
        ("10.6.2.0/29", "InvalidSubnet.Range"),
    ],
)
def test_a_subnet_is_inside_its_vpc_and_on_no_other(place: Place, block: str, code: str) -> None:
    place.refused(code, "create_subnet", VpcId=place.vpc, CidrBlock=block)


def test_a_subnet_may_be_on_a_block_that_was_added(place: Place) -> None:
    place.ec2.associate_vpc_cidr_block(VpcId=place.vpc, CidrBlock="100.64.0.0/16")
    place.ec2.create_subnet(VpcId=place.vpc, CidrBlock="100.64.0.0/20")


def test_an_endpoint_has_an_interface_in_each_zone_which_holds_its_subnet_and_group(place: Place) -> None:
    one, other = place.subnets
    made = place.endpoint(one, other)
    assert [place.free(name) for name in place.subnets] == [250, 250]
    assert len(made["NetworkInterfaceIds"]) == 2
    assert (made["PrivateDnsEnabled"], made["Groups"][0]["GroupId"]) == (True, place.group)
    shown = place.interfaces(subnet_id=one)
    assert [row["NetworkInterfaceId"] for row in shown] == made["NetworkInterfaceIds"][:1]
    place.refused("DependencyViolation", "delete_subnet", SubnetId=one)
    place.refused("DependencyViolation", "delete_security_group", GroupId=place.group)
    place.refused("InvalidParameterValue", "delete_network_interface", **_id(shown[0]))
    place.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    place.ec2.delete_subnet(SubnetId=one)
    place.ec2.delete_security_group(GroupId=place.group)


def _id(interface: Record) -> Record:
    return {"NetworkInterfaceId": interface["NetworkInterfaceId"]}


def test_a_service_has_one_endpoint_with_its_name_in_a_vpc(place: Place) -> None:
    place.endpoint(place.subnets[0])
    with pytest.raises(ClientError, match="conflicting DNS domain"):
        place.endpoint(place.subnets[1])


def test_an_interface_that_somebody_made_holds_its_group_until_it_goes(place: Place) -> None:
    made = place.ec2.create_network_interface(SubnetId=place.subnets[0], Groups=[place.group])["NetworkInterface"]
    place.refused("DependencyViolation", "delete_security_group", GroupId=place.group)
    place.ec2.delete_network_interface(**_id(made))
    place.ec2.delete_security_group(GroupId=place.group)


def test_a_group_that_a_rule_of_another_names_stays(place: Place) -> None:
    rule = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": place.group}]}]
    other = place.ec2.create_security_group(VpcId=place.vpc, GroupName="other", Description="x")["GroupId"]
    place.ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=rule)
    place.refused("DependencyViolation", "delete_security_group", GroupId=place.group)
    place.ec2.delete_security_group(GroupId=other)
    place.ec2.delete_security_group(GroupId=place.group)


def test_no_rule_and_no_route_is_there_twice(place: Place) -> None:
    place.ec2.authorize_security_group_ingress(GroupId=place.group, IpPermissions=EVERYBODY)
    twice = {"GroupId": place.group, "IpPermissions": EVERYBODY}
    place.refused("InvalidPermission.Duplicate", "authorize_security_group_ingress", **twice)
    table = place.ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}
    place.ec2.create_route(**route)
    place.refused("RouteAlreadyExists", "create_route", **route)


def blocks(*cidrs: str, port: int = 80) -> list[Record]:
    ranges = [{"CidrIp": cidr} for cidr in cidrs]
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}]


def test_a_rule_can_not_become_one_that_is_there(place: Place) -> None:
    made = place.ec2.authorize_security_group_ingress(
        GroupId=place.group, IpPermissions=[*blocks("10.1.0.0/16"), *blocks("10.2.0.0/16")]
    )["SecurityGroupRules"]
    one, other = (row["SecurityGroupRuleId"] for row in made)
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}

    def changed(name: str, cidr: str) -> dict[str, Any]:
        return {"SecurityGroupRuleId": name, "SecurityGroupRule": {**rule, "CidrIpv4": cidr}}

    def modify(*rules: dict[str, Any]) -> dict[str, Any]:
        return {"GroupId": place.group, "SecurityGroupRules": list(rules)}

    twice = modify(changed(one, "10.2.0.0/16"))
    place.refused("InvalidPermission.Duplicate", "modify_security_group_rules", **twice)
    place.ec2.modify_security_group_rules(**modify(changed(one, "10.3.0.0/16")))
    place.ec2.modify_security_group_rules(**modify(changed(one, "10.2.0.0/16"), changed(other, "10.3.0.0/16")))
    (group,) = place.ec2.describe_security_groups(GroupIds=[place.group])["SecurityGroups"]
    found = [row["CidrIp"] for rule in group["IpPermissions"] for row in rule["IpRanges"]]
    assert sorted(found) == ["10.2.0.0/16", "10.3.0.0/16"]


@pytest.mark.parametrize("ports", [{}, {"FromPort": 0, "ToPort": 0}, {"FromPort": -1, "ToPort": -1}])
def test_a_rule_for_all_protocols_is_meant_with_whatever_ports(place: Place, ports: dict[str, int]) -> None:
    every = [{"IpProtocol": "-1", **ports, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    place.refused(
        "InvalidPermission.Duplicate", "authorize_security_group_egress", GroupId=place.group, IpPermissions=every
    )
    place.ec2.revoke_security_group_egress(GroupId=place.group, IpPermissions=every)
    (group,) = place.ec2.describe_security_groups(GroupIds=[place.group])["SecurityGroups"]
    assert group["IpPermissionsEgress"] == []
    place.ec2.authorize_security_group_egress(GroupId=place.group, IpPermissions=every)


def test_a_nat_gateway_holds_its_address_its_subnet_and_the_way_out(place: Place) -> None:
    ec2, subnet = place.ec2, place.subnets[0]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=place.vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    held = (
        ("Resource.AlreadyAssociated", "create_nat_gateway", {"SubnetId": subnet, "AllocationId": address}),
        ("InvalidIPAddress.InUse", "release_address", {"AllocationId": address}),
        ("DependencyViolation", "delete_subnet", {"SubnetId": subnet}),
        ("DependencyViolation", "detach_internet_gateway", {"InternetGatewayId": gateway, "VpcId": place.vpc}),
    )
    for code, action, arguments in held:
        place.refused(code, action, **arguments)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    for _, action, arguments in held[1:]:
        getattr(ec2, action)(**arguments)


def test_a_route_table_stays_while_a_subnet_or_an_endpoint_uses_it(place: Place) -> None:
    table = place.ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
    way = place.ec2.associate_route_table(RouteTableId=table, SubnetId=place.subnets[0])["AssociationId"]
    place.refused("DependencyViolation", "delete_route_table", RouteTableId=table)
    place.ec2.disassociate_route_table(AssociationId=way)
    place.ec2.delete_route_table(RouteTableId=table)


def test_tasks_are_spread_over_their_subnets_and_use_their_addresses_up(cloud: Cloud, place: Place) -> None:
    network = {"awsvpcConfiguration": {"subnets": place.subnets, "securityGroups": [place.group]}}
    cloud.create(cloud.definition(), desired=4, networkConfiguration=network)
    tasks = until(lambda: cloud.tasks() if len(cloud.tasks()) == 4 else [])
    assert sorted(row["availabilityZone"] for row in tasks) == ["eu-west-1a"] * 2 + ["eu-west-1b"] * 2
    assert [place.free(name) for name in place.subnets] == [249, 249]
    assert len(place.interfaces(group_id=place.group)) == 4
    place.refused("DependencyViolation", "delete_security_group", GroupId=place.group)
    cloud.remove()
    assert until(lambda: [place.free(name) for name in place.subnets] == [251, 251])
    place.ec2.delete_security_group(GroupId=place.group)
