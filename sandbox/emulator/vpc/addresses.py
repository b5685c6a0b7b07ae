"""The addresses that a subnet has left: the size of its block without the five of AWS, and without what is in use."""

from collections.abc import Callable
from ipaddress import IPv4Network

from ministack.services import ec2, ecs

from sandbox.emulator.patching import Needs, Record, replace

NEEDS: Needs = {
    "ministack.services.ec2": ("_network_interfaces", "_subnet_fields_xml"),
    "ministack.services.ecs": ("_tasks",),
}

# The first four of a block and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED = 5


def install() -> None:
    """Make DescribeSubnets count. Load balancers and endpoints use none here."""
    replace(ec2, "_subnet_fields_xml", _counting)


def _counting(original: Callable[..., str]) -> Callable[..., str]:
    def fields(subnet: Record, tag: str = "item") -> str:
        return original({**subnet, "AvailableIpAddressCount": free(subnet)}, tag)

    return fields


def free(subnet: Record) -> int:
    """The addresses left; each task on the network has one, and each interface that somebody made."""
    name, size = subnet["SubnetId"], IPv4Network(subnet["CidrBlock"]).num_addresses
    tasks = [task for _, task in ecs._tasks.all_items() if task.get("_subnet") == name]
    interfaces = [row for row in ec2._network_interfaces.values() if row.get("SubnetId") == name]
    running = [task for task in tasks if task["lastStatus"] != "STOPPED"]
    return max(0, size - RESERVED - len(interfaces) - len(running))
