"""The two alarms that Application Auto Scaling makes of a target-tracking policy."""

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudwatch

from sandbox.emulator.autoscaling.scaling_rules import IN_PERIODS, OUT_PERIODS, SLACK
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "get_region", "new_uuid"),
    "ministack.services.cloudwatch": ("_alarms", "_resource_tags"),
}

_OF_SERVICE = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}


def make(policy: Record) -> None:
    """Make them, in place of those that the policy had."""
    remove(policy)
    configuration = policy.get("TargetTrackingScalingPolicyConfiguration")
    if configuration is None:
        return
    target, look = float(configuration["TargetValue"]), _look(policy["ResourceId"], configuration)
    high = _alarm(policy, "AlarmHigh", OUT_PERIODS, "GreaterThanThreshold", target, look)
    rows = [high]
    if not configuration.get("DisableScaleIn"):
        rows.append(_alarm(policy, "AlarmLow", IN_PERIODS, "LessThanThreshold", SLACK * target, look))
    policy["Alarms"] = [{"AlarmName": row["AlarmName"], "AlarmARN": row["AlarmArn"]} for row in rows]


def remove(policy: Record) -> None:
    """Remove them."""
    for row in policy["Alarms"]:
        cloudwatch._alarms.pop(row["AlarmName"], None)
    policy["Alarms"] = []


def _alarm(policy: Record, kind: str, periods: int, comparison: str, threshold: float, look: Record) -> Record:
    name = f"TargetTracking-{policy['ResourceId']}-{kind}-{new_uuid()}"
    alarm: Record = {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}",
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}.",
        "ActionsEnabled": True,
        "AlarmActions": [policy["PolicyARN"]],
        "OKActions": [],
        "InsufficientDataActions": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": int(policy["CreationTime"]),
        "AlarmConfigurationUpdatedTimestamp": int(policy["CreationTime"]),
        "Dimensions": [],
        "EvaluationPeriods": periods,
        "Threshold": threshold,
        "ComparisonOperator": comparison,
        "TreatMissingData": "missing",
        **look,
    }
    cloudwatch._alarms[name] = alarm
    return alarm


def _look(resource: str, configuration: Record) -> Record:
    """The metric, as an alarm has it."""
    custom = configuration.get("CustomizedMetricSpecification")
    if custom is None:
        return _predefined(resource, configuration["PredefinedMetricSpecification"])
    if custom.get("Metrics"):
        return {"Metrics": [_query(row) for row in custom["Metrics"]]}
    plain = {name: custom[name] for name in ("Namespace", "MetricName", "Statistic")}
    return {**plain, "Dimensions": custom.get("Dimensions") or [], "Period": 60}


def _query(row: Record) -> Record:
    """Target tracking has no periods: it always looks at minutes."""
    return {**row, "MetricStat": {**row["MetricStat"], "Period": 60}} if row.get("MetricStat") else dict(row)


def _predefined(resource: str, specification: Record) -> Record:
    kind = specification["PredefinedMetricType"]
    if kind in _OF_SERVICE:
        _, cluster, service = resource.split("/")
        dimensions = {"ClusterName": cluster, "ServiceName": service}
        found = {"Namespace": "AWS/ECS", "MetricName": _OF_SERVICE[kind], "Statistic": "Average"}
    else:
        balancer, _, group = specification["ResourceLabel"].partition("/targetgroup/")
        dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
        found = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCountPerTarget", "Statistic": "Sum"}
    rows = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {**found, "Dimensions": rows, "Period": 60}
