"""The tasks of an app that run now, one by one: what Heroku calls dynos."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from driver.core.environment import app_of
from driver.core.ports import LiveTask, World
from driver.core.values.release import Release

SHORT = 8
"""Characters of a task's id that are shown; a command that takes a task takes as many."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One task. `release` is the newest one that has its task definition; empty where the ledger has none."""

    process: str
    task: str
    state: str
    since: datetime | None
    release: str
    runs: str
    service: bool
    address: str
    zone: str
    cpu: int
    memory: int
    capacity: str

    @property
    def name(self) -> str:
        """As it is called in logs, in short."""
        return f"{self.process}.{self.task[:SHORT]}"

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {**asdict(self), "since": None if self.since is None else self.since.isoformat()}


def read(world: World, name: str, process: str | None = None) -> tuple[Row, ...]:
    """The tasks, process by process as the catalogue has them, the oldest first. Raises NotFound, Unreachable."""
    app, names = app_of(world.settings, name), world.settings.names(name)
    # One-off tasks have a family of their own, unless a process is called so.
    families = {names.process(one).family: one for one in ("run", *app.processes)}
    releases = world.ledger.releases(name)
    order = [*app.processes, "run"]
    rows = [
        _row(task, families[family], releases)
        for task in world.tasks.live(world.settings.env)
        if (family := _family(task)) in families and process in {None, families[family]}
    ]
    return tuple(sorted(rows, key=lambda row: (order.index(row.process), _age(row), row.task)))


def _age(row: Row) -> float:
    return row.since.timestamp() if row.since else float("inf")


def _family(task: LiveTask) -> str:
    return task.task_definition.rsplit("/", 1)[-1].rsplit(":", 1)[0]


def _row(task: LiveTask, process: str, releases: Sequence[Release]) -> Row:
    found = (row.version for row in releases if task.task_definition in row.pin.tasks.values())
    return Row(
        process=process,
        task=task.arn.rsplit("/", 1)[-1],
        state=_state(task),
        since=task.started or task.created,
        release=next(found, ""),
        runs=task.task_definition.rsplit("/", 1)[-1],
        service=task.group.startswith("service:"),
        address=task.address,
        zone=task.zone,
        cpu=task.cpu,
        memory=task.memory,
        capacity=task.capacity,
    )


def _state(task: LiveTask) -> str:
    if task.desired == "STOPPED":
        return "stopping"
    known = task.health in {"HEALTHY", "UNHEALTHY"}
    return f"{task.status.lower()}, {task.health.lower()}" if known else task.status.lower()
