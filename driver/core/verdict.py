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

LIKE_FAILURES = 3
"""So many tasks that stop for the same reason are a boot loop."""
CERTAIN_FAILURES = 2
"""Missing images and secrets don't come back, so fewer are enough."""
CERTAIN = ("CannotPullContainer", "ResourceInitializationError")

IDS = re.compile(r"\b[0-9a-f]{32,64}\b|\d+\.\d+\.\d+\.\d+|arn:\S+")


class Verdict(StrEnum):
    """What became of one process. ROLLING is not a failure: ECS has not decided."""

    ROLLING = "rolling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class Judgement:
    """The verdict with ECS's own words for it."""

    verdict: Verdict
    reason: str = ""


def judge(service: ServiceState, task_definition: str, known: Set[str]) -> Judgement:
    """The verdict on `task_definition`; `known` are the rollouts that were there before the update."""
    mine = next(
        (row for row in service.rollouts if row.arn not in known and row.task_definition == task_definition), None
    )
    if mine is None:
        return _without_rollout(service, task_definition)
    return _of_rollout(mine, service.rollouts)


def _of_rollout(mine: Rollout, all_rollouts: tuple[Rollout, ...]) -> Judgement:
    if not mine.status.final:
        return Judgement(Verdict.ROLLING, mine.reason)
    if mine.status is RolloutStatus.SUCCESSFUL:
        return Judgement(Verdict.SUCCEEDED, mine.reason)
    if mine.status is RolloutStatus.STOPPED and all_rollouts[0].arn != mine.arn:
        return Judgement(Verdict.FAILED, f"superseded by {all_rollouts[0].arn}")
    return Judgement(Verdict.FAILED, mine.reason or f"ECS says {mine.status}")


def _without_rollout(service: ServiceState, task_definition: str) -> Judgement:
    """No deployment of ours: right only when ECS is at rest on exactly this task definition already."""
    newest = service.rollouts[0] if service.rollouts else None
    if newest is None or not newest.status.final:
        return Judgement(Verdict.ROLLING, "ECS has not started a deployment yet")
    went_back = newest.status is RolloutStatus.ROLLBACK_SUCCESSFUL
    succeeded = newest.status is RolloutStatus.SUCCESSFUL and newest.task_definition == task_definition
    if service.task_definition == task_definition and (went_back or succeeded):
        return Judgement(Verdict.SUCCEEDED, "runs it already")
    return Judgement(Verdict.FAILED, "ECS started no deployment of this task definition")


def describe(task: StoppedTask) -> str:
    """Why a task stopped, in one line: the container's reason and exit code where there are any."""
    parts = [part for part in (task.reason, task.container_reason) if part]
    if task.exit_code is not None:
        parts.append(f"exit code {task.exit_code}")
    elif task.stop_code == "TaskFailedToStart":
        parts.append("never started")
    return "; ".join(dict.fromkeys(parts)) or task.stop_code or "no reason given"


def boot_loop(tasks: Iterable[StoppedTask]) -> str | None:
    """The reason that enough of these tasks share, if any; ids and addresses in it don't count."""
    failed = [task for task in tasks if _is_failure(task)]
    reasons = Counter(IDS.sub("…", describe(task)) for task in failed)
    for reason, times in reasons.most_common():
        needed = CERTAIN_FAILURES if any(word in reason for word in CERTAIN) else LIKE_FAILURES
        if times >= needed:
            return reason
    return None


def _is_failure(task: StoppedTask) -> bool:
    """ECS stops tasks for its own reasons too: scaling in, and taking back a deployment."""
    if task.stop_code in {"ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption"}:
        return "failed" in task.reason.lower()
    return True
