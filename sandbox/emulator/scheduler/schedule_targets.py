"""Schedules whose target is an ECS cluster, which ministack accepts and never starts a task for; and their names."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from ministack.services import ecs, eventbridge, scheduler

from sandbox.emulator.patching.patch import Answer, Needs, Record, body_of, replace

NEEDS: Needs = {
    "ministack.services.ecs": ("_ACTION_MAP",),
    "ministack.services.eventbridge": ("_dispatch_to_sqs", "_invoke_target"),
    "ministack.services.scheduler": ("_create_schedule", "_error"),
    "ministack.core.arn": ("parse_arn",),
}
NAME = re.compile(r"[0-9A-Za-z_.-]{1,64}")
logger = logging.getLogger("sandbox.schedules")


def install() -> None:
    """Start tasks; every other target is for whoever was asked before. Refuse names that are none."""
    replace(eventbridge, "_invoke_target", _starting)
    replace(scheduler, "_create_schedule", _named)


def _named(original: Callable[[str, Record], Answer]) -> Callable[[str, Record], Answer]:
    """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"""

    def create(name: str, body: Record) -> Answer:
        if NAME.fullmatch(name):
            return original(name, body)
        problem = f"Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy {NAME.pattern}"
        refused: Answer = scheduler._error(400, "ValidationException", f"1 validation error detected: {problem}")
        return refused

    return create


def _starting(original: Callable[..., None]) -> Callable[..., None]:
    def invoke(target: Record, event: Record, rule: Record, view: Any = None) -> None:  # noqa: ANN401
        if ":cluster/" not in str(target.get("Arn", "")) or not target.get("EcsParameters"):
            original(target, event, rule, view)
            return
        start(target)

    return invoke


def start(target: Record) -> str:
    """Run the task of a schedule; why it could not be started, which is then a dead letter, or nothing.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    made = ecs._ACTION_MAP["RunTask"](request(target))
    body = body_of(made)
    reason = str(body.get("message") or body.get("Message") or body) if made[0] >= 400 else ""
    reason = reason or "; ".join(str(row.get("reason")) for row in body.get("failures") or [])
    if reason:
        logger.warning("a schedule could not start its task: %s", reason)
        _put_away(target, reason)
    return reason


def request(target: Record) -> Record:
    """RunTask's arguments."""
    task = target["EcsParameters"]
    network = (task.get("NetworkConfiguration") or {}).get("awsvpcConfiguration") or {}
    place = {key[:1].lower() + key[1:]: value for key, value in network.items()}
    arguments: Record = {
        "cluster": target["Arn"],
        "taskDefinition": task["TaskDefinitionArn"],
        "count": task.get("TaskCount", 1),
        "startedBy": "eventbridge-scheduler",
    }
    if network:
        arguments["networkConfiguration"] = {"awsvpcConfiguration": place}
    if task.get("CapacityProviderStrategy"):
        arguments["capacityProviderStrategy"] = task["CapacityProviderStrategy"]
    return arguments


def _put_away(target: Record, reason: str) -> None:
    from ministack.core.arn import parse_arn

    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        eventbridge._dispatch_to_sqs(parse_arn(queue), json.dumps({"target": target["Arn"], "reason": reason}))
