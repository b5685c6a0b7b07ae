"""The addresses that a subnet has left: the size of its block without the five of AWS, and without what is in use."""

from collections.abc import Callable
from ipaddress import IPv4Network

from ministack.services import ec2

from sandbox.emulator.ec2.occupants import in_subnet
from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {"ministack.services.ec2": ("_subnet_fields_xml",)}

# The first four of a block and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED = 5


def install() -> None:
    """Make DescribeSubnets count."""
    replace(ec2, "_subnet_fields_xml", _counting)


def _counting(original: Callable[..., str]) -> Callable[..., str]:
    def fields(subnet: Record, tag: str = "item") -> str:
        return original({**subnet, "AvailableIpAddressCount": free(subnet)}, tag)

    return fields


def free(subnet: Record) -> int:
    """The addresses left."""
    return max(0, IPv4Network(subnet["CidrBlock"]).num_addresses - RESERVED - in_subnet(subnet["SubnetId"]))
