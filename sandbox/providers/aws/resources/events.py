"""EventBridge's rules and their targets."""

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import PluginError, found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import from_aws, tag_list, tag_map, to_aws
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties

_RULE = "description eventBusName eventPattern roleArn scheduleExpression state"
_TARGET = "arn roleArn input inputPath"
_BUS = "default"


def _put_rule(call: Call) -> None:
    tags = {"Tags": tag_list(call.tags)} if call.tags and not call.id else {}
    call.aws.put_rule(Name=call.inputs["name"], **to_aws(call.inputs, _RULE), **tags)
    call.created(call.inputs["name"])


def _read_rule(call: Call) -> Properties | None:
    rule = found(lambda: call.aws.describe_rule(Name=call.id, EventBusName=call.setting("eventBusName") or _BUS))
    if rule is None:
        return None
    # The emulator has an empty text where AWS has nothing.
    shown = {key: value for key, value in from_aws(rule, _RULE).items() if value != ""}
    tags = tag_map(call.aws.list_tags_for_resource(ResourceARN=rule["Arn"]).get("Tags"))
    return shown | {"name": call.id, "arn": rule["Arn"], "tags": tags}


def _delete_rule(call: Call) -> None:
    found(lambda: call.aws.delete_rule(Name=call.id, EventBusName=call.setting("eventBusName") or _BUS))


def _place(call: Call) -> Properties:
    return {"Rule": call.setting("rule"), "EventBusName": call.setting("eventBusName") or _BUS}


def _put_target(call: Call) -> None:
    target = {"Id": call.inputs["targetId"], **to_aws(call.inputs, _TARGET)}
    answer = call.aws.put_targets(**_place(call), Targets=[target])
    if answer["FailedEntryCount"]:
        raise PluginError(f"{call.type} {call.name}: {answer['FailedEntries'][0]['ErrorMessage']}")
    call.created(f"{call.inputs['rule']}-{call.inputs['targetId']}")


def _read_target(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.list_targets_by_rule(**_place(call)))
    target = next((row for row in (answer or {}).get("Targets", []) if row["Id"] == call.setting("targetId")), None)
    if target is None:
        return None
    place = {"rule": call.setting("rule"), "eventBusName": call.setting("eventBusName") or _BUS}
    return {**place, "targetId": target["Id"], **from_aws(target, _TARGET)}


def _delete_target(call: Call) -> None:
    found(lambda: call.aws.remove_targets(**_place(call), Ids=[call.setting("targetId")]))


_OTHER_TARGETS = words(
    "appsyncTarget batchTarget deadLetterConfig ecsTarget httpTarget inputTransformer kinesisTarget redshiftTarget "
    "retryPolicy runCommandTargets sagemakerPipelineTarget sqsTarget"
)

ROWS = (
    Row(
        type="aws:cloudwatch/eventRule:EventRule",
        service="events",
        create=_put_rule,
        read=_read_rule,
        update=_put_rule,
        delete=_delete_rule,
        retag=retagging("ResourceARN"),
        name=Name(longest=64),
        fixed=words("name namePrefix eventBusName"),
        defaults={"eventBusName": _BUS, "forceDestroy": False, "state": "ENABLED"},
        computed=words("name namePrefix"),
        kept=words("namePrefix forceDestroy"),
        forms={"eventPattern": json_form},
        lacks=words("isEnabled"),
    ),
    Row(
        type="aws:cloudwatch/eventTarget:EventTarget",
        service="events",
        create=_put_target,
        read=_read_target,
        update=_put_target,
        delete=_delete_target,
        name=Name(property="targetId", longest=64),
        fixed=words("rule targetId eventBusName"),
        defaults={"eventBusName": _BUS, "forceDestroy": False},
        computed=words("targetId"),
        kept=words("forceDestroy"),
        lacks=_OTHER_TARGETS,
    ),
)
