"""A fake of ECS's one-off tasks, whose ends, refusals and silences a test chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from driver.core.ports import StoppedTask, TaskRequest, TaskState
from driver.core.release_phase.outcome import lacks_room
from driver.core.values.common import Sidecar
from driver.errors import NotPlaced, Refused, Unreachable
from tests.fakes import FakeClock


@dataclass(frozen=True, kw_only=True)
class Fate:
    """How a task ends: after so many seconds by itself, or when it is stopped."""

    seconds: float = 3.0
    exit_code: int | None = 0
    stop_code: str = "EssentialContainerExited"
    reason: str = "Essential container in task exited"
    container_reason: str = ""
    beside: tuple[Sidecar, ...] = ()
    ended: frozenset[str] = frozenset()
    """Containers that are seen to have ended before the task has stopped."""


@dataclass
class FakeTask:
    """A task and its life so far."""

    arn: str
    request: TaskRequest
    since: float
    fate: Fate
    stopped: float | None = None


@dataclass
class FakeTasks:
    """ECS's one-off tasks. The next one has `fate`; `refusal` is why there is none; of so many requests the answer is
    `lost`; ECS does not answer before the time `silent`; a task that is told to stop takes `grace` seconds.
    """

    clock: FakeClock
    fate: Fate = Fate()
    refusal: str = ""
    lost: int = 0
    silent: float = 0.0
    grace: float = 2.0
    requests: list[TaskRequest] = field(default_factory=list)
    tasks: dict[str, FakeTask] = field(default_factory=dict)

    def run(self, request: TaskRequest) -> str:
        self.requests.append(request)
        if self.refusal:
            raise (NotPlaced if lacks_room(self.refusal) else Refused)(self.refusal)
        task = next((row for row in self.tasks.values() if row.request.token == request.token), None)
        if task is None:
            arn = f"arn:aws:ecs:eu-west-1:0:task/dev/{len(self.tasks) + 1:032x}"
            task = self.tasks[arn] = FakeTask(arn, request, self.clock.time, self.fate)
        if self.lost:
            self.lost -= 1
            raise Unreachable("AWS did not answer while starting a task")
        return task.arn

    def adopt(self, arn: str) -> None:
        """A task that somebody has started just now."""
        nobody = TaskRequest(
            cluster="dev", task_definition="", subnets=(), security_groups=(), started_by="", token=arn
        )
        self.tasks[arn] = FakeTask(arn, nobody, self.clock.time, self.fate)

    def describe(self, cluster: str, task: str) -> TaskState | None:
        if self.clock.time < self.silent:
            raise Unreachable("AWS refused describing tasks: ThrottlingException")
        found = self.tasks.get(task)
        if found is None:
            return None
        stopped = self._stopped(found)
        status, ended = "RUNNING" if stopped is None else "STOPPED", found.fate.ended
        return TaskState(arn=task, status=status, stopped=stopped, ended=ended)

    def unstopped(self, cluster: str, family: str) -> Sequence[str]:
        return [arn for arn, task in self.tasks.items() if self._stopped(task) is None]

    def loose(self, cluster: str) -> Mapping[str, str]:
        return {arn: "dev-shop-worker:3" for arn, task in self.tasks.items() if self._stopped(task) is None}

    def started_by(self, cluster: str, task_definition: str, who: str) -> Sequence[str]:
        return [
            arn
            for arn, task in self.tasks.items()
            if task.request.started_by == who and task.request.task_definition == task_definition
        ]

    def stop(self, cluster: str, task: str, reason: str) -> None:
        self.tasks[task].stopped = self.clock.time

    def _stopped(self, task: FakeTask) -> StoppedTask | None:
        fate, told = task.fate, task.stopped
        if told is not None and told < task.since + fate.seconds:
            fate = Fate(seconds=told - task.since + self.grace, exit_code=143, stop_code="UserInitiated", reason="told")
        if self.clock.time < task.since + fate.seconds:
            return None
        return StoppedTask(
            arn=task.arn,
            task_definition=task.request.task_definition,
            stopped=None,
            stop_code=fate.stop_code,
            reason=fate.reason,
            container_reason=fate.container_reason,
            exit_code=fate.exit_code,
            beside=fate.beside,
        )
