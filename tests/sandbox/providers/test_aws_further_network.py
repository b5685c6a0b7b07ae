"""Further blocks of a VPC, its endpoints and its flow logs, from creation to destruction."""

import pulumi
import pulumi_aws as aws
import pytest

from tests.sandbox.providers.stacks import Program, World

pytestmark = pytest.mark.engine

BLOCK = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
SUBNET = "aws:ec2/subnet:Subnet"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
ROLE = "arn:aws:iam::000000000000:role/flows"


def network(*, zones: int = 1, private_dns: bool = True, traffic: str = "ALL", environment: str = "dev") -> Program:
    def program() -> None:
        tags = {"Environment": environment}
        vpc = aws.ec2.Vpc("net", cidr_block="10.8.0.0/16")
        block = aws.ec2.VpcIpv4CidrBlockAssociation("more", vpc_id=vpc.id, cidr_block="100.64.0.0/16")
        subnets = [
            aws.ec2.Subnet(
                f"more.{letter}",
                vpc_id=block.vpc_id,
                cidr_block=f"100.64.{16 * index}.0/20",
                availability_zone=f"eu-west-1{letter}",
            )
            for index, letter in enumerate("ab")
        ]
        group = aws.ec2.SecurityGroup("endpoints", vpc_id=vpc.id)
        aws.ec2.VpcEndpoint(
            "logs",
            vpc_id=vpc.id,
            service_name="com.amazonaws.eu-west-1.logs",
            vpc_endpoint_type="Interface",
            subnet_ids=[subnet.id for subnet in subnets[:zones]],
            security_group_ids=[group.id],
            private_dns_enabled=private_dns,
            tags=tags,
        )
        logs = aws.cloudwatch.LogGroup("flows", retention_in_days=7)
        aws.ec2.FlowLog(
            "flows",
            vpc_id=vpc.id,
            traffic_type=traffic,
            log_destination=logs.arn,
            iam_role_arn=ROLE,
            tags=tags,
            opts=pulumi.ResourceOptions(delete_before_replace=True),
        )

    return program


def test_what_was_created_is_left_alone(stack: World) -> None:
    assert set(stack.up(network()).done.values()) == {"create"}
    assert stack.up(network(), refresh=True).diffs == {}
    assert stack.outputs(BLOCK, "more")["cidrBlock"] == "100.64.0.0/16"
    assert stack.outputs(FLOW_LOG, "flows")["arn"].startswith("arn:aws:ec2:eu-west-1:000000000000:vpc-flow-log/fl-")


def test_an_endpoint_gets_another_zone_in_place_and_a_flow_log_is_replaced(stack: World) -> None:
    steps = stack.up(network(zones=2, traffic="REJECT", environment="test"))
    assert steps.diffs[f"{ENDPOINT}::logs"] == ["subnetIds", "tags", "tagsAll"]
    assert steps.done == {f"{ENDPOINT}::logs": "update", f"{FLOW_LOG}::flows": "delete-replaced"}
    assert len(stack.outputs(ENDPOINT, "logs")["subnetIds"]) == 2
    assert stack.up(network(zones=2, traffic="REJECT", environment="test"), refresh=True).diffs == {}


def test_nothing_is_left_after_a_destroy(stack: World) -> None:
    stack.destroy()
    ec2 = stack.aws("ec2")
    assert [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
    assert ec2.describe_flow_logs()["FlowLogs"] == []
