"""CPU and memory of services, from the processes that their tasks really are.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
"""

from collections import defaultdict
from collections.abc import Iterator

from ministack.services import ecs

from sandbox.emulator.cloudwatch.minutes import Datum
from sandbox.emulator.patching.patch import Needs, Record
from sandbox.host import procfs
from sandbox.runtime.options import TASK_LABEL

NEEDS: Needs = {"ministack.services.ecs": ("_get_docker", "_tasks")}

NAMESPACE = "AWS/ECS"
UNITS_OF_A_CPU = 1024.0
MOST = 100.0
"""Percent. Fargate gives a task no more CPU than it has asked for; a process here takes what the machine has."""


class Usage:
    """Knows how much CPU each task had used when it was last looked at."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}

    def tell(self, seconds: float) -> Iterator[Datum]:
        """One sample of each running task of each service; of a service without any there is nothing."""
        processes = _by_task()
        used = {arn: sum(process.cpu for process in members) for arn, members in processes.items()}
        before, self._before = self._before, used
        for (account, region, arn), task in ecs._tasks.all_items():
            if task["lastStatus"] != "RUNNING" or not str(task.get("group")).startswith("service:"):
                continue
            if members := processes.get(arn):
                spent = max(0, used[arn] - before.get(arn, 0)) / procfs.TICKS
                values = {"CPUUtilization": _cpu(task, spent / seconds), "MemoryUtilization": _memory(task, members)}
                yield from _data(account, region, task, values)


def _by_task() -> dict[str, list[procfs.Process]]:
    """The processes of each task, by its ARN: those of the sessions that its containers have begun."""
    containers = ecs._get_docker().containers.list()
    first = {one.attrs["State"]["Pid"]: one.labels.get(TASK_LABEL, "") for one in containers}
    found: dict[str, list[procfs.Process]] = defaultdict(list)
    if first:
        for process in procfs.everybody().values():
            if arn := first.get(process.session):
                found[arn].append(process)
    return found


def _cpu(task: Record, busy: float) -> float:
    """Percent of the task's CPU, where it had `busy` of this machine's."""
    return min(MOST, MOST * busy * UNITS_OF_A_CPU / int(task["cpu"]))


def _memory(task: Record, members: list[procfs.Process]) -> float:
    used = sum(procfs.proportional(process.pid) for process in members)
    return MOST * used / (int(task["memory"]) << 20)


def _data(account: str, region: str, task: Record, values: dict[str, float]) -> Iterator[Datum]:
    service, cluster = str(task["group"]).removeprefix("service:"), str(task["clusterArn"]).rsplit("/", 1)[-1]
    dimensions = {"ClusterName": cluster, "ServiceName": service}
    for name, value in values.items():
        yield Datum(
            account=account, region=region, namespace=NAMESPACE, name=name, dimensions=dimensions, value=value,
            unit="Percent",
        )  # fmt: skip
