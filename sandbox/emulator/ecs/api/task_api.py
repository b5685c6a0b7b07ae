"""RunTask, StopTask and ListTasks as ECS has them: idempotent, in order, and strict about filters."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from sandbox.emulator.ecs import store
from sandbox.emulator.ecs.api.service_rules import check_network
from sandbox.emulator.ecs.stopping import Stopper
from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal, json_handler, unwrap

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "get_region"),
    "ministack.services.ecs": ("_ACTION_MAP", "_resolve_task", "_run_task", "_sanitize", "_tasks"),
}

MAX_COUNT = 10
MAX_LISTED = 100
HOUR = 3600.0
FILTERS = ("containerInstance", "family", "serviceName", "desiredStatus", "launchType")


@dataclass(frozen=True)
class Claim:
    """What a clientToken stood for."""

    request: str
    body: Record
    claimed_at: float


class TaskApi:
    """The operations on tasks."""

    def __init__(self, stopper: Stopper) -> None:
        self._stopper = stopper
        self._run_original: Callable[[Record], Answer] = ecs._run_task
        self._claims: dict[tuple[str, str, str, str], Claim] = {}
        self._lock = threading.Lock()

    def install(self) -> None:
        """Put them in ministack's table."""
        ecs._ACTION_MAP.update(
            RunTask=json_handler(self._run), StopTask=json_handler(self._stop), ListTasks=json_handler(_list)
        )

    def _run(self, data: Record) -> Record:
        cluster = store.cluster_of(data)
        _check_run(data)
        token = data.pop("clientToken", None)
        if token is None:
            return self._start(data)
        # The token's scope is the cluster.
        key = (get_account_id(), get_region(), cluster, token)
        request = json.dumps(data, sort_keys=True)
        with self._lock:
            claim = self._claims.get(key)
            if claim is None or _expired(claim):
                claim = self._claims[key] = Claim(request, self._start(data), time.monotonic())
        if claim.request != request:
            raise Refusal("ConflictException", "The client token was already used with other parameters.")
        return _as_now(claim.body)

    def _start(self, data: Record) -> Record:
        body = unwrap(self._run_original(data))
        strategy = data.get("capacityProviderStrategy")
        for task in body["tasks"]:
            # ECS calls the group of a task that no service started by its family.
            record = ecs._tasks[task["taskArn"]]
            record["group"] = record["group"] or f"family:{_family(record)}"
            if strategy:
                record["_strategy"] = strategy
        return _as_now(body)

    def _stop(self, data: Record) -> Record:
        cluster = store.cluster_of(data)
        task = ecs._resolve_task(data.get("task", ""), cluster)
        if not task:
            raise Refusal("InvalidParameterException", "The referenced task was not found.")
        self._stopper.stop(task, data.get("reason") or "Task stopped by user", "UserInitiated")
        return {"task": ecs._sanitize(task)}


def _check_run(data: Record) -> None:
    store.task_definition(data.get("taskDefinition", ""))
    check_network(data, data["taskDefinition"])
    if not 1 <= int(data.get("count", 1)) <= MAX_COUNT:
        raise Refusal("InvalidParameterException", f"Task count must be between 1 and {MAX_COUNT}.")
    if len(data.get("startedBy") or "") > 128:
        raise Refusal("InvalidParameterException", "startedBy can have at most 128 characters.")
    if not 1 <= len(data.get("clientToken", "-")) <= 64:
        raise Refusal("InvalidParameterException", "clientToken must have 1 to 64 characters.")


def _expired(claim: Claim) -> bool:
    """A token lives 24 hours, or an hour longer than its tasks when that is sooner."""
    age = time.monotonic() - claim.claimed_at
    tasks = [ecs._tasks.get(task["taskArn"]) for task in claim.body["tasks"]]
    # A task that is forgotten ended long ago.
    ends = [2 * HOUR if task is None else store.age(task["stoppedAt"]) if task["stoppedAt"] else 0.0 for task in tasks]
    return age > 24 * HOUR or min(ends, default=0.0) > HOUR


def _as_now(body: Record) -> Record:
    """An answer with its tasks as they are now."""
    tasks = [ecs._sanitize(ecs._tasks.get(task["taskArn"]) or task) for task in body["tasks"]]
    return {**body, "tasks": tasks}


def _family(task: Record) -> str:
    return str(task["taskDefinitionArn"]).rsplit("/", 1)[-1].rsplit(":", 1)[0]


def _list(data: Record) -> Record:
    cluster = store.cluster_of(data)
    if data.get("startedBy") and any(data.get(name) for name in FILTERS):
        raise Refusal("InvalidParameterException", "startedBy must be the only filter that is used.")
    if data.get("serviceName") and store.find_service(cluster, data["serviceName"]) is None:
        raise Refusal("ServiceNotFoundException", "Service not found.")
    arns = [arn for arn, task in ecs._tasks.items() if _cluster(task) == cluster and _wanted(task, data)]
    start, size = int(data.get("nextToken") or 0), min(int(data.get("maxResults") or MAX_LISTED), MAX_LISTED)
    body: Record = {"taskArns": arns[start : start + size]}
    if start + size < len(arns):
        body["nextToken"] = str(start + size)
    return body


def _cluster(task: Record) -> str:
    return str(task["clusterArn"]).rsplit("/", 1)[-1]


def _wanted(task: Record, data: Record) -> bool:
    service = data.get("serviceName", "").rsplit("/", 1)[-1]
    return (
        task["desiredStatus"] == (data.get("desiredStatus") or "RUNNING")
        and data.get("family", "") in ("", _family(task))
        and service in ("", task["group"].removeprefix("service:"))
        and data.get("startedBy", "") in ("", task["startedBy"])
        and data.get("launchType", "") in ("", task["launchType"])
    )
