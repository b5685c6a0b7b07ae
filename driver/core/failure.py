"""Why a process did not come up, in the words of ECS and of the process itself."""

from collections.abc import Mapping

from driver.core.ports import StoppedTask, World
from driver.core.verdict import Judgement, Verdict, describe
from driver.core.watch import Expectation
from driver.errors import Unreachable
from spec.container import log_stream
from spec.names import log_group

TAIL = 10
"""Log lines of a failed task that are shown."""


def explain(world: World, expectation: Expectation, judgements: Mapping[str, Judgement]) -> str:
    """Each failed process with the reason its last task stopped, and that task's last log lines."""
    parts = []
    for service, judgement in judgements.items():
        if judgement.verdict is Verdict.FAILED:
            parts.append(f"{service}: {judgement.reason}" + _last_task(world, expectation, service))
    return "\n".join(parts)


def _last_task(world: World, expectation: Expectation, service: str) -> str:
    tasks = world.services.stopped_tasks(expectation.cluster, service, expectation.task_definitions[service])
    telling = [task for task in tasks if task.exit_code not in {None, 0}] or list(tasks)
    if not telling:
        return ""
    task = telling[0]
    lines = "".join(f"\n    {line}" for line in _tail(world, expectation.cluster, service, task))
    return f"\n  task {task.arn.rsplit('/', 1)[-1]}: {describe(task)}{lines}"


def _tail(world: World, cluster: str, service: str, task: StoppedTask) -> list[str]:
    try:
        lines, _cursor = world.logs.stream(log_group(cluster, service), log_stream(task.arn), None)
    except Unreachable:
        return []
    return [line.message for line in lines[-TAIL:]]
