"""Scalable targets and scaling policies by account and region."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import ecs

from sandbox.emulator.autoscaling import scaling_alarms
from sandbox.emulator.cloudtrail import event_history
from sandbox.emulator.ecs.store import now_epoch
from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "get_region", "new_uuid"),
    "ministack.services.ecs": ("_services",),
}

DIMENSION = "ecs:service:DesiredCount"
POLICY_TYPES = ("StepScaling", "TargetTrackingScaling")
Key = tuple[str, str, str]


@dataclass
class _Scope:
    targets: dict[Key, Record] = field(default_factory=dict)
    policies: dict[tuple[Key, str], Record] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    activities: list[Record] = field(default_factory=list)


class ScalingStore:
    """The operations; each takes a request's body and returns the answer's, or raises Refusal."""

    def __init__(self) -> None:
        self._scopes: dict[tuple[str, str], _Scope] = {}

    def register(self, data: Record) -> Record:
        """Make or change a scalable target; what a change leaves out stays."""
        key, scope = _key(data), self._scope()
        known = scope.targets.get(key)
        if known is None:
            _check_service(key)
            known = scope.targets[key] = _new_target(key, data)
            scope.tags[known["ScalableTargetARN"]] = dict(data.get("Tags") or {})
        known.update({name: data[name] for name in ("MinCapacity", "MaxCapacity") if name in data})
        known["SuspendedState"].update(data.get("SuspendedState") or {})
        if known["MinCapacity"] > known["MaxCapacity"]:
            raise _invalid("Minimum capacity cannot be greater than maximum capacity")
        event_history.keep("application-autoscaling", "RegisterScalableTarget", data)
        return {"ScalableTargetARN": known["ScalableTargetARN"]}

    def has_target(self, data: Record) -> bool:
        """Whether a request's place is a scalable target."""
        return _key(data) in self._scope().targets

    def describe_targets(self, data: Record) -> Record:
        """All targets, or those of some resources."""
        wanted = set(data.get("ResourceIds") or [])
        rows = [row for row in self._scope().targets.values() if not wanted or row["ResourceId"] in wanted]
        return _page(data, "ScalableTargets", rows)

    def deregister(self, data: Record) -> Record:
        """Remove a target with its policies."""
        key, scope = _key(data), self._scope()
        if key not in scope.targets:
            raise _missing("scalable target", key)
        scope.tags.pop(scope.targets.pop(key)["ScalableTargetARN"], None)
        for policy in [known for known in scope.policies if known[0] == key]:
            scaling_alarms.remove(scope.policies.pop(policy))
        event_history.keep("application-autoscaling", "DeregisterScalableTarget", data)
        return {}

    def put_policy(self, data: Record) -> Record:
        """Make or change a policy of a target."""
        key, scope, name = _key(data), self._scope(), data.get("PolicyName") or ""
        if key not in scope.targets:
            raise _missing("scalable target", key)
        kind = data.get("PolicyType") or "StepScaling"
        if kind not in POLICY_TYPES or f"{kind}PolicyConfiguration" not in data:
            raise _invalid(f"PolicyType must be one of {', '.join(POLICY_TYPES)}, with its configuration")
        known = scope.policies.setdefault((key, name), _new_policy(key, name))
        for other in POLICY_TYPES:
            known.pop(f"{other}PolicyConfiguration", None)
        known.update({"PolicyType": kind, f"{kind}PolicyConfiguration": data[f"{kind}PolicyConfiguration"]})
        scaling_alarms.make(known)
        return {"PolicyARN": known["PolicyARN"], "Alarms": known["Alarms"]}

    def describe_policies(self, data: Record) -> Record:
        """All policies, or those of one resource or with some names."""
        names, resource = set(data.get("PolicyNames") or []), data.get("ResourceId")
        rows = [
            row
            for row in self._scope().policies.values()
            if (not names or row["PolicyName"] in names) and resource in (None, row["ResourceId"])
        ]
        return _page(data, "ScalingPolicies", rows)

    def delete_policy(self, data: Record) -> Record:
        """Remove a policy."""
        key = _key(data)
        policy = self._scope().policies.pop((key, data.get("PolicyName") or ""), None)
        if policy is None:
            raise _missing(f"scaling policy {data.get('PolicyName')}", key)
        scaling_alarms.remove(policy)
        return {}

    def everything(self) -> Iterator[tuple[str, str, Record, list[Record]]]:
        """Account, region, target and its policies, of all targets."""
        for (account, region), scope in list(self._scopes.items()):
            for key, target in list(scope.targets.items()):
                yield account, region, target, [row for of, row in list(scope.policies.items()) if of[0] == key]

    def note(self, target: Record, description: str) -> None:
        """Something was scaled, in the current account and region."""
        place = {name: target[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        row = {**place, "ActivityId": str(new_uuid()), "Description": description, "Cause": "a monitor alarm"}
        now = now_epoch()
        self._scope().activities.insert(0, {**row, "StartTime": now, "EndTime": now, "StatusCode": "Successful"})

    def describe_activities(self, data: Record) -> Record:
        """What was scaled, the newest first."""
        resource = data.get("ResourceId")
        rows = [row for row in self._scope().activities if resource in (None, row["ResourceId"])]
        return _page(data, "ScalingActivities", rows)

    def list_tags(self, data: Record) -> Record:
        """The tags of a scalable target."""
        return {"Tags": self._tags(data)}

    def tag(self, data: Record) -> Record:
        """Add tags to a scalable target."""
        self._tags(data).update(data.get("Tags") or {})
        return {}

    def untag(self, data: Record) -> Record:
        """Remove tags from a scalable target."""
        tags = self._tags(data)
        for name in data.get("TagKeys") or []:
            tags.pop(name, None)
        return {}

    def _scope(self) -> _Scope:
        return self._scopes.setdefault((get_account_id(), get_region()), _Scope())

    def _tags(self, data: Record) -> dict[str, str]:
        found = self._scope().tags.get(data.get("ResourceARN") or "")
        if found is None:
            raise Refusal("ResourceNotFoundException", f"No scalable target found for {data.get('ResourceARN')}")
        return found


def _key(data: Record) -> Key:
    namespace, resource = data.get("ServiceNamespace"), data.get("ResourceId") or ""
    if namespace != "ecs" or resource.count("/") != 2 or not resource.startswith("service/"):
        raise _invalid(f"the sandbox scales ecs services (service/<cluster>/<service>), not {namespace} {resource}")
    if data.get("ScalableDimension") != DIMENSION:
        raise _invalid(f"ScalableDimension must be {DIMENSION}, not {data.get('ScalableDimension')}")
    return namespace, resource, DIMENSION


def _check_service(key: Key) -> None:
    service = ecs._services.get(key[1].removeprefix("service/"))
    if service is None or service["status"] != "ACTIVE":
        raise _invalid(f"ECS service doesn't exist: {key[1]}")


def _new_target(key: Key, data: Record) -> Record:
    if "MinCapacity" not in data or "MaxCapacity" not in data:
        raise _invalid("MinCapacity and MaxCapacity are required for a new scalable target")
    account, identifier = get_account_id(), str(new_uuid()).replace("-", "")
    role = (
        "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
    )
    return {
        **_identity(key),
        "RoleARN": f"arn:aws:iam::{account}:role/{role}",
        "CreationTime": now_epoch(),
        "ScalableTargetARN": f"arn:aws:application-autoscaling:{get_region()}:{account}:scalable-target/{identifier}",
        "MinCapacity": data["MinCapacity"],
        "MaxCapacity": data["MaxCapacity"],
        "SuspendedState": {
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
    }


def _new_policy(key: Key, name: str) -> Record:
    prefix = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{new_uuid()}"
    return {
        **_identity(key),
        "PolicyName": name,
        "PolicyARN": f"{prefix}:resource/{key[0]}/{key[1]}:policyName/{name}",
        "Alarms": [],
        "CreationTime": now_epoch(),
    }


def _identity(key: Key) -> Record:
    return dict(zip(("ServiceNamespace", "ResourceId", "ScalableDimension"), key, strict=True))


def _page(data: Record, name: str, rows: list[Record]) -> Record:
    start, size = int(data.get("NextToken") or 0), int(data.get("MaxResults") or 50)
    body: Record = {name: rows[start : start + size]}
    if start + size < len(rows):
        body["NextToken"] = str(start + size)
    return body


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def _missing(what: str, key: Key) -> Refusal:
    return Refusal(
        "ObjectNotFoundException",
        f"No {what} found for service namespace: {key[0]}, resource ID: {key[1]}, scalable dimension: {key[2]}",
    )
