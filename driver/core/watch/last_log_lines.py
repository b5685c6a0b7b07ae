"""The last log lines of a task that ended."""

from driver.core.ports import StoppedTask, World
from driver.errors import Unreachable
from model.container_definition import log_stream
from model.names.names import log_group

TAIL = 10
"""Log lines of a failed task that are shown."""


def last_words(world: World, cluster: str, service: str, task: StoppedTask) -> list[str]:
    """Its last lines; none where they can't be read."""
    return words(world, cluster, service, task)[-TAIL:]


def words(world: World, cluster: str, service: str, task: StoppedTask) -> list[str]:
    """All that it printed; nothing where that can't be read."""
    try:
        lines, _cursor = world.logs.stream(log_group(cluster, service), log_stream(task.arn), None)
    except Unreachable:
        return []
    return [line.message for line in lines]
