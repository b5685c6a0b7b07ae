"""What ECS says of a task that ended.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from collections.abc import Mapping
from typing import Any

from driver.core.values.common import Sidecar, StoppedTask
from model.container_definition import CONTAINER


def stopped_task(row: Mapping[str, Any]) -> StoppedTask:
    """A task of DescribeTasks. The exit code is None when no container ever ran."""
    containers = row.get("containers") or [{}]
    main = next((one for one in containers if one.get("name") == CONTAINER), containers[0])
    return StoppedTask(
        arn=row["taskArn"],
        task_definition=row["taskDefinitionArn"],
        stopped=row.get("stoppedAt"),
        stop_code=row.get("stopCode", ""),
        reason=row.get("stoppedReason", ""),
        container_reason=main.get("reason", ""),
        exit_code=main.get("exitCode"),
        created=row.get("createdAt"),
        beside=tuple(_sidecar(one) for one in containers if one is not main),
    )


def _sidecar(row: Mapping[str, Any]) -> Sidecar:
    return Sidecar(name=row.get("name", ""), exit_code=row.get("exitCode"), reason=row.get("reason", ""))
