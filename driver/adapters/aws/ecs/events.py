"""What ECS told of its tasks, read from the log group that EventBridge writes to.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from driver.adapters.aws.ecs.stopped_task import stopped_task
from driver.adapters.aws.session import Session, code, translated
from driver.core.ports import StoppedTask
from model.names.names import ecs_events_group

MISSING = "ResourceNotFoundException"
MARGIN = timedelta(minutes=5)
"""How much the clocks of a driver and of AWS may differ."""
STOPPED = '$.detail.lastStatus = "STOPPED"'


class EcsEvents:
    """Implements the port Events. Without the log group nothing was told."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stopped_task(self, cluster: str, task: str, since: datetime) -> StoppedTask | None:
        """How a task ended that began at `since` or later, by its ARN. Raises Unreachable."""
        return next(iter(self._stopped(cluster, "taskArn", task, since)), None)

    def stopped_tasks(self, cluster: str, task_definition: str, since: datetime) -> Sequence[StoppedTask]:
        """The tasks on a task definition that ended at `since` or later, newest first. Raises Unreachable."""
        return self._stopped(cluster, "taskDefinitionArn", task_definition, since)

    def stopped_of(self, cluster: str, service: str, since: datetime) -> Sequence[StoppedTask]:
        """The tasks of a service that ended at `since` or later, newest first. Raises Unreachable."""
        return self._stopped(cluster, "group", f"service:{service}", since)

    def _stopped(self, cluster: str, key: str, value: str, since: datetime) -> Sequence[StoppedTask]:
        details: dict[str, Mapping[str, Any]] = {}
        for detail in self._details(cluster, f'{{ ({STOPPED}) && ($.detail.{key} = "{value}") }}', since):
            if detail.get("lastStatus") != "STOPPED" or detail.get(key) != value:
                continue
            # An event may come twice and late: the version says which copy of a task is the newest.
            known = details.get(detail["taskArn"])
            if known is None or known.get("version", 0) <= detail.get("version", 0):
                details[detail["taskArn"]] = detail
        tasks = [stopped_task(_with_times(detail)) for detail in details.values()]
        return sorted(tasks, key=lambda task: (task.stopped is not None, task.stopped), reverse=True)

    def _details(self, cluster: str, pattern: str, since: datetime) -> Sequence[Mapping[str, Any]]:
        """Without a start CloudWatch reads all that was kept of all apps, at a rate that the account shares.

        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
        """
        from botocore.exceptions import ClientError

        group, start = ecs_events_group(cluster), int((since - MARGIN).timestamp() * 1000)
        with translated(f"reading {group}"):
            try:
                pages = self._session.client("logs").get_paginator("filter_log_events")
                lines = [
                    row["message"]
                    for page in pages.paginate(logGroupName=group, filterPattern=pattern, startTime=start)
                    for row in page["events"]
                ]
            except ClientError as error:
                if code(error) != MISSING:
                    raise
                return []
        return [detail for line in lines if (detail := _detail(line)) is not None]


def _detail(line: str) -> Mapping[str, Any] | None:
    """What an event tells of a task; None for a line of that group that is none, whoever wrote it."""
    try:
        detail = json.loads(line)["detail"]
        whole = all(isinstance(detail[key], str) for key in ("taskArn", "taskDefinitionArn"))
        return detail if whole and _with_times(detail) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _with_times(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """Events carry times as text."""
    times = {key: datetime.fromisoformat(detail[key]) for key in ("createdAt", "stoppedAt") if key in detail}
    return {**detail, **times}
