"""Scalable targets, scaling policies and scheduled actions of Application Auto Scaling."""

from collections.abc import Callable
from typing import Any

from sandbox.providers.aws.failures import PluginError, found, one
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import (
    capital,
    capitalised,
    from_aws,
    pick,
    to_aws,
    uncapitalised,
    without_empty,
)
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties

_PLACE = "serviceNamespace resourceId scalableDimension"
_CONFIGURATIONS = "targetTrackingScalingPolicyConfiguration stepScalingPolicyConfiguration"


def _place(call: Call) -> Properties:
    return {capital(key): call.setting(key) for key in _PLACE.split()}


def _register(call: Call) -> None:
    tags = {"Tags": call.tags} if call.tags and not call.id else {}
    limits = {"MinCapacity": int(call.inputs["minCapacity"]), "MaxCapacity": int(call.inputs["maxCapacity"])}
    more = to_aws(call.inputs, "roleArn") | capitalised(pick(call.inputs, "suspendedState"))
    call.aws.register_scalable_target(**_place(call), **limits, **more, **tags)
    call.created(call.inputs["resourceId"])


def _read_target(call: Call) -> Properties | None:
    place = _place(call)
    answer = call.aws.describe_scalable_targets(
        ServiceNamespace=place["ServiceNamespace"],
        ResourceIds=[call.id],
        ScalableDimension=place["ScalableDimension"],
    )
    target = one(answer, "ScalableTargets")
    if target is None:
        return None
    shown = from_aws(target, f"{_PLACE} minCapacity maxCapacity")
    arn = target["ScalableTargetARN"]
    return shown | {
        "arn": arn,
        "roleArn": target.get("RoleARN"),
        "suspendedState": uncapitalised(target.get("SuspendedState")),
        "tags": call.aws.list_tags_for_resource(ResourceARN=arn).get("Tags", {}),
    }


def _locate_target(call: Call) -> None:
    _locate(call)
    call.created(call.state["resourceId"])


def _locate(call: Call) -> None:
    """`<namespace>/<resource id>/<dimension>`, and for a policy its name after it; a resource id has slashes itself."""
    namespace, _, rest = call.id.partition("/")
    parts = rest.split("/")
    at = next((index for index, part in enumerate(parts) if part.startswith(f"{namespace}:")), None)
    if at is None:
        raise PluginError(
            f"{call.type}: import id {call.id!r}: expected <namespace>/<resource id>/<dimension>[/<name>]"
        )
    call.state = {
        "serviceNamespace": namespace,
        "resourceId": "/".join(parts[:at]),
        "scalableDimension": parts[at],
    }
    call.created("/".join(parts[at + 1 :]))


def _deregister(call: Call) -> None:
    found(lambda: call.aws.deregister_scalable_target(**_place(call)))


def _put_policy(call: Call) -> None:
    arguments = {
        capital(key): _bounded(capitalised(without_empty(call.inputs[key])), float)
        for key in _CONFIGURATIONS.split()
        if call.inputs.get(key)
    }
    name, kind = call.inputs["name"], call.inputs.get("policyType", "StepScaling")
    call.aws.put_scaling_policy(PolicyName=name, PolicyType=kind, **_place(call), **arguments)
    call.created(name)


def _read_policy(call: Call) -> Properties | None:
    place = _place(call)
    answer = call.aws.describe_scaling_policies(
        PolicyNames=[call.id], ServiceNamespace=place["ServiceNamespace"], ResourceId=place["ResourceId"]
    )
    policy = one(answer, "ScalingPolicies")
    if policy is None:
        return None
    shown = from_aws(policy, f"{_PLACE} policyType")
    for key in _CONFIGURATIONS.split():
        if policy.get(capital(key)):
            shown[key] = uncapitalised(_bounded(policy[capital(key)], lambda bound: f"{bound:g}"))
    return shown | {"name": policy["PolicyName"], "arn": policy.get("PolicyARN"), "alarmArns": []}


def _bounded(configuration: Properties, form: Callable[[Any], object]) -> Properties:
    """The bounds of steps in another form: the provider has text, so that 0 and none differ, where AWS has numbers."""
    steps = [
        {key: form(value) if key.endswith("Bound") else value for key, value in step.items()}
        for step in configuration.get("StepAdjustments") or []
    ]
    return {**configuration, "StepAdjustments": steps} if steps else configuration


def _delete_policy(call: Call) -> None:
    found(lambda: call.aws.delete_scaling_policy(PolicyName=call.id, **_place(call)))


_SCHEDULE = "schedule timezone"


def _put_action(call: Call) -> None:
    limits = {capital(key): int(value) for key, value in call.inputs["scalableTargetAction"].items() if key[:2] != "__"}
    arguments = {**_place(call), **to_aws(call.inputs, _SCHEDULE), "ScalableTargetAction": limits}
    call.aws.put_scheduled_action(ScheduledActionName=call.inputs["name"], **arguments)
    call.created(call.inputs["name"])


def _read_action(call: Call) -> Properties | None:
    place = _place(call)
    answer = call.aws.describe_scheduled_actions(
        ScheduledActionNames=[call.id], ServiceNamespace=place["ServiceNamespace"], ResourceId=place["ResourceId"]
    )
    action = one(answer, "ScheduledActions")
    if action is None:
        return None
    shown = from_aws(action, f"{_PLACE} schedule timezone")
    limits = uncapitalised(action.get("ScalableTargetAction"))
    return shown | {"name": call.id, "arn": action["ScheduledActionARN"], "scalableTargetAction": limits}


def _delete_action(call: Call) -> None:
    found(lambda: call.aws.delete_scheduled_action(ScheduledActionName=call.id, **_place(call)))


ROWS = (
    Row(
        type="aws:appautoscaling/scheduledAction:ScheduledAction",
        service="application-autoscaling",
        create=_put_action,
        read=_read_action,
        update=_put_action,
        delete=_delete_action,
        fixed=words(f"name {_PLACE}"),
        defaults={"timezone": "UTC"},
        lacks=words("startTime endTime"),
        deletes_first=True,
    ),
    Row(
        type="aws:appautoscaling/target:Target",
        service="application-autoscaling",
        create=_register,
        read=_read_target,
        update=_register,
        delete=_deregister,
        retag=retagging("ResourceARN", form=dict),
        locate=_locate_target,
        fixed=words(_PLACE),
        computed=words("roleArn suspendedState"),
        deletes_first=True,
    ),
    Row(
        type="aws:appautoscaling/policy:Policy",
        service="application-autoscaling",
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=_delete_policy,
        locate=_locate,
        name=Name(),
        fixed=words(f"name {_PLACE}"),
        defaults={"policyType": "StepScaling"},
        computed=words("name"),
        lacks=words("predictiveScalingPolicyConfiguration"),
        deletes_first=True,
    ),
)
