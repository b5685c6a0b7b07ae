"""Services whose states a test writes down by time, and what is asked of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from driver.core.ports import (
    Counts,
    Definition,
    Event,
    Progress,
    Rollout,
    RolloutStatus,
    ServiceState,
    StoppedTask,
    TargetHealth,
    World,
)
from driver.errors import DriverError
from tests.driver.core.fake_platform import Cloud, pin
from tests.fakes import FakeClock, FakeLogs

OLD, NEW = "arn:task-definition/dev-shop:1", "arn:task-definition/dev-shop:2"
AT = datetime(2026, 11, 24, tzinfo=UTC)
FORMER = Rollout(arn="former", status=RolloutStatus.SUCCESSFUL, reason="", task_definition=OLD)
Moment = Mapping[str, ServiceState] | DriverError


def rollout(status: str, arn: str = "mine", **more: object) -> Rollout:
    made = Rollout(arn=arn, status=RolloutStatus(status), reason="", task_definition=NEW, created=AT)
    return replace(made, **more)  # type: ignore[arg-type]


def service(
    *rollouts: Rollout, name: str = "shop-web", running: int = 1, old: int = 0, events: tuple[str, ...] = ()
) -> dict[str, ServiceState]:
    """One service with a former rollout; `running` new and `old` former tasks."""
    state = ServiceState(
        name=name,
        task_definition=NEW,
        desired=1,
        running=running + old,
        pending=0,
        rollouts=(*rollouts, FORMER),
        tasks={NEW: Counts(running=running), OLD: Counts(running=old)},
        events=tuple(Event(id=text, at=AT, message=text) for text in events),
    )
    return {name: state}


def crashed(number: int, reason: str = "Essential container in task exited") -> StoppedTask:
    return StoppedTask(
        arn=f"arn:task/dev/{number}",
        task_definition=NEW,
        stopped=AT,
        stop_code="EssentialContainerExited",
        reason=reason,
        container_reason="",
        exit_code=1,
        created=AT,
    )


@dataclass
class Script:
    """`moments` are what ECS answers from a time on, in seconds; `obeys` whether it takes a rollout back when asked."""

    moments: Mapping[float, Moment]
    stopped: Sequence[StoppedTask] = ()
    held: Sequence[str] = ()
    obeys: bool = True
    clock: FakeClock = field(default_factory=FakeClock)
    taken_back: list[str] = field(default_factory=list)
    after: Mapping[str, ServiceState] | None = None

    @property
    def quick(self) -> "Script":
        return self

    def describe(self, cluster: str, names: Sequence[str]) -> Mapping[str, ServiceState]:
        if self.taken_back and self.after is not None:
            return self.after
        found = self.moments[max(time for time in self.moments if time <= self.clock.time)]
        if isinstance(found, DriverError):
            raise found
        return {name: row for name, row in found.items() if name in names}

    def definitions(self, arns: Collection[str]) -> Mapping[str, Definition]:
        return {}

    def register_again(self, task_definition: str) -> str:
        raise AssertionError("nothing was deregistered here")

    def stopped_tasks(self, cluster: str, service: str, task_definition: str) -> Sequence[StoppedTask]:
        return [task for task in self.stopped if task.task_definition == task_definition]

    def protected(self, cluster: str, service: str, task_definition: str) -> Sequence[str]:
        return self.held

    def roll_back(self, rollout: str) -> bool:
        self.taken_back += [rollout] if self.obeys else []
        return self.obeys

    def restart(self, cluster: str, service: str) -> None:
        raise AssertionError("nobody restarts anything here")

    @property
    def world(self) -> World:
        cloud = Cloud(pin(1), clock=self.clock)
        return replace(cloud.world, services=self, logs=FakeLogs(), targets=Complaining())


@dataclass
class Complaining:
    """A load balancer with something to say."""

    texts: Sequence[str] = ()

    def health(self, target_group_arn: str) -> Mapping[str, TargetHealth]:
        return {}

    def set_protection(self, balancer_arn: str, *, on: bool) -> None:
        raise AssertionError("nothing leaves here")

    def complaints(self, target_group_arn: str) -> Sequence[str]:
        return self.texts


@dataclass
class Board:
    """A terminal that keeps what it was shown."""

    shown: list[Sequence[Progress]] = field(default_factory=list)
    closed: bool = False

    def show(self, rows: Sequence[Progress]) -> bool:
        self.shown.append(rows)
        return True

    def close(self) -> None:
        self.closed = True
