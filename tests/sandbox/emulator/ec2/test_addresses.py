"""Rules of the addresses that a subnet has left."""

import pytest

from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox


def free(cloud: Cloud, subnet: str) -> int:
    rows = cloud.client("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"]
    return int(rows[0]["AvailableIpAddressCount"])


def test_a_subnet_has_its_block_without_five_and_without_each_interface(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    large = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/20")["Subnet"]
    small = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.16.0/28")["Subnet"]["SubnetId"]
    assert large["AvailableIpAddressCount"] == 4091
    assert free(cloud, small) == 11
    ec2.create_network_interface(SubnetId=small)
    assert (free(cloud, small), free(cloud, large["SubnetId"])) == (10, 4091)
