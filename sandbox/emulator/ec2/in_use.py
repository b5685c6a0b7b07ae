"""What can't go because something holds on to it, and what can't be there twice; rules have a file of their own.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from ministack.services import alb, ec2

from sandbox.emulator.ec2.actions import guarding
from sandbox.emulator.ec2.occupants import in_group, in_subnet
from sandbox.emulator.ec2.rules import SIDES
from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.services.alb": ("_lbs",),
    "ministack.services.ec2": (
        "_internet_gateways",
        "_nat_gateways",
        "_p",
        "_route_tables",
        "_security_groups",
        "_vpc_endpoints",
    ),
}


def install() -> None:
    """Refuse as AWS does."""
    for action, check in (
        ("DeleteSubnet", _subnet),
        ("DeleteSecurityGroup", _group),
        ("DeleteRouteTable", _table),
        ("DeleteVpc", _vpc),
        ("DetachInternetGateway", _way_out),
        ("ReleaseAddress", _address),
        ("CreateNatGateway", _free_address),
        ("CreateRoute", _route),
    ):
        guarding(action, check)


def _held(text: str) -> Refusal:
    return Refusal("DependencyViolation", text)


def _subnet(params: Record) -> None:
    name = ec2._p(params, "SubnetId")
    if in_subnet(name):
        raise _held(f"The subnet '{name}' has dependencies and cannot be deleted.")


def _group(params: Record) -> None:
    name = ec2._p(params, "GroupId")
    others = [row for key, row in ec2._security_groups.items() if key != name]
    rules = [rule for row in others for side in SIDES.values() for rule in row[side]]
    named = any(pair.get("GroupId") == name for rule in rules for pair in rule.get("UserIdGroupPairs", []))
    if named or in_group(name):
        raise _held(f"resource {name} has a dependent object")


def _table(params: Record) -> None:
    name = ec2._p(params, "RouteTableId")
    table = ec2._route_tables.get(name, {})
    gateways = any(name in row.get("RouteTableIds", []) for row in ec2._vpc_endpoints.values())
    if table.get("Associations") or gateways:
        raise _held(f"The routeTable '{name}' has dependencies and cannot be deleted.")


def _vpc(params: Record) -> None:
    name = ec2._p(params, "VpcId")
    if any(row["VpcId"] == name for row in ec2._vpc_endpoints.values()):
        raise _held(f"The vpc '{name}' has dependencies and cannot be deleted.")


def _way_out(params: Record) -> None:
    name = ec2._p(params, "VpcId")
    gateways = [row for row in _live_gateways() if row["VpcId"] == name and row["ConnectivityType"] == "public"]
    balancers = [row for row in alb._lbs.values() if row.get("VpcId") == name and row["Scheme"] == "internet-facing"]
    if gateways or balancers:
        raise _held(
            f"Network {name} has some mapped public address(es). Please unmap those public address(es) before"
            " detaching the gateway."
        )


def _live_gateways() -> list[Record]:
    return [row for row in ec2._nat_gateways.values() if row["State"] != "deleted"]


def _address(params: Record) -> None:
    name = ec2._p(params, "AllocationId")
    if any(row["AllocationId"] == name for row in _live_gateways()):
        raise Refusal("InvalidIPAddress.InUse", f"Address {name} is in use.")


def _free_address(params: Record) -> None:
    name = ec2._p(params, "AllocationId")
    if name and any(row["AllocationId"] == name for row in _live_gateways()):
        raise Refusal("Resource.AlreadyAssociated", f"Elastic IP address [{name}] is already associated")


def _route(params: Record) -> None:
    block = ec2._p(params, "DestinationCidrBlock")
    table = ec2._route_tables.get(ec2._p(params, "RouteTableId"), {"Routes": []})
    if block and any(row.get("DestinationCidrBlock") == block for row in table["Routes"]):
        raise Refusal("RouteAlreadyExists", f"The route identified by {block} already exists.")
