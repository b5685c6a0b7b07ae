"""ECS's events for EventBridge: what becomes of tasks and deployments, and what a service says.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""

import json
from datetime import UTC, datetime

from ministack.core.responses import request_scope
from ministack.services import ecs, eventbridge

from sandbox.emulator.ecs import store
from sandbox.emulator.patching.background import again
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.core.responses": ("request_scope",),
    "ministack.services.ecs": ("_sanitize", "_tasks"),
    "ministack.services.eventbridge": ("_put_events", "_rules"),
}

TICK = 0.4
# What a service event is called as an event of EventBridge, by what it says.
ACTIONS = {
    "has reached a steady state": ("INFO", "SERVICE_STEADY_STATE"),
    "is unable to consistently start tasks": ("WARN", "SERVICE_TASK_START_IMPAIRED"),
    "was unable to place a task": ("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE"),
}
ROLLOUTS = {
    "IN_PROGRESS": ("INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"),
    "COMPLETED": ("INFO", "SERVICE_DEPLOYMENT_COMPLETED"),
    "FAILED": ("ERROR", "SERVICE_DEPLOYMENT_FAILED"),
}


class Teller:
    """Looks at all tasks and services a few times a second, and puts what is new on the event bus."""

    def __init__(self) -> None:
        self._told: dict[str, object] = {}

    def start(self) -> None:
        """Tell until the process ends."""
        again("telling", TICK, self.look)

    def look(self) -> None:
        """Everything that is new since the last look; what happened before there was a rule is not told later."""
        told: dict[str, object] = {}
        for (account, region, arn), task in ecs._tasks.all_items():
            told[arn] = _standing(task)
            if self._told.get(arn) != told[arn]:
                _put(account, region, "ECS Task State Change", arn, _detail(task))
        for account, region, service in store.all_services():
            self._service(account, region, service, told)
        self._told = told

    def _service(self, account: str, region: str, service: Record, told: dict[str, object]) -> None:
        arn = str(service["serviceArn"])
        for row in service["deployments"]:
            key = f"{arn} {row['id']}"
            told[key] = (row["rolloutState"], row["updatedAt"])
            if self._told.get(key) != told[key]:
                _put(account, region, "ECS Deployment State Change", arn, _deployment(row))
        said = [event for event in service["events"] if f"{arn} {event['id']}" not in self._told]
        told |= {f"{arn} {event['id']}": True for event in service["events"]}
        for event in reversed(said):
            kind = next((kind for words, kind in ACTIONS.items() if words in event["message"]), None)
            if kind is not None:
                _put(account, region, "ECS Service Action", arn, _action(service, event, *kind))


def _standing(task: Record) -> object:
    """What makes an event when it changes."""
    containers = [(row.get("lastStatus"), row.get("exitCode"), row.get("reason")) for row in task["containers"]]
    return task["lastStatus"], task["desiredStatus"], task.get("healthStatus"), containers


def _detail(task: Record) -> Record:
    shown: Record = ecs._sanitize(task)
    return {key: _time(value) if key.endswith("At") else value for key, value in shown.items()}


def _deployment(row: Record) -> Record:
    kind, name = ROLLOUTS[row["rolloutState"]]
    reason, at = row.get("rolloutStateReason", ""), _time(row["updatedAt"])
    return {"eventType": kind, "eventName": name, "deploymentId": row["id"], "updatedAt": at, "reason": reason}


def _action(service: Record, event: Record, kind: str, name: str) -> Record:
    at = _time(event["createdAt"])
    return {"eventType": kind, "eventName": name, "clusterArn": service["clusterArn"], "createdAt": at}


def _time(value: object) -> object:
    """Events carry times as text."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def _put(account: str, region: str, kind: str, resource: str, detail: Record) -> None:
    entry = {"Source": "aws.ecs", "DetailType": kind, "Detail": json.dumps(detail), "Resources": [resource]}
    with request_scope(account, region):
        if any(rule.get("EventPattern") for rule in eventbridge._rules.values()):
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
