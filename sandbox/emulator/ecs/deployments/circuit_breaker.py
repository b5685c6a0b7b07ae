"""The deployment circuit breaker and the pauses between restarts of tasks that fail."""

import time
from dataclasses import dataclass

from ministack.services import ecs

from sandbox.context import Context
from sandbox.emulator.ecs.deployments import deployments, history
from sandbox.emulator.ecs.deployments.deployments import Rollout
from sandbox.emulator.ecs.deployments.history import Status
from sandbox.emulator.ecs.store import events_say, of_deployment, primary
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {"ministack.services.ecs": ("_circuit_breaker_threshold",)}

FAILED_CODES = ("EssentialContainerExited", "TaskFailedToStart")
# ECS slows the restarts of failing tasks down, up to 27 minutes:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
FIRST_PAUSE = 10.0
LONGEST_PAUSE = 27 * 60.0
STOPPED_BY_USER = "Service deployment rolled back because it was stopped by the user."


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why ECS gives a deployment up, in its words: in states, in events, and as the reason of each status."""

    name: str
    detected: str
    back: str
    stopped: str
    nothing: str


THRESHOLD = Cause(
    name="ECS deployment circuit breaker",
    detected=deployments.TASKS_FAILED,
    back="Service deployment rolled back because the circuit breaker threshold was exceeded.",
    stopped="Service deployment stopped because the circuit breaker threshold was exceeded.",
    nothing="Circuit breaker threshold was exceeded, and there is no completed deployment to roll back to.",
)


class CircuitBreaker:
    """Counts the failed tasks of a deployment, slows restarts down, and gives up at the threshold."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def may_start(self, deployment: Record) -> bool:
        """Whether the pause after the last failure is over and the deployment isn't given up."""
        given_up = deployment["rolloutState"] == Rollout.FAILED
        return not given_up and time.monotonic() >= deployment.get("_not_before", 0.0)

    def account(self, service: Record, tasks: list[Record]) -> None:
        """Count what failed since the last call, and fail the deployment at the threshold."""
        deployment = primary(service)
        for task in of_deployment(tasks, deployment):
            if _failed(task) and not task.get("_accounted"):
                task["_accounted"] = True
                self._count(service, deployment, task)
        rolling = deployment["rolloutState"] == Rollout.IN_PROGRESS
        if rolling and settings(service).get("enable") and deployment["failedTasks"] >= threshold(service):
            _trip(service, tasks)

    def proven(self, service: Record, deployment: Record) -> None:
        """A task became healthy: restarts are quick again, and the count starts anew unless it is set not to."""
        deployment["_streak"] = 0
        if settings(service).get("resetOnHealthyTask", True):
            deployment["failedTasks"] = 0

    def _count(self, service: Record, deployment: Record, task: Record) -> None:
        streak = deployment["_streak"] = deployment.get("_streak", 0) + 1
        if streak > 1:
            pause = min(FIRST_PAUSE * 2.0 ** (streak - 2), LONGEST_PAUSE)
            deployment["_not_before"] = time.monotonic() + self._context.scaled(pause)
        if deployment["rolloutState"] == Rollout.IN_PROGRESS:
            deployment["failedTasks"] += 1
            _note_failures(service, deployment["failedTasks"])
        _say(service, task, streak)


def _trip(service: Record, tasks: list[Record]) -> None:
    current = history.history(service).current
    if current is not None:
        current.triggered = True
    give_up(service, tasks, THRESHOLD, rollback=bool(settings(service).get("rollback")))


def give_up(service: Record, tasks: list[Record], cause: Cause, *, rollback: bool) -> None:
    """Fail the deployment under way, and go back to the last COMPLETED one if that is wanted and there is one."""
    deployments.fail(service, primary(service), f"{cause.name}: {cause.detected}.", cause.detected)
    target = deployments.fallback(service)
    current = history.history(service).current
    if rollback and target is not None:
        roll_back(service, target, tasks, cause.name, cause.back)
    elif current is not None:
        back = rollback or current.rollback
        current.move(Status.ROLLBACK_FAILED if back else Status.STOPPED, cause.nothing if back else cause.stopped)


def honour_request(service: Record, tasks: list[Record]) -> None:
    """Begin the rollback that StopServiceDeployment asked for."""
    current = history.history(service).current
    target = deployments.fallback(service)
    if current is None or current.status is not Status.ROLLBACK_REQUESTED or target is None:
        return
    deployments.fail(service, primary(service), "Service deployment stopped by user.")
    roll_back(service, target, tasks, "Service deployment stopped by user", STOPPED_BY_USER)


def roll_back(service: Record, target: Record, tasks: list[Record], cause: str, reason: str) -> None:
    """Restore the last COMPLETED deployment under the current service deployment."""
    history.rolling_back(service, target, reason)
    deployments.restore(service, target, tasks, cause)


def settings(service: Record) -> Record:
    """The deploymentCircuitBreaker of a service."""
    found: Record = (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    return found


def threshold(service: Record) -> int:
    """Failed tasks that trip the breaker: half of the desired count, at least 3 and at most 200, by default."""
    return int(ecs._circuit_breaker_threshold(service))


def _failed(task: Record) -> bool:
    return bool(task.get("_unhealthy") or (task["lastStatus"] == "STOPPED" and task.get("stopCode") in FAILED_CODES))


def _note_failures(service: Record, count: int) -> None:
    current = history.history(service).current
    if current is not None:
        current.failures = max(current.failures, count)


def _say(service: Record, task: Record, streak: int) -> None:
    if task.get("stopCode") == "TaskFailedToStart":
        events_say(service, f"was unable to place a task. Reason: {task['stoppedReason'].rstrip('.')}.")
    if streak == 3:
        events_say(
            service,
            "is unable to consistently start tasks successfully. For more information, "
            "see the Troubleshooting section of the Amazon ECS Developer Guide.",
        )
