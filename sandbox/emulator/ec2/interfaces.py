"""Network interfaces as AWS shows them: also those that tasks, load balancers, gateways and endpoints brought along.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
"""

import hashlib
from collections.abc import Callable

from ministack.services import ec2

from sandbox.emulator.ec2.actions import answering, guarding
from sandbox.emulator.ec2.occupants import Occupant, occupants
from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.services.ec2": (
        "_eni_fields_xml",
        "_network_interfaces",
        "_now_ts",
        "_p",
        "_parse_filters",
        "_parse_member_list",
        "_resource_matches_tag_filters",
        "_security_groups",
        "_subnets",
    ),
}

FILTERS: dict[str, Callable[[Record], set[str]]] = {
    "network-interface-id": lambda row: {row["NetworkInterfaceId"]},
    "subnet-id": lambda row: {row["SubnetId"]},
    "vpc-id": lambda row: {row["VpcId"]},
    "availability-zone": lambda row: {row["AvailabilityZone"]},
    "group-id": lambda row: {group["GroupId"] for group in row["Groups"]},
    "status": lambda row: {row["Status"]},
    "interface-type": lambda row: {row["InterfaceType"]},
    "description": lambda row: {row["Description"]},
}


def install() -> None:
    """Show them all, and let none go that is in use."""
    answering("DescribeNetworkInterfaces", _describe)
    guarding("DeleteNetworkInterface", _check_free)


def identifier(occupant: Occupant) -> str:
    """The id of the interface behind an address: the same each time."""
    digest = hashlib.sha256(f"{occupant.owner} {occupant.subnet}".encode()).hexdigest()
    return f"eni-{digest[:17]}"


def _everything() -> list[Record]:
    return [*ec2._network_interfaces.values(), *map(_record, occupants())]


def _record(occupant: Occupant) -> Record:
    subnet, name = ec2._subnets.get(occupant.subnet, {}), identifier(occupant)
    groups = [(group, ec2._security_groups.get(group, {})) for group in occupant.groups]
    return {
        "NetworkInterfaceId": name,
        "SubnetId": occupant.subnet,
        "VpcId": subnet.get("VpcId", ""),
        "AvailabilityZone": subnet.get("AvailabilityZone", ""),
        "Description": occupant.description,
        "OwnerId": subnet.get("OwnerId", ""),
        "Status": "in-use",
        "PrivateIpAddress": occupant.address,
        "InterfaceType": occupant.kind,
        "SourceDestCheck": True,
        "MacAddress": ":".join(("02", *(name[4 + 2 * part : 6 + 2 * part] for part in range(5)))),
        "Groups": [{"GroupId": group, "GroupName": found.get("GroupName", group)} for group, found in groups],
        "Attachment": {
            "AttachmentId": name.replace("eni-", "eni-attach-"),
            "DeviceIndex": 1,
            "AttachTime": ec2._now_ts(),
        },
    }


def _describe(params: Record) -> str:
    wanted, filters = ec2._parse_member_list(params, "NetworkInterfaceId"), ec2._parse_filters(params)
    rows = [row for row in _everything() if not wanted or row["NetworkInterfaceId"] in wanted]
    missing = sorted(set(wanted) - {row["NetworkInterfaceId"] for row in rows})
    if missing:
        raise Refusal("InvalidNetworkInterfaceID.NotFound", f"The networkInterface ID '{missing[0]}' does not exist")
    return f"<networkInterfaceSet>{''.join(_shown(row) for row in rows if _fits(row, filters))}</networkInterfaceSet>"


def _fits(row: Record, filters: Record) -> bool:
    known = [name for name in filters if name in FILTERS]
    tagged: bool = ec2._resource_matches_tag_filters(row["NetworkInterfaceId"], filters)
    return tagged and all(FILTERS[name](row).intersection(filters[name]) for name in known)


def _shown(row: Record) -> str:
    text: str = ec2._eni_fields_xml(row)
    return text


def _check_free(params: Record) -> None:
    name = ec2._p(params, "NetworkInterfaceId")
    row = next((row for row in _everything() if row["NetworkInterfaceId"] == name), None)
    if row is not None and row.get("Attachment"):
        raise Refusal("InvalidParameterValue", f"Network interface '{name}' is currently in use.")
