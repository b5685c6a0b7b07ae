"""What has an address in a subnet: tasks, load balancers, NAT gateways, endpoints, and interfaces that were made."""

from collections.abc import Iterator
from dataclasses import dataclass

from ministack.services import alb, ec2, ecs

from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.services.alb": ("_lbs",),
    "ministack.services.ec2": ("_nat_gateways", "_network_interfaces", "_vpc_endpoints"),
    "ministack.services.ecs": ("_task_ip", "_tasks"),
}


@dataclass(frozen=True, kw_only=True)
class Occupant:
    """One address in a subnet. `kind` and `description` are those that AWS gives the interface behind it."""

    owner: str
    kind: str
    description: str
    subnet: str
    groups: tuple[str, ...] = ()
    address: str = ""


def occupants() -> Iterator[Occupant]:
    """All of this account and region but the interfaces that somebody made."""
    yield from _tasks()
    yield from _balancers()
    yield from _gateways()
    yield from _endpoints()


def in_subnet(name: str) -> int:
    """The addresses of a subnet that are in use."""
    made = [row for row in ec2._network_interfaces.values() if row.get("SubnetId") == name]
    return len(made) + sum(row.subnet == name for row in occupants())


def in_group(name: str) -> bool:
    """Whether an interface has this security group."""
    made = [group["GroupId"] for row in ec2._network_interfaces.values() for group in row.get("Groups", [])]
    return name in made or any(name in row.groups for row in occupants())


def _tasks() -> Iterator[Occupant]:
    for arn, task in list(ecs._tasks.items()):
        if task.get("_subnet") and task["lastStatus"] != "STOPPED":
            yield Occupant(
                owner=arn,
                kind="interface",
                description=f"arn:aws:ecs:{arn.split(':', 3)[3].replace(':task/', ':attachment/', 1)}",
                subnet=task["_subnet"],
                groups=tuple(task.get("_groups", ())),
                address=ecs._task_ip(task) or "",
            )


def _balancers() -> Iterator[Occupant]:
    for arn, balancer in list(alb._lbs.items()):
        path = arn.split(":loadbalancer/", 1)[-1]
        for subnet in balancer.get("Subnets", []):
            groups = tuple(balancer.get("SecurityGroups", ()))
            yield Occupant(owner=arn, kind="interface", description=f"ELB {path}", subnet=subnet, groups=groups)


def _gateways() -> Iterator[Occupant]:
    for name, gateway in list(ec2._nat_gateways.items()):
        if gateway["State"] != "deleted":
            text = f"Interface for NAT Gateway {name}"
            yield Occupant(owner=name, kind="nat_gateway", description=text, subnet=gateway["SubnetId"])


def _endpoints() -> Iterator[Occupant]:
    for name, endpoint in list(ec2._vpc_endpoints.items()):
        for subnet in endpoint.get("SubnetIds", []):
            text = f"VPC Endpoint Interface {name}"
            groups = groups_of(endpoint)
            yield Occupant(owner=name, kind="vpc_endpoint", description=text, subnet=subnet, groups=groups)


def groups_of(endpoint: Record) -> tuple[str, ...]:
    """The security groups of an interface endpoint."""
    return tuple(endpoint.get("_groups", ()))
