"""Schedules of EventBridge Scheduler."""

from typing import Any

from sandbox.providers.aws.failures import PluginError, found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import from_aws, small, to_aws, uncapitalised, without_empty
from sandbox.providers.values import Properties

_PLAIN = "description scheduleExpression scheduleExpressionTimezone state kmsKeyArn startDate endDate groupName"
_PLAIN += " actionAfterCompletion"
_GROUP = "default"


def _arguments(call: Call) -> Properties:
    """Everything, each time: UpdateSchedule forgets what it is not told."""
    window: Properties = without_empty(call.inputs["flexibleTimeWindow"])
    return {
        "Name": call.inputs["name"],
        **to_aws(call.inputs, _PLAIN),
        "FlexibleTimeWindow": to_aws(window, "mode maximumWindowInMinutes"),
        "Target": _target(call.inputs["target"]),
    }


def _target(target: Properties) -> Properties:
    shape = to_aws(target, "arn roleArn input")
    if target.get("deadLetterConfig"):
        shape["DeadLetterConfig"] = to_aws(target["deadLetterConfig"], "arn")
    if target.get("retryPolicy"):
        retry = target["retryPolicy"]
        names = "maximumEventAgeInSeconds maximumRetryAttempts"
        shape["RetryPolicy"] = {key: int(value) for key, value in to_aws(retry, names).items()}
    if target.get("ecsParameters"):
        shape["EcsParameters"] = _ecs(target["ecsParameters"])
    return shape


def _ecs(task: Properties) -> Properties:
    shape = to_aws(task, "taskDefinitionArn launchType platformVersion group propagateTags referenceId")
    shape["TaskCount"] = int(task.get("taskCount") or 1)
    shape |= {"EnableECSManagedTags": True} if task.get("enableEcsManagedTags") else {}
    shape |= {"EnableExecuteCommand": True} if task.get("enableExecuteCommand") else {}
    if task.get("capacityProviderStrategies"):
        rows = without_empty(task["capacityProviderStrategies"])
        shape["CapacityProviderStrategy"] = [_counted(row) for row in rows]
    if task.get("networkConfiguration"):
        network = task["networkConfiguration"]
        public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        place = to_aws(network, "subnets securityGroups") | {"AssignPublicIp": public}
        shape["NetworkConfiguration"] = {"awsvpcConfiguration": place}
    return shape


def _counted(row: Properties) -> Properties:
    return {key: value if key == "capacityProvider" else int(value) for key, value in row.items()}


def _create(call: Call) -> None:
    arguments = _arguments(call)
    call.aws.create_schedule(**arguments)
    call.created(f"{arguments.get('GroupName', _GROUP)}/{arguments['Name']}")


def _update(call: Call) -> None:
    call.aws.update_schedule(**_arguments(call))


def _place(call: Call) -> Properties:
    group, _, name = call.id.partition("/")
    return {"GroupName": group, "Name": name}


def _read(call: Call) -> Properties | None:
    schedule = found(lambda: call.aws.get_schedule(**_place(call)))
    if schedule is None:
        return None
    shown = {key: value for key, value in from_aws(schedule, _PLAIN).items() if value != ""}
    return shown | {
        "arn": schedule["Arn"],
        "name": schedule["Name"],
        "flexibleTimeWindow": uncapitalised(schedule["FlexibleTimeWindow"]),
        "target": _shown_target(schedule["Target"]),
    }


def _shown_target(target: Properties) -> Properties:
    shown: Properties = uncapitalised({key: value for key, value in target.items() if key != "EcsParameters"})
    task = target.get("EcsParameters")
    return shown | ({"ecsParameters": _shown_task(task)} if task else {})


def _shown_task(task: Properties) -> Properties:
    others = {"CapacityProviderStrategy", "NetworkConfiguration", "EnableECSManagedTags"}
    shown: Properties = {small(key): value for key, value in task.items() if key not in others}
    shown["enableEcsManagedTags"] = task.get("EnableECSManagedTags", False)
    if task.get("CapacityProviderStrategy"):
        shown["capacityProviderStrategies"] = task["CapacityProviderStrategy"]
    network: Any = (task.get("NetworkConfiguration") or {}).get("awsvpcConfiguration")
    if network:
        public = network.get("AssignPublicIp") == "ENABLED"
        places = uncapitalised({key: value for key, value in network.items() if key != "AssignPublicIp"})
        shown["networkConfiguration"] = places | {"assignPublicIp": public}
    return shown


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_schedule(**_place(call)))


def _locate(call: Call) -> None:
    if "/" not in call.id:
        raise PluginError(f"{call.type}: import id {call.id!r}: expected <group>/<name>")


ROWS = (
    Row(
        type="aws:scheduler/schedule:Schedule",
        service="scheduler",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        locate=_locate,
        name=Name(longest=64),
        fixed=words("name namePrefix groupName"),
        defaults={"scheduleExpressionTimezone": "UTC", "state": "ENABLED"},
        computed=words("name namePrefix groupName actionAfterCompletion"),
        kept=words("namePrefix"),
    ),
)
