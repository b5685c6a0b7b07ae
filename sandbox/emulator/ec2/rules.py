"""Rules of security groups: each is there once, however it came to be, and one for all protocols has no ports.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
"""

from collections.abc import Callable, Iterator

from ministack.services import ec2

from sandbox.emulator.ec2.actions import guarding
from sandbox.emulator.patching.patch import Needs, Record, Refusal, replace

NEEDS: Needs = {
    "ministack.services.ec2": ("_p", "_parse_ip_permissions", "_security_groups", "_sg_rule_id"),
}

SIDES = {"Ingress": "IpPermissions", "Egress": "IpPermissionsEgress"}
ALL_PROTOCOLS = "-1"
SOURCES = {
    "IpRanges": ("CidrIp", "CidrIpv4"),
    "Ipv6Ranges": ("CidrIpv6", "CidrIpv6"),
    "PrefixListIds": ("PrefixListId", "PrefixListId"),
    "UserIdGroupPairs": ("GroupId", "ReferencedGroupId"),
}
"""Where a permission lists its sources, what each of them is called there, and in a changed rule."""

Key = tuple[str, object, object, str]
"""What makes a rule: protocol, ports and source."""


def install() -> None:
    """Refuse a rule that is there already, and understand one for all protocols whatever ports it is sent with."""
    replace(ec2, "_parse_ip_permissions", _without_ports)
    for side in SIDES:
        guarding(f"AuthorizeSecurityGroup{side}", lambda params, side=side: _new(params, side))  # type: ignore[misc]
    guarding("ModifySecurityGroupRules", _changed)


def _without_ports(original: Callable[[Record, str], list[Record]]) -> Callable[[Record, str], list[Record]]:
    """Ports mean nothing where all protocols are meant, and EC2 drops them; providers send 0."""

    def parse(params: Record, prefix: str) -> list[Record]:
        rules = original(params, prefix)
        for rule in rules:
            if rule["IpProtocol"] == ALL_PROTOCOLS:
                rule.pop("FromPort", None)
                rule.pop("ToPort", None)
        return rules

    return parse


def _new(params: Record, side: str) -> None:
    group = ec2._security_groups.get(ec2._p(params, "GroupId"), {})
    there = {key for rule in group.get(SIDES[side], []) for key in _keys(rule)}
    for rule in ec2._parse_ip_permissions(params, "IpPermissions"):
        for key in _keys(rule):
            _check(key, there)
            there.add(key)


def _changed(params: Record) -> None:
    """All rules of the group as they would be: none is there twice."""
    name = ec2._p(params, "GroupId")
    wanted = dict(_asked(params))
    for side, listed in SIDES.items():
        there: set[Key] = set()
        rules = ec2._security_groups.get(name, {}).get(listed, [])
        # Those that stay come first, so that the one that is to change is the one that is refused.
        for rule in sorted(rules, key=lambda row: ec2._sg_rule_id(name, side == "Egress", row) in wanted):
            change = wanted.get(ec2._sg_rule_id(name, side == "Egress", rule), {})
            for key in _keys(_with(rule, change)):
                _check(key, there)
                there.add(key)


def _asked(params: Record) -> Iterator[tuple[str, Record]]:
    """The rules that are to change, by id, as they shall be."""
    number = 1
    while name := ec2._p(params, f"SecurityGroupRule.{number}.SecurityGroupRuleId"):
        place = f"SecurityGroupRule.{number}.SecurityGroupRule."
        words = ("IpProtocol", "FromPort", "ToPort", *(word for _, word in SOURCES.values()))
        given = {word: ec2._p(params, f"{place}{word}") for word in words}
        yield name, {word: value for word, value in given.items() if value}
        number += 1


def _with(rule: Record, change: Record) -> Record:
    made: Record = {**rule, **{word: change[word] for word in ("IpProtocol", "FromPort", "ToPort") if word in change}}
    sources = {listed: [{key: change[word]}] for listed, (key, word) in SOURCES.items() if word in change}
    if not sources:
        return made
    return made | {listed: sources.get(listed, []) for listed in SOURCES}


def _keys(rule: Record) -> Iterator[Key]:
    """One for each source: EC2 makes a rule of each."""
    protocol = str(rule["IpProtocol"])
    ports = (None, None) if protocol == ALL_PROTOCOLS else (_port(rule, "FromPort"), _port(rule, "ToPort"))
    for listed, (key, _) in SOURCES.items():
        for source in rule.get(listed) or []:
            yield (protocol, *ports, f"{listed} {source.get(key)}")


def _port(rule: Record, key: str) -> int | None:
    return None if rule.get(key) is None else int(rule[key])


def _check(key: Key, there: set[Key]) -> None:
    if key in there:
        protocol, first, last, source = key
        raise Refusal(
            "InvalidPermission.Duplicate",
            f'the specified rule "peer: {source.split()[-1]}, {protocol}, from port: {first}, to port: {last}, ALLOW"'
            " already exists",
        )
