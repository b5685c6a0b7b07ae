"""Container health checks, executed in the task and reported as healthStatus."""

import contextvars
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import ecs

from sandbox.context import Context
from sandbox.emulator.ecs.containers.exec_in_container import exit_code
from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {
    "ministack.services.ecs": ("_get_docker", "_mark_task_running", "_resolve_td_key", "_task_defs"),
}

MIN_TIMEOUT = 1.0
MIN_INTERVAL = 0.1
logger = logging.getLogger("sandbox.health")


@dataclass(frozen=True)
class Check:
    """A container's healthCheck; times in AWS's seconds.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    """

    command: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    start_period: float

    @classmethod
    def of(cls, container: Record) -> "Check | None":
        """The check of a container definition; raises ValueError when its command has no known form."""
        settings = container.get("healthCheck")
        if not settings or settings["command"][:1] == ["NONE"]:
            return None
        return cls(
            command=_argv(settings["command"]),
            interval=float(settings.get("interval") or 30),
            timeout=float(settings.get("timeout") or 5),
            retries=int(settings.get("retries") or 3),
            start_period=float(settings.get("startPeriod") or 0),
        )


def _argv(command: list[str]) -> tuple[str, ...]:
    form, *rest = command
    if form == "CMD":
        return tuple(rest)
    if form == "CMD-SHELL":
        return ("/bin/sh", "-c", " ".join(rest))
    raise ValueError(f"a health check command starts with CMD or CMD-SHELL, not {form!r}")


class HealthChecks:
    """Runs the checks of every task that has some, one thread a container."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.changed: Callable[[], None] = lambda: None

    def install(self) -> None:
        """Begin as soon as a task is RUNNING."""
        replace(ecs, "_mark_task_running", self._starting)

    def _starting(self, original: Callable[[str, Record], bool]) -> Callable[[str, Record], bool]:
        def mark(arn: str, task: Record) -> bool:
            checks = _checks(task)
            task["_has_health_check"] = bool(checks)
            running = original(arn, task)
            if running:
                for index, check in checks.items():
                    self._begin(task, index, check)
            return running

        return mark

    def _begin(self, task: Record, index: int, check: Check) -> None:
        scope = contextvars.copy_context()
        threading.Thread(
            target=scope.run,
            args=(self._watch, task, index, check),
            name=f"sandbox-check-{task['taskArn'][-8:]}",
            daemon=True,
        ).start()

    def _watch(self, task: Record, index: int, check: Check) -> None:
        container = ecs._get_docker().containers.get(task["_docker_ids"][index])
        began, failed = time.monotonic(), 0
        while task["desiredStatus"] == "RUNNING" and task["lastStatus"] == "RUNNING":
            time.sleep(max(self._context.scaled(check.interval), MIN_INTERVAL))
            if self._passes(container, check):
                failed = 0
                self._report(task, index, "HEALTHY")
            elif time.monotonic() - began > self._context.scaled(check.start_period):
                failed += 1
                if failed >= check.retries:
                    self._report(task, index, "UNHEALTHY")

    def _passes(self, container: Any, check: Check) -> bool:  # noqa: ANN401 - docker-py's or the process runtime's
        """Exit code 0 within the timeout."""
        timeout = max(self._context.scaled(check.timeout), MIN_TIMEOUT)
        outcome: list[int | None] = []
        runner = threading.Thread(target=_execute, args=(container, check.command, timeout, outcome), daemon=True)
        runner.start()
        runner.join(timeout + MIN_INTERVAL)
        return outcome == [0]

    def _report(self, task: Record, index: int, status: str) -> None:
        if task["containers"][index].get("healthStatus") != status:
            task["containers"][index]["healthStatus"] = status
            task["healthStatus"] = _overall(task)
            self.changed()


def _execute(container: Any, argv: tuple[str, ...], timeout: float, outcome: list[int | None]) -> None:  # noqa: ANN401
    try:
        outcome.append(exit_code(container, argv, timeout))
    except Exception as error:
        logger.info("health check of container %s: %s", container.id[:12], error)


def _checks(task: Record) -> dict[int, Check]:
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
    found = {index: Check.of(container) for index, container in enumerate(definition.get("containerDefinitions", []))}
    return {index: check for index, check in found.items() if check is not None}


def _overall(task: Record) -> str:
    """A task's status from its essential containers that have a check: the worst of them."""
    checked = _checks(task)
    essentials = task.get("_container_essentials") or []
    states = {
        task["containers"][index].get("healthStatus") or "UNKNOWN"
        for index in checked
        if index >= len(essentials) or essentials[index]
    }
    return next((state for state in ("UNHEALTHY", "UNKNOWN", "HEALTHY") if state in states), "UNKNOWN")
