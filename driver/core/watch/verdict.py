"""The verdict on a rollout: what ECS itself says of the deployment that runs our task definition, and nothing else.

A service that is "steady" may be steady on the former release; so the verdict comes from the service deployment whose
target revision has exactly the task definition that was registered.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

import re
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

from driver.core.ports import Rollout, RolloutStatus, ServiceState, StoppedTask
from driver.core.watch.service_events import named

LIKE_FAILURES = 3
"""So many tasks that stop for the same reason are a boot loop."""
CERTAIN_FAILURES = 2
"""Missing images and secrets don't come back, so fewer are enough."""
CERTAIN = ("CannotPullContainer", "ResourceInitializationError")

UNBORN = "ECS has not started a deployment yet"

IDS = re.compile(r"\b[0-9a-f]{32,64}\b|\d+\.\d+\.\d+\.\d+|arn:\S+")


class Verdict(StrEnum):
    """What became of one process. ROLLING is not a failure: ECS has not decided."""

    ROLLING = "rolling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict with ECS's own words for it, and the rollout that it was read from, if there is one.

    `cancelled` when somebody stopped that rollout, `superseded` when somebody began another one in its place.
    """

    verdict: Verdict
    reason: str = ""
    rollout: Rollout | None = None
    cancelled: bool = False
    superseded: bool = False


def claim(service: ServiceState, task_definition: str, known: Set[str]) -> Rollout | None:
    """The rollout that an update started: the first on this task definition that was not there before the update.

    `known` says what "before" means without comparing clocks.
    """
    fresh = (row for row in reversed(service.rollouts) if row.arn not in known)
    return next((row for row in fresh if row.task_definition == task_definition), None)


def judge(service: ServiceState, task_definition: str, mine: Rollout | None) -> Judgement:
    """The verdict on `task_definition`, from the rollout that is ours and from nothing else.

    Without one it is right only when ECS is at rest on exactly this task definition already.
    """
    if mine is None:
        return _without_rollout(service, task_definition)
    mine = follow(service, task_definition, mine)
    if not mine.status.final:
        return Judgement(verdict=Verdict.ROLLING, reason=mine.reason, rollout=mine)
    if mine.status is RolloutStatus.SUCCESSFUL:
        return Judgement(verdict=Verdict.SUCCEEDED, reason=mine.reason, rollout=mine)
    if superseded(service, mine):
        return moved(service.rollouts[0].task_definition)
    return Judgement(verdict=Verdict.FAILED, reason=_why(mine), rollout=mine, cancelled=mine.stopped)


def follow(service: ServiceState, task_definition: str, mine: Rollout) -> Rollout:
    """Our rollout; or what somebody began in its place, where that is one of the very same task definition."""
    newest = service.rollouts[0]
    return newest if superseded(service, mine) and newest.task_definition == task_definition else mine


def superseded(service: ServiceState, mine: Rollout) -> bool:
    """Whether a newer rollout has taken the place of this one."""
    return mine.status is RolloutStatus.STOPPED and service.rollouts[0].arn != mine.arn


def moved(task_definition: str, who: str = "") -> Judgement:
    """The verdict where somebody has moved the service to another task definition; `who` and when, if that is known."""
    reason = f"somebody has moved it to {task_definition.rsplit('/', 1)[-1]} meanwhile"
    reason += f", as far as is known {who}" if who else ""
    return Judgement(verdict=Verdict.FAILED, reason=reason, superseded=True)


def _why(mine: Rollout) -> str:
    reason = mine.reason or f"ECS says {mine.status}"
    return f"{reason} In ALARM: {', '.join(mine.alarms)}" if mine.alarms else reason


def _without_rollout(service: ServiceState, task_definition: str) -> Judgement:
    newest = service.rollouts[0] if service.rollouts else None
    if newest is None and service.completed and service.task_definition == task_definition:
        return Judgement(verdict=Verdict.SUCCEEDED, reason="runs it already")
    if newest is None or not newest.status.final:
        return Judgement(verdict=Verdict.ROLLING, reason=UNBORN)
    went_back = newest.status is RolloutStatus.ROLLBACK_SUCCESSFUL and newest.returned_to == task_definition
    succeeded = newest.status is RolloutStatus.SUCCESSFUL and newest.task_definition == task_definition
    if service.task_definition == task_definition and (went_back or succeeded):
        return Judgement(verdict=Verdict.SUCCEEDED, reason="runs it already")
    return Judgement(verdict=Verdict.FAILED, reason="ECS started no deployment of this task definition")


def of_rollout(tasks: Iterable[StoppedTask], rollout: Rollout) -> list[StoppedTask]:
    """The tasks that are not left over from an earlier rollout of the same task definition; both times are AWS's."""
    since = rollout.created
    return [task for task in tasks if since is None or task.created is None or task.created >= since]


def describe(task: StoppedTask) -> str:
    """Why a task stopped, in one line with names in place of ARNs: the container's reason and exit code too."""
    parts = [part for part in (task.reason, task.container_reason) if part]
    if task.exit_code is not None:
        parts.append(f"exit code {task.exit_code}")
    elif task.stop_code == "TaskFailedToStart":
        parts.append("never started")
    return named("; ".join(dict.fromkeys(parts))) or task.stop_code or "no reason given"


def likeness(task: StoppedTask) -> str:
    """Why a task stopped, without the ids and addresses in which like failures differ."""
    return IDS.sub("…", describe(task))


def failures(tasks: Iterable[StoppedTask]) -> list[StoppedTask]:
    """The tasks that failed. ECS stops tasks for its own reasons too: scaling in, and taking back a deployment."""
    return [task for task in tasks if _is_failure(task)]


def boot_loop(tasks: Iterable[StoppedTask]) -> str | None:
    """The reason that enough of these tasks share, if any."""
    for reason, times in Counter(likeness(task) for task in failures(tasks)).most_common():
        needed = CERTAIN_FAILURES if any(word in reason for word in CERTAIN) else LIKE_FAILURES
        if times >= needed:
            return reason
    return None


def _is_failure(task: StoppedTask) -> bool:
    if task.stop_code in {"ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption"}:
        return "failed" in task.reason.lower()
    return True
