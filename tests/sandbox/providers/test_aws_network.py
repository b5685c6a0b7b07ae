"""The VPC's resource types, from creation to destruction."""

import pulumi_aws as aws
import pytest

from tests.sandbox.providers.stacks import Program, World

pytestmark = pytest.mark.engine

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ROUTE = "aws:ec2/route:Route"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
Tags = dict[str, str]


def _subnets(vpc: aws.ec2.Vpc, zone: str, tags: Tags) -> aws.ec2.Subnet:
    """Two; the first is given back."""
    aws.ec2.Subnet("two", vpc_id=vpc.id, cidr_block="10.9.2.0/24", availability_zone="eu-west-1b")
    return aws.ec2.Subnet("one", vpc_id=vpc.id, cidr_block="10.9.1.0/24", availability_zone=zone, tags=tags)


def _routes(vpc: aws.ec2.Vpc, subnet: aws.ec2.Subnet, through: str, tags: Tags) -> aws.ec2.RouteTable:
    gateway = aws.ec2.InternetGateway("net", vpc_id=vpc.id)
    address = aws.ec2.Eip("net", domain="vpc", tags=tags)
    nat = aws.ec2.NatGateway("net", allocation_id=address.id, subnet_id=subnet.id, tags=tags)
    table = aws.ec2.RouteTable("one", vpc_id=vpc.id, tags=tags)
    target = {"gateway_id": gateway.id} if through == "internet" else {"nat_gateway_id": nat.id}
    aws.ec2.Route("one", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", **target)
    aws.ec2.RouteTableAssociation("one", route_table_id=table.id, subnet_id=subnet.id)
    return table


def _groups(vpc: aws.ec2.Vpc, port: int, description: str, tags: Tags) -> aws.ec2.SecurityGroup:
    """One group with its rules beside it, which is given back, and one with rules of its own."""
    aws.ec2.SecurityGroup(
        "inline",
        vpc_id=vpc.id,
        ingress=[aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=port, to_port=port, self=True)],
        egress=[aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])],
    )
    group = aws.ec2.SecurityGroup("web", vpc_id=vpc.id, description=description, tags=tags)
    aws.vpc.SecurityGroupIngressRule(
        "web", security_group_id=group.id, ip_protocol="tcp", from_port=port, to_port=port, cidr_ipv4="0.0.0.0/0"
    )
    aws.vpc.SecurityGroupEgressRule("all", security_group_id=group.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0")
    return group


def _endpoints(
    vpc: aws.ec2.Vpc, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable, group: aws.ec2.SecurityGroup, tags: Tags
) -> None:
    aws.ec2.VpcEndpoint(
        "s3", vpc_id=vpc.id, service_name="com.amazonaws.eu-west-1.s3", route_table_ids=[table.id], tags=tags
    )
    aws.ec2.VpcEndpoint(
        "logs",
        vpc_id=vpc.id,
        service_name="com.amazonaws.eu-west-1.logs",
        vpc_endpoint_type="Interface",
        subnet_ids=[subnet.id],
        security_group_ids=[group.id],
        private_dns_enabled=True,
    )


def network(
    *,
    environment: str = "dev",
    hostnames: bool = False,
    zone: str = "eu-west-1a",
    port: int = 80,
    description: str = "web",
    through: str = "internet",
) -> Program:
    def program() -> None:
        tags = {"Environment": environment}
        vpc = aws.ec2.Vpc("net", cidr_block="10.9.0.0/16", enable_dns_hostnames=hostnames, tags=tags)
        subnet = _subnets(vpc, zone, tags)
        table = _routes(vpc, subnet, through, tags)
        group = _groups(vpc, port, description, tags)
        _endpoints(vpc, subnet, table, group, tags)

    return program


def test_a_preview_of_an_empty_stack_knows_every_resource(stack: World) -> None:
    planned = stack.preview(network()).done
    assert len(planned) == 15
    assert set(planned.values()) == {"create"}


def test_what_was_created_is_left_alone(stack: World) -> None:
    assert set(stack.up(network()).done.values()) == {"create"}
    assert stack.up(network(), refresh=True).diffs == {}


def test_the_state_has_what_aws_filled_in(stack: World) -> None:
    vpc = stack.outputs(VPC, "net")
    assert vpc["arn"].startswith("arn:aws:ec2:eu-west-1:000000000000:vpc/vpc-")
    assert (vpc["enableDnsSupport"], vpc["instanceTenancy"], vpc["region"]) == (True, "default", "eu-west-1")
    assert vpc["tagsAll"] == {"Environment": "dev"}
    assert stack.outputs(GROUP, "web")["name"].startswith("web-")
    assert stack.outputs(GROUP, "inline")["description"] == "Managed by Pulumi"


def test_a_new_group_lets_nothing_out_by_itself(stack: World) -> None:
    group = stack.resource(GROUP, "inline")["id"]
    rules = stack.aws("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert [rule["IpRanges"] for rule in rules["IpPermissionsEgress"]] == [[{"CidrIp": "0.0.0.0/0"}]]


def test_what_can_change_in_place_does(stack: World) -> None:
    steps = stack.up(network(environment="test", hostnames=True, port=8080, through="nat"))
    assert set(steps.done.values()) == {"update"}
    assert steps.diffs[f"{VPC}::net"] == ["enableDnsHostnames", "tags", "tagsAll"]
    assert stack.outputs(VPC, "net")["enableDnsHostnames"] is True
    rule = stack.resource(INGRESS, "web")["id"]
    live = stack.aws("ec2").describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"][0]
    assert live["FromPort"] == 8080
    assert stack.outputs(ROUTE, "one")["natGatewayId"].startswith("nat-")


def test_drift_is_seen_by_a_refresh_and_put_right(stack: World) -> None:
    ec2, vpc = stack.aws("ec2"), stack.resource(VPC, "net")["id"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "by", "Value": "hand"}])
    ec2.delete_route(RouteTableId=stack.outputs(ROUTE, "one")["routeTableId"], DestinationCidrBlock="0.0.0.0/0")
    program = network(environment="test", hostnames=True, port=8080, through="nat")
    steps = stack.up(program, refresh=True)
    assert steps.done == {f"{VPC}::net": "update", f"{ROUTE}::one": "create"}
    tags = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]
    assert tags == [{"Key": "Environment", "Value": "test"}]


def test_what_is_fixed_is_replaced(stack: World) -> None:
    program = network(environment="test", hostnames=True, port=8080, through="nat", zone="eu-west-1c", description="x")
    before = stack.resource(SUBNET, "one")["id"]
    steps = stack.preview(program)
    assert steps.done[f"{SUBNET}::one"] == "create-replacement"
    assert steps.done[f"{GROUP}::web"] == "create-replacement"
    assert stack.resource(SUBNET, "one")["id"] == before


def test_nothing_is_left_after_a_destroy(stack: World) -> None:
    stack.destroy()
    vpcs = stack.aws("ec2").describe_vpcs()["Vpcs"]
    assert [vpc for vpc in vpcs if not vpc["IsDefault"]] == []
