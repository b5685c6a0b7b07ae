"""Task protection: a task that asked for it is stopped neither by scaling in nor by a deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
"""

import time
from collections.abc import Iterable

from ministack.services import ecs

from sandbox.emulator.ecs import store
from sandbox.emulator.patching.patch import Needs, Record, Refusal, json_handler

NEEDS: Needs = {"ministack.services.ecs": ("_ACTION_MAP", "_resolve_task")}

MINUTE = 60.0
DEFAULT_MINUTES, LONGEST_MINUTES = 120, 2880
UNTIL = "_protected_until"


def install() -> None:
    """Put the two operations in ministack's table."""
    ecs._ACTION_MAP.update(UpdateTaskProtection=json_handler(_update), GetTaskProtection=json_handler(_get))


def unprotected(tasks: Iterable[Record]) -> list[Record]:
    """The tasks that the scheduler may stop."""
    return [task for task in tasks if not _protected(task)]


def _protected(task: Record) -> bool:
    return bool(task.get(UNTIL, 0.0) > time.time())


def _update(data: Record) -> Record:
    minutes = int(data.get("expiresInMinutes") or DEFAULT_MINUTES)
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Refusal("InvalidParameterException", f"expiresInMinutes must be between 1 and {LONGEST_MINUTES}.")
    known, missing = _tasks(data)
    for task in known:
        task[UNTIL] = time.time() + minutes * MINUTE if data.get("protectionEnabled") else 0.0
    return {"protectedTasks": [_view(task) for task in known], "failures": missing}


def _get(data: Record) -> Record:
    known, missing = _tasks(data)
    return {"protectedTasks": [_view(task) for task in known], "failures": missing}


def _tasks(data: Record) -> tuple[list[Record], list[Record]]:
    """The service tasks that a request names, and a failure for each other one."""
    cluster, known, missing = store.cluster_of(data), [], []
    for name in data.get("tasks") or []:
        task = ecs._resolve_task(name, cluster)
        if task and task["group"].startswith("service:"):
            known.append(task)
        else:
            missing.append({"arn": name, "reason": "MISSING" if not task else "TASK_NOT_VALID"})
    return known, missing


def _view(task: Record) -> Record:
    shown = {"taskArn": task["taskArn"], "protectionEnabled": _protected(task)}
    return {**shown, "expirationDate": task[UNTIL]} if shown["protectionEnabled"] else shown
