"""How a task stops: out of its target groups, drained, then SIGTERM, then SIGKILL."""

import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import resource_lock, spawn_background
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ecs, ecs_metadata

from sandbox.emulator.ecs.containers.container_options import stop_timeout
from sandbox.emulator.ecs.store import now_text
from sandbox.emulator.elbv2.target_api import TargetApi
from sandbox.emulator.elbv2.targets import Address, Targets
from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {
    "ministack.core.concurrency": ("resource_lock", "spawn_background"),
    "ministack.core.responses": ("get_account_id", "get_region", "request_scope"),
    "ministack.services.ecs": (
        "_bump_task_version",
        "_cleanup_task_resources",
        "_get_docker",
        "_mark_task_stopped",
        "_recount_cluster",
        "_resolve_td_key",
        "_task_defs",
    ),
    "ministack.services.ecs_metadata": ("set_all_container_status", "set_task_status"),
}

POLL = 0.05
# The log driver reads on for a moment after a container's end.
LOG_SECONDS = 2.0
ESSENTIAL_EXITED = "Essential container in task exited"


class Stopper:
    """Stops tasks in the background, in ECS's order.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
    """

    def __init__(self, targets: Targets, target_api: TargetApi) -> None:
        self._targets, self._target_api = targets, target_api
        self.changed: Callable[[], None] = lambda: None

    def install(self) -> None:
        """Give natural exits ECS's wording, and let logs be read to their end before a container goes."""
        replace(ecs, "_mark_task_stopped", _wording)
        replace(ecs, "_cleanup_task_resources", _unhurried)

    def stop(self, task: Record, reason: str, code: str) -> bool:
        """Begin to stop a task; False if it is stopping already."""
        with resource_lock("ecs-task", task["taskArn"]):
            if task["desiredStatus"] == "STOPPED":
                return False
            task.update(desiredStatus="STOPPED", stoppingAt=now_text(), stoppedReason=reason, stopCode=code)
            ecs._bump_task_version(task)
            if task["lastStatus"] == "RUNNING":
                task["lastStatus"] = "DEACTIVATING"
        self.deregister(task)
        account, region = get_account_id(), get_region()
        spawn_background(self._finish, task, account, region, thread_name=f"sandbox-stop-{task['taskArn'][-8:]}")
        return True

    def deregister(self, task: Record) -> list[str]:
        """Begin to drain a task's targets; the groups that it leaves."""
        registered: list[tuple[str, Address]] = task.get("_targets") or []
        return [group for group, address in registered if self._target_api.deregister(group, address)]

    def _finish(self, task: Record, account: str, region: str) -> None:
        with request_scope(account, region):
            self._drain(task)
            task["lastStatus"] = "STOPPING"
            exit_codes = _terminate(task)
            _record_stopped(task, exit_codes)
            ecs._recount_cluster(task["clusterArn"].rsplit("/", 1)[-1])
            self.changed()
            ecs._cleanup_task_resources(task, None)

    def _drain(self, task: Record) -> None:
        registered: list[tuple[str, Address]] = task.get("_targets") or []
        while any(self._targets.get(group, address) for group, address in registered):
            time.sleep(POLL)
            self._targets.sweep()


def _terminate(task: Record) -> dict[str, int]:
    """Stop a task's containers at once, each with its own stop timeout; exit codes by container id."""
    runtime = ecs._get_docker()
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
    timeouts = [stop_timeout(container) for container in definition.get("containerDefinitions", [])]
    codes: dict[str, int] = {}
    threads = [
        threading.Thread(target=_terminate_one, args=(runtime, identifier, timeout, codes))
        for identifier, timeout in zip(task.get("_docker_ids") or [], timeouts, strict=False)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


def _terminate_one(runtime: Any, identifier: str, timeout: int, codes: dict[str, int]) -> None:  # noqa: ANN401
    container = runtime.containers.get(identifier)
    container.stop(timeout=timeout)
    codes[identifier] = int(container.wait()["StatusCode"])


def _record_stopped(task: Record, exit_codes: dict[str, int]) -> None:
    identifiers = task.get("_docker_ids") or []
    with resource_lock("ecs-task", task["taskArn"]):
        for index, container in enumerate(task["containers"]):
            container["lastStatus"] = "STOPPED"
            if index < len(identifiers) and identifiers[index] in exit_codes:
                container["exitCode"] = exit_codes[identifiers[index]]
        now = now_text()
        task.update(lastStatus="STOPPED", stoppedAt=now, executionStoppedAt=now)
        ecs._bump_task_version(task)
    ecs_metadata.set_task_status(task["taskArn"], known_status="STOPPED", desired_status="STOPPED")
    ecs_metadata.set_all_container_status(task["taskArn"], "STOPPED")


def _wording(original: Callable[..., bool]) -> Callable[..., bool]:
    def mark(arn: str, task: Record, reason: str, code: str, exit_code: int | None = None) -> bool:
        words = ESSENTIAL_EXITED if code == "EssentialContainerExited" else reason
        return original(arn, task, words, code, exit_code=exit_code)

    return mark


def _unhurried(original: Callable[..., None]) -> Callable[..., None]:
    def clean(task: Record, runtime: Any, extra: Any = None) -> None:  # noqa: ANN401
        if runtime is not None:
            original(task, runtime, extra)
            return
        # ministack leaves an exited task's other containers alone; ECS stops them with the essential one.
        spawn_background(_end, original, task, thread_name=f"sandbox-clean-{task['taskArn'][-8:]}")

    return clean


def _end(original: Callable[..., None], task: Record) -> None:
    _terminate(task)
    time.sleep(LOG_SECONDS)
    original(task, ecs._get_docker(), None)
