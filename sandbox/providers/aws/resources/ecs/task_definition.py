"""ECS task definitions: every change is a new revision."""

import json
from typing import Any

from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.ecs import common
from sandbox.providers.aws.resources.shared import pick, tag_map, without_empty
from sandbox.providers.values import Properties

_PLAIN = (
    "family cpu memory networkMode executionRoleArn taskRoleArn pidMode ipcMode requiresCompatibilities "
    "runtimePlatform ephemeralStorage placementConstraints enableFaultInjection"
)


def containers_form(text: object) -> object:
    """Container definitions without what ECS fills in and without regard to the order of variables."""
    try:
        containers = json.loads(text) if isinstance(text, str) else text
    except json.JSONDecodeError:
        return text
    normal = (
        [_container_form(c) if isinstance(c, dict) else c for c in containers]
        if isinstance(containers, list)
        else containers
    )
    # As text, or the order of a command would count as little as that of a set.
    return json.dumps(normal, sort_keys=True)


def _container_form(container: Properties) -> Properties:
    normal = {
        key: value for key, value in container.items() if value not in (None, [], {}, "", 0) or key == "essential"
    }
    normal["essential"] = container.get("essential", True)
    for key in {"environment", "secrets"} & set(normal):
        normal[key] = sorted(normal[key], key=lambda item: str(item.get("name")))
    if "portMappings" in normal:
        normal["portMappings"] = sorted(
            (_port_form(p) for p in normal["portMappings"]), key=lambda p: str(sorted(p.items()))
        )
    return normal


def _port_form(mapping: Properties) -> Properties:
    port: Any = mapping.get("containerPort")
    return {"protocol": "tcp", "hostPort": port} | {k: v for k, v in mapping.items() if v not in (None, "", 0)}


def _create(call: Call) -> None:
    arguments = without_empty(pick(call.inputs, _PLAIN))
    arguments["containerDefinitions"] = json.loads(call.inputs["containerDefinitions"])
    if call.inputs.get("volumes"):
        arguments["volumes"] = [_volume(volume) for volume in call.inputs["volumes"]]
    if call.inputs.get("proxyConfiguration"):
        arguments["proxyConfiguration"] = _proxy(call.inputs["proxyConfiguration"])
    made = call.aws.register_task_definition(**arguments, **common.tags(call))["taskDefinition"]
    call.state = {"arn": made["taskDefinitionArn"]}
    call.created(made["family"])


def _volume(volume: Properties) -> Properties:
    host = {"host": {"sourcePath": volume["hostPath"]}} if volume.get("hostPath") else {}
    rest = {key: value for key, value in volume.items() if key != "hostPath"}
    return dict(without_empty(rest)) | host


def _proxy(proxy: Properties) -> Properties:
    pairs = [{"name": key, "value": value} for key, value in (proxy.get("properties") or {}).items()]
    return {"type": proxy.get("type", "APPMESH"), "containerName": proxy["containerName"], "properties": pairs}


def _read(call: Call) -> Properties | None:
    wanted = call.id if call.state.get("trackLatest") else call.state.get("arn", call.id)
    answer = found(lambda: call.aws.describe_task_definition(taskDefinition=wanted, include=["TAGS"]))
    if answer is None or answer["taskDefinition"].get("status") != "ACTIVE":
        return None
    live = answer["taskDefinition"]
    arn = live["taskDefinitionArn"]
    shown = pick(live, _PLAIN) | {
        "arn": arn,
        "arnWithoutRevision": arn.rsplit(":", 1)[0],
        "revision": live["revision"],
        "containerDefinitions": json.dumps(live["containerDefinitions"], sort_keys=True),
        "volumes": [_shown_volume(volume) for volume in live.get("volumes", [])],
    }
    return shown | {"tags": tag_map(answer.get("tags"), "key", "value")}


def _shown_volume(volume: Properties) -> Properties:
    path = (volume.get("host") or {}).get("sourcePath")
    rest = {key: value for key, value in volume.items() if key != "host"}
    return rest | ({"hostPath": path} if path else {})


def _delete(call: Call) -> None:
    if not call.state.get("skipDestroy"):
        found(lambda: call.aws.deregister_task_definition(taskDefinition=call.state["arn"]))


def _locate(call: Call) -> None:
    call.state = {"arn": call.id}
    call.created(call.id.rsplit("/", 1)[-1].split(":")[0])


ROWS = (
    Row(
        type="aws:ecs/taskDefinition:TaskDefinition",
        service="ecs",
        create=_create,
        read=_read,
        delete=_delete,
        retag=common.retag,
        locate=_locate,
        fixed=words(f"{_PLAIN} containerDefinitions volumes proxyConfiguration"),
        defaults={"skipDestroy": False, "trackLatest": False},
        computed=words("networkMode enableFaultInjection"),
        kept=words("skipDestroy trackLatest proxyConfiguration"),
        forms={"containerDefinitions": containers_form},
    ),
)
