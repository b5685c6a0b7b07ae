"""Where a subnet can be: inside a block of its VPC, and on no other subnet.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from ipaddress import IPv4Network

from ministack.services import ec2

from sandbox.emulator.ec2.actions import guarding
from sandbox.emulator.ec2.blocks import blocks_of
from sandbox.emulator.ec2.ranges import block as size_of
from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {"ministack.services.ec2": ("_p", "_subnets", "_vpcs")}


def install() -> None:
    """Check what CreateSubnet is asked for."""
    guarding("CreateSubnet", _check)


def _check(params: Record) -> None:
    name, cidr = ec2._p(params, "VpcId"), ec2._p(params, "CidrBlock")
    vpc = ec2._vpcs.get(name)
    if vpc is None:
        raise Refusal("InvalidVpcID.NotFound", f"The vpc ID '{name}' does not exist")
    try:
        block = size_of(cidr)
    except ValueError as error:
        raise Refusal("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.") from error
    if not any(block.subnet_of(IPv4Network(other)) for other in blocks_of(vpc)):
        raise Refusal("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    taken = [IPv4Network(row["CidrBlock"]) for row in ec2._subnets.values() if row["VpcId"] == name]
    if any(block.overlaps(other) for other in taken):
        raise Refusal("InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with another subnet")
