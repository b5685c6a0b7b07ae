"""Target groups."""

from sandbox.providers.aws.failures import found, one, until_free
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.elbv2 import common
from sandbox.providers.aws.resources.shared import from_aws, to_aws
from sandbox.providers.values import Properties

_CHECK = {
    "enabled": "HealthCheckEnabled",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
_ATTRIBUTES = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
}
_NUMBERS = frozenset({"deregistrationDelay", "slowStart"})


def _check(call: Call) -> Properties:
    given = call.inputs.get("healthCheck") or {}
    arguments = {name: given[key] for key, name in _CHECK.items() if given.get(key) is not None}
    if given.get("matcher"):
        arguments["Matcher"] = {"HttpCode": given["matcher"]}
    return arguments


def _create(call: Call) -> None:
    made = call.aws.create_target_group(
        Name=call.inputs["name"],
        TargetType=call.inputs["targetType"],
        **to_aws(call.inputs, "protocol protocolVersion port vpcId ipAddressType"),
        **_check(call),
        **common.tags(call),
    )
    call.created(made["TargetGroups"][0]["TargetGroupArn"])
    _set_attributes(call, frozenset(call.inputs))


def _set_attributes(call: Call, names: frozenset[str]) -> None:
    rows = [
        {"Key": name, "Value": common.text(call.inputs[key])}
        for key, name in _ATTRIBUTES.items()
        if key in names and call.inputs.get(key) is not None
    ]
    if "stickiness" in names and call.inputs.get("stickiness"):
        rows += _stickiness_rows(call.inputs["stickiness"])
    if rows:
        call.aws.modify_target_group_attributes(TargetGroupArn=call.id, Attributes=rows)


def _stickiness_rows(stickiness: Properties) -> list[Properties]:
    enabled = common.text(stickiness.get("enabled", True))
    rows = {"stickiness.enabled": enabled, "stickiness.type": stickiness["type"]}
    if stickiness["type"] == "lb_cookie" and enabled == "true":
        rows["stickiness.lb_cookie.duration_seconds"] = common.text(stickiness.get("cookieDuration", 86400))
    return [{"Key": key, "Value": value} for key, value in rows.items()]


def _read(call: Call) -> Properties | None:
    group = one(found(lambda: call.aws.describe_target_groups(TargetGroupArns=[call.id])), "TargetGroups")
    if group is None:
        return None
    check = {key: group[name] for key, name in _CHECK.items() if group.get(name) is not None}
    check["matcher"] = (group.get("Matcher") or {}).get("HttpCode", "")
    shown = from_aws(group, "port protocol protocolVersion vpcId targetType ipAddressType loadBalancerArns")
    return (
        _shown_attributes(call)
        | shown
        | {
            "arn": call.id,
            "arnSuffix": f"targetgroup/{call.id.split('targetgroup/', 1)[-1]}",
            "name": group["TargetGroupName"],
            "healthCheck": check,
            "tags": common.read_tags(call),
        }
    )


def _shown_attributes(call: Call) -> Properties:
    listed = call.aws.describe_target_group_attributes(TargetGroupArn=call.id)["Attributes"]
    values = {row["Key"]: row["Value"] for row in listed}
    shown: Properties = {key: values[name] for key, name in _ATTRIBUTES.items() if name in values}
    shown |= {key: int(shown[key]) for key in _NUMBERS & set(shown)}
    if "stickiness.type" in values:
        shown["stickiness"] = {
            "enabled": values.get("stickiness.enabled") == "true",
            "type": values["stickiness.type"],
            "cookieDuration": int(values.get("stickiness.lb_cookie.duration_seconds", 86400)),
        }
    return shown


def _update(call: Call) -> None:
    if "healthCheck" in call.changed:
        call.aws.modify_target_group(TargetGroupArn=call.id, **_check(call))
    _set_attributes(call, call.changed)


def _delete(call: Call) -> None:
    until_free(lambda: call.aws.delete_target_group(TargetGroupArn=call.id))


ROWS = (
    Row(
        type="aws:lb/targetGroup:TargetGroup",
        service="elbv2",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=common.retag,
        name=Name(longest=32),
        fixed=words("name namePrefix port protocol protocolVersion vpcId targetType ipAddressType"),
        defaults={"deregistrationDelay": 300, "slowStart": 0, "targetType": "instance"},
        computed=words(
            "name namePrefix healthCheck ipAddressType protocolVersion stickiness loadBalancingAlgorithmType "
            "loadBalancingAnomalyMitigation loadBalancingCrossZoneEnabled"
        ),
        kept=words("namePrefix"),
        lacks=words(
            "connectionTermination lambdaMultiValueHeadersEnabled preserveClientIp proxyProtocolV2 targetControlPort "
            "targetFailovers targetGroupHealth targetHealthStates"
        ),
    ),
)
