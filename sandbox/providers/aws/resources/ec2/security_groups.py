"""Security groups, with the rules that are written inside them."""

from collections.abc import Callable
from typing import Any

from sandbox.providers.aws.failures import until_free
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.ec2.common import look_up, retag, tagged
from sandbox.providers.aws.resources.shared import tag_map
from sandbox.providers.values import Properties

_EVERYTHING = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def _create(call: Call) -> None:
    named = {"GroupName": call.inputs["name"], "Description": call.inputs["description"]}
    vpc = {"VpcId": call.inputs["vpcId"]} if call.inputs.get("vpcId") else {}
    call.created(call.aws.create_security_group(**named, **vpc, **tagged(call, "security-group"))["GroupId"])
    # AWS lets all traffic out of a new group; the official provider takes that away.
    call.aws.revoke_security_group_egress(GroupId=call.id, IpPermissions=_EVERYTHING)
    for side in ("ingress", "egress"):
        _add(call, side, call.inputs.get(side) or [])


def _authorize(call: Call, side: str) -> Callable[..., Properties]:
    return call.aws.authorize_security_group_ingress if side == "ingress" else call.aws.authorize_security_group_egress


def _revoke(call: Call, side: str) -> Callable[..., Properties]:
    return call.aws.revoke_security_group_ingress if side == "ingress" else call.aws.revoke_security_group_egress


def _add(call: Call, side: str, rules: list[Properties]) -> None:
    if rules:
        _authorize(call, side)(GroupId=call.id, IpPermissions=[_permission(call, rule) for rule in rules])


def _permission(call: Call, rule: Properties) -> Properties:
    text = {"Description": rule["description"]} if rule.get("description") else {}
    groups = [*(rule.get("securityGroups") or []), *([call.id] if rule.get("self") else [])]
    permission: Properties = {
        "IpProtocol": _protocol(rule["protocol"]),
        "IpRanges": [{"CidrIp": block} | text for block in rule.get("cidrBlocks") or []],
        "Ipv6Ranges": [{"CidrIpv6": block} | text for block in rule.get("ipv6CidrBlocks") or []],
        "PrefixListIds": [{"PrefixListId": item} | text for item in rule.get("prefixListIds") or []],
        "UserIdGroupPairs": [{"GroupId": group} | text for group in groups],
    }
    if permission["IpProtocol"] != "-1":
        permission |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    return {key: value for key, value in permission.items() if value != []}


def _protocol(name: object) -> str:
    return "-1" if str(name) in ("all", "-1") else str(name).lower()


def _read(call: Call) -> Properties | None:
    group = look_up(call, "security_groups", GroupIds=[call.id])
    if group is None:
        return None
    shown: Properties = {
        "arn": call.arn("ec2", f"security-group/{call.id}"),
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group.get("VpcId"),
        "ownerId": group.get("OwnerId", call.account),
        "ingress": _rules(call, group.get("IpPermissions", [])),
        "egress": _rules(call, group.get("IpPermissionsEgress", [])),
        "tags": tag_map(group.get("Tags")),
    }
    return shown


def _rules(call: Call, permissions: list[Properties]) -> list[Properties]:
    """One rule a protocol, port range and description, as the official provider groups them."""
    rules: dict[tuple[object, ...], Properties] = {}
    for permission in permissions:
        for kind, target in _targets(call, permission):
            key = (permission["IpProtocol"], permission.get("FromPort", 0), permission.get("ToPort", 0), target[1])
            rule = rules.setdefault(key, _blank_rule(key))
            if kind == "self":
                rule["self"] = True
            else:
                rule.setdefault(kind, []).append(target[0])
    return list(rules.values())


def _blank_rule(key: tuple[object, ...]) -> Properties:
    protocol, first, last, text = key
    return {"protocol": protocol, "fromPort": first, "toPort": last, "description": text, "self": False}


def _targets(call: Call, permission: Properties) -> list[tuple[str, tuple[Any, str]]]:
    kinds = (
        ("cidrBlocks", "IpRanges", "CidrIp"),
        ("ipv6CidrBlocks", "Ipv6Ranges", "CidrIpv6"),
        ("prefixListIds", "PrefixListIds", "PrefixListId"),
        ("securityGroups", "UserIdGroupPairs", "GroupId"),
    )
    return [
        ("self" if item.get(field) == call.id else name, (item[field], item.get("Description", "")))
        for name, listed, field in kinds
        for item in permission.get(listed, [])
    ]


def _adopt(call: Call) -> None:
    """A VPC's own group, which nobody can make or delete: all its rules go, and those that are written come."""
    wanted = [{"Name": "vpc-id", "Values": [call.inputs["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = call.aws.describe_security_groups(Filters=wanted)["SecurityGroups"]
    call.created(group["GroupId"])
    retag(call, call.tags, [])
    for side, key in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        if group.get(key):
            _revoke(call, side)(GroupId=call.id, IpPermissions=group[key])
        _add(call, side, call.inputs.get(side) or [])


def _leave(call: Call) -> None:
    """The group goes with its VPC."""


def _update(call: Call) -> None:
    for side in sorted({"ingress", "egress"} & call.changed):
        old = _read(call) or {}
        if old.get(side):
            _revoke(call, side)(GroupId=call.id, IpPermissions=[_permission(call, rule) for rule in old[side]])
        _add(call, side, call.inputs.get(side) or [])


def _delete(call: Call) -> None:
    until_free(lambda: call.aws.delete_security_group(GroupId=call.id), seconds=min(call.seconds, 120))


ROWS = (
    Row(
        type="aws:ec2/securityGroup:SecurityGroup",
        service="ec2",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=retag,
        name=Name(),
        fixed=words("name namePrefix description vpcId"),
        defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        computed=words("name namePrefix vpcId ingress egress"),
        kept=words("revokeRulesOnDelete namePrefix"),
    ),
    Row(
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        service="ec2",
        create=_adopt,
        read=_read,
        update=_update,
        delete=_leave,
        retag=retag,
        fixed=words("vpcId"),
        computed=words("vpcId ingress egress"),
    ),
)
