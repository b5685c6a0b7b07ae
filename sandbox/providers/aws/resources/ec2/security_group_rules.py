"""Security group rules as resources of their own."""

from collections.abc import Callable
from functools import partial

from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.ec2.common import look_up, retag, tagged
from sandbox.providers.aws.resources.shared import capital, from_aws, tag_map
from sandbox.providers.values import Properties

_FIELDS = "cidrIpv4 cidrIpv6 prefixListId description fromPort toPort ipProtocol"


def _create(call: Call, *, side: str) -> None:
    made = _operation(call, "authorize", side)(
        GroupId=call.inputs["securityGroupId"], IpPermissions=[_permission(call)], **tagged(call, "security-group-rule")
    )
    call.created(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _operation(call: Call, verb: str, side: str) -> Callable[..., Properties]:
    operation: Callable[..., Properties] = getattr(call.aws, f"{verb}_security_group_{side}")
    return operation


def _permission(call: Call) -> Properties:
    text = {"Description": call.inputs["description"]} if call.inputs.get("description") else {}
    sources = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    permission: Properties = {"IpProtocol": call.inputs["ipProtocol"]}
    permission |= {capital(k): call.inputs[k] for k in ("fromPort", "toPort") if call.inputs.get(k) is not None}
    for key, (listed, field) in sources.items():
        if call.inputs.get(key):
            permission[listed] = [{field: call.inputs[key]} | text]
    return permission


def _read(call: Call, *, side: str) -> Properties | None:
    rule = look_up(call, "security_group_rules", SecurityGroupRuleIds=[call.id])
    if rule is None or rule.get("IsEgress", False) != (side == "egress"):
        return None
    shown = from_aws(rule, _FIELDS)
    if shown.get("ipProtocol") == "-1":
        shown = {key: value for key, value in shown.items() if key not in ("fromPort", "toPort")}
    group = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    return shown | {
        "arn": rule.get("SecurityGroupRuleArn") or call.arn("ec2", f"security-group-rule/{call.id}"),
        "securityGroupRuleId": call.id,
        "securityGroupId": rule["GroupId"],
        "referencedSecurityGroupId": group,
        "tags": tag_map(rule.get("Tags")),
    }


def _update(call: Call) -> None:
    rule = {capital(key): call.inputs[key] for key in _FIELDS.split() if call.inputs.get(key) is not None}
    if call.inputs.get("referencedSecurityGroupId"):
        rule["ReferencedGroupId"] = call.inputs["referencedSecurityGroupId"]
    changes = [{"SecurityGroupRuleId": call.id, "SecurityGroupRule": rule}]
    call.aws.modify_security_group_rules(GroupId=call.inputs["securityGroupId"], SecurityGroupRules=changes)


def _delete(call: Call, *, side: str) -> None:
    group = call.setting("securityGroupId")
    found(lambda: _operation(call, "revoke", side)(GroupId=group, SecurityGroupRuleIds=[call.id]))


def _row(side: str) -> Row:
    name = f"SecurityGroup{side.capitalize()}Rule"
    return Row(
        type=f"aws:vpc/s{name[1:]}:{name}",
        service="ec2",
        create=partial(_create, side=side),
        read=partial(_read, side=side),
        update=_update,
        delete=partial(_delete, side=side),
        retag=retag,
        fixed=words("securityGroupId"),
    )


ROWS = (_row("ingress"), _row("egress"))
