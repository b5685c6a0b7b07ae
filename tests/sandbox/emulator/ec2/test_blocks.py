"""Rules of the address blocks that are added to a VPC."""

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox


def test_a_block_is_added_by_the_rules_of_aws_and_goes_only_when_it_is_empty(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for refused in ("172.16.0.0/16", "10.0.16.0/20"):
        with pytest.raises(ClientError, match=r"InvalidVpc\.Range"):
            ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=refused)
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")["CidrBlockAssociation"]
    shown = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlockAssociationSet"]
    assert [row["CidrBlock"] for row in shown] == ["10.0.0.0/16", "100.64.0.0/16"]

    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="100.64.0.0/20")["Subnet"]["SubnetId"]
    with pytest.raises(ClientError, match=r"InvalidCidrBlock\.InUse"):
        ec2.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])
    assert len(ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlockAssociationSet"]) == 1
