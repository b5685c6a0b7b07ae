"""Interface endpoints with their security groups, interfaces and names, which AWS shows and ministack forgets.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
"""

from collections.abc import Callable, Iterable

from ministack.services import ec2

from sandbox.emulator.ec2.interfaces import identifier
from sandbox.emulator.ec2.occupants import Occupant, groups_of
from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal, replace

NEEDS: Needs = {
    "ministack.services.ec2": (
        "_ACTION_MAP",
        "_error",
        "_p",
        "_parse_member_list",
        "_security_groups",
        "_subnets",
        "_vpc_endpoints",
        "_vpce_fields_xml",
        "_xml",
    ),
}


def install() -> None:
    """Keep what is asked for when an endpoint is made or modified, and show it."""
    replace(ec2, "_vpce_fields_xml", _showing)
    for action, change in (("CreateVpcEndpoint", _creating), ("ModifyVpcEndpoint", _modifying)):
        ec2._ACTION_MAP[action] = change(ec2._ACTION_MAP[action])


def _creating(original: Callable[[Record], Answer]) -> Callable[[Record], Answer]:
    def create(params: Record) -> Answer:
        before, subnets = set(ec2._vpc_endpoints), ec2._parse_member_list(params, "SubnetId")
        try:
            _check(params, subnets)
        except Refusal as refused:
            failed: Answer = ec2._error(refused.code, refused.message, refused.status)
            return failed
        original(params)
        (name,) = set(ec2._vpc_endpoints) - before
        endpoint = ec2._vpc_endpoints[name]
        endpoint["_groups"] = ec2._parse_member_list(params, "SecurityGroupId")
        endpoint["_private_dns"] = ec2._p(params, "PrivateDnsEnabled") == "true"
        made: Answer = ec2._xml(200, "CreateVpcEndpointResponse", ec2._vpce_fields_xml(endpoint, tag="vpcEndpoint"))
        return made

    return create


def _check(params: Record, subnets: list[str]) -> None:
    zones = [ec2._subnets.get(name, {}).get("AvailabilityZone", name) for name in subnets]
    if len(set(zones)) < len(zones):
        raise Refusal("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")
    service, vpc = ec2._p(params, "ServiceName"), ec2._p(params, "VpcId")
    for row in ec2._vpc_endpoints.values():
        taken = row["VpcId"] == vpc and row["ServiceName"] == service and row.get("_private_dns")
        if taken and ec2._p(params, "PrivateDnsEnabled") == "true":
            text = f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service}"
            raise Refusal("InvalidParameter", f"{text} in the VPC {vpc}")


def _modifying(original: Callable[[Record], Answer]) -> Callable[[Record], Answer]:
    def modify(params: Record) -> Answer:
        made = original(params)
        endpoint = ec2._vpc_endpoints.get(ec2._p(params, "VpcEndpointId"))
        if endpoint is not None:
            gone = ec2._parse_member_list(params, "RemoveSecurityGroupId")
            kept = [name for name in groups_of(endpoint) if name not in gone]
            endpoint["_groups"] = kept + ec2._parse_member_list(params, "AddSecurityGroupId")
            if ec2._p(params, "PrivateDnsEnabled"):
                endpoint["_private_dns"] = ec2._p(params, "PrivateDnsEnabled") == "true"
        return made

    return modify


def _showing(original: Callable[..., str]) -> Callable[..., str]:
    def fields(endpoint: Record, tag: str = "item") -> str:
        head, end, rest = original(endpoint, tag).rpartition(f"</{tag}>")
        more = _more(endpoint) if endpoint["VpcEndpointType"] == "Interface" else ""
        return head + more + end + rest

    return fields


def _more(endpoint: Record) -> str:
    name, groups = endpoint["VpcEndpointId"], groups_of(endpoint)
    interfaces = [
        identifier(Occupant(owner=name, kind="vpc_endpoint", description="", subnet=subnet))
        for subnet in endpoint["SubnetIds"]
    ]
    service, region = endpoint["ServiceName"].rsplit(".", 1)[-1], endpoint["ServiceName"].split(".")[2]
    known = [(group, ec2._security_groups.get(group, {})) for group in groups]
    named = [f"<groupId>{group}</groupId><groupName>{row.get('GroupName', group)}</groupName>" for group, row in known]
    return (
        f"<privateDnsEnabled>{str(endpoint.get('_private_dns', False)).lower()}</privateDnsEnabled>"
        f"<groupSet>{_items(named)}</groupSet>"
        f"<networkInterfaceIdSet>{_items(interfaces)}</networkInterfaceIdSet>"
        f"<dnsEntrySet>{_items([f'<dnsName>{name}.{service}.{region}.vpce.amazonaws.com</dnsName>'])}</dnsEntrySet>"
    )


def _items(rows: Iterable[str]) -> str:
    return "".join(f"<item>{row}</item>" for row in rows)
