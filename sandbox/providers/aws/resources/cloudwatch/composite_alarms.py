"""Composite alarms, and the metrics that log groups are filtered into."""

from sandbox.providers.aws.failures import found, one
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import from_aws, tag_list, tag_map, to_aws
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties

_PLAIN = "actionsEnabled alarmActions alarmDescription alarmRule insufficientDataActions"


def _put(call: Call) -> None:
    arguments = to_aws(call.inputs, _PLAIN)
    if call.inputs.get("okActions"):
        arguments["OKActions"] = call.inputs["okActions"]
    tags = {"Tags": tag_list(call.tags)} if call.tags and not call.id else {}
    call.aws.put_composite_alarm(AlarmName=call.inputs["alarmName"], **arguments, **tags)
    call.created(call.inputs["alarmName"])


def _read(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.describe_alarms(AlarmNames=[call.id], AlarmTypes=["CompositeAlarm"]))
    alarm = one(answer, "CompositeAlarms")
    if alarm is None:
        return None
    tags = tag_map(call.aws.list_tags_for_resource(ResourceARN=alarm["AlarmArn"]).get("Tags"))
    shown = from_aws(alarm, _PLAIN) | {"alarmName": alarm["AlarmName"], "arn": alarm["AlarmArn"], "tags": tags}
    return shown | {"okActions": alarm.get("OKActions") or []}


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_alarms(AlarmNames=[call.id]))


_METRIC = {
    "name": "metricName",
    "namespace": "metricNamespace",
    "value": "metricValue",
    "dimensions": "dimensions",
    "unit": "unit",
}


def _put_filter(call: Call) -> None:
    given = call.inputs["metricTransformation"]
    metric = {theirs: given[ours] for ours, theirs in _METRIC.items() if given.get(ours)}
    if given.get("defaultValue") not in (None, ""):
        metric["defaultValue"] = float(given["defaultValue"])
    call.aws.put_metric_filter(
        logGroupName=call.inputs["logGroupName"],
        filterName=call.inputs["name"],
        filterPattern=call.inputs["pattern"].strip(),
        metricTransformations=[metric],
    )
    call.created(call.inputs["name"])


def _read_filter(call: Call) -> Properties | None:
    group = call.setting("logGroupName")
    answer = found(lambda: call.aws.describe_metric_filters(logGroupName=group, filterNamePrefix=call.id))
    row = next((row for row in (answer or {}).get("metricFilters", []) if row["filterName"] == call.id), None)
    if row is None:
        return None
    metric = row["metricTransformations"][0]
    shown = {ours: metric[theirs] for ours, theirs in _METRIC.items() if metric.get(theirs)}
    if "defaultValue" in metric:
        shown["defaultValue"] = f"{metric['defaultValue']:g}"
    return {
        "name": call.id,
        "logGroupName": row["logGroupName"],
        "pattern": row["filterPattern"],
        "metricTransformation": {"unit": "None", **shown},
    }


def _delete_filter(call: Call) -> None:
    found(lambda: call.aws.delete_metric_filter(logGroupName=call.setting("logGroupName"), filterName=call.id))


def _whole_transformation(given: Properties) -> object:
    """The provider fills in the unit."""
    shown = {key: value for key, value in given.items() if key[:2] != "__" and value not in (None, "", {})}
    return {"unit": "None", **shown}


ROWS = (
    Row(
        type="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        service="cloudwatch",
        create=_put,
        read=_read,
        update=_put,
        delete=_delete,
        retag=retagging("ResourceARN"),
        fixed=words("alarmName"),
        defaults={"actionsEnabled": True},
        lacks=words("actionsSuppressor"),
    ),
    Row(
        type="aws:cloudwatch/logMetricFilter:LogMetricFilter",
        service="logs",
        create=_put_filter,
        read=_read_filter,
        update=_put_filter,
        delete=_delete_filter,
        name=Name(),
        fixed=words("name logGroupName"),
        computed=words("name"),
        forms={"metricTransformation": _whole_transformation},
        lacks=words("applyOnTransformedLogs"),
    ),
)
