"""CloudWatch metric alarms."""

from sandbox.providers.aws.failures import found, one
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import capitalised, from_aws, tag_list, tag_map, to_aws, uncapitalised
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties

_PLAIN = (
    "comparisonOperator evaluationPeriods actionsEnabled alarmActions alarmDescription datapointsToAlarm "
    "extendedStatistic insufficientDataActions metricName namespace okActions period statistic threshold "
    "thresholdMetricId treatMissingData unit"
)
_LOW_SAMPLES = "evaluateLowSampleCountPercentiles"
# AWS's `OKActions` is the only name that differs by more than its first letter.
_OK = ("OkActions", "OKActions")


def _put(call: Call) -> None:
    arguments = {_OK[1] if name == _OK[0] else name: value for name, value in to_aws(call.inputs, _PLAIN).items()}
    if call.inputs.get("dimensions"):
        arguments["Dimensions"] = tag_list(call.inputs["dimensions"], "Name")
    if call.inputs.get("metricQueries"):
        arguments["Metrics"] = [_query(query) for query in call.inputs["metricQueries"]]
    if call.inputs.get(_LOW_SAMPLES):
        arguments["EvaluateLowSampleCountPercentile"] = call.inputs[_LOW_SAMPLES]
    tags = {"Tags": tag_list(call.tags)} if call.tags and not call.id else {}
    call.aws.put_metric_alarm(AlarmName=call.inputs["name"], **arguments, **tags)
    call.created(call.inputs["name"])


def _query(query: Properties) -> Properties:
    made: Properties = capitalised({key: value for key, value in query.items() if key != "metric"})
    made.setdefault("ReturnData", False)
    metric = query.get("metric")
    if metric:
        dimensions = tag_list(metric.get("dimensions") or {}, "Name")
        what = to_aws(metric, "metricName namespace") | {"Dimensions": dimensions}
        made["MetricStat"] = to_aws(metric, "period stat unit") | {"Metric": what}
    return made


def _shown_query(query: Properties) -> Properties:
    shown: Properties = uncapitalised({key: value for key, value in query.items() if key != "MetricStat"})
    stat = query.get("MetricStat")
    if stat:
        dimensions = tag_map(stat["Metric"].get("Dimensions"), "Name")
        metric = from_aws(stat, "period stat unit") | from_aws(stat["Metric"], "metricName namespace")
        shown["metric"] = metric | {"dimensions": dimensions}
    return shown


def _read(call: Call) -> Properties | None:
    alarm = one(found(lambda: call.aws.describe_alarms(AlarmNames=[call.id])), "MetricAlarms")
    if alarm is None:
        return None
    shown = from_aws({**alarm, _OK[0]: alarm.get(_OK[1])}, _PLAIN) | {
        "name": alarm["AlarmName"],
        "arn": alarm["AlarmArn"],
        "dimensions": tag_map(alarm.get("Dimensions"), "Name"),
        "metricQueries": [_shown_query(query) for query in alarm.get("Metrics") or []],
        "tags": tag_map(call.aws.list_tags_for_resource(ResourceARN=alarm["AlarmArn"]).get("Tags")),
    }
    if alarm.get("EvaluateLowSampleCountPercentile"):
        shown[_LOW_SAMPLES] = alarm["EvaluateLowSampleCountPercentile"]
    return shown


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_alarms(AlarmNames=[call.id]))


ROWS = (
    Row(
        type="aws:cloudwatch/metricAlarm:MetricAlarm",
        service="cloudwatch",
        create=_put,
        read=_read,
        update=_put,
        delete=_delete,
        retag=retagging("ResourceARN"),
        name=Name(),
        fixed=words("name"),
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        computed=words(f"name {_LOW_SAMPLES}"),
        lacks=words("evaluationCriteria evaluationInterval evaluationWindow warmUpConfiguration"),
    ),
)
