"""The release phase: one task with the new image and config that must end with 0 before anything else changes."""

import hashlib
import uuid
from dataclasses import dataclass

from driver.core.ports import LogLine, Logs, Say, TaskRequest, TaskState, World
from driver.core.state import AppState, StackState
from driver.core.verdict import describe
from driver.errors import Interrupted, NotReady, ReleasePhaseFailed
from spec.catalogue import RELEASE
from spec.container import log_stream
from spec.names import AppNames
from spec.releases import Pin

POLL = 1.0
QUIET = 5.0
"""Seconds without a new line after which the log of a stopped task is complete: awslogs delivers late."""
TAIL = 20
"""Lines of a failed release process that are repeated in the error."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One release phase: which app, where its task runs and what it is."""

    names: AppNames
    cluster: str
    pin: Pin
    task_definition: str
    subnets: tuple[str, ...]
    security_group: str


def prepare(names: AppNames, stack: StackState, app: AppState, pin: Pin) -> Phase:
    """The phase of a candidate that the engine has registered."""
    return Phase(
        names=names,
        cluster=names.env,
        pin=pin,
        task_definition=app.task_definitions[RELEASE].output("arn"),
        subnets=stack.private_subnets(),
        security_group=app.security_group,
    )


def run(world: World, phase: Phase, say: Say) -> str:
    """Run it to its end; the task's ARN. Raises ReleasePhaseFailed with its last lines, Interrupted when stopped."""
    _refuse_a_second(world, phase)
    task = _start(world, phase)
    say(f"release phase: task {task.rsplit('/', 1)[-1]}")
    try:
        final, lines = _follow(world, phase, task, say)
    except KeyboardInterrupt:
        world.tasks.stop(phase.cluster, task, "stopped from the command line")
        raise Interrupted("stopped; the release process was told to end, services are untouched") from None
    _check(final, lines)
    return task


def _refuse_a_second(world: World, phase: Phase) -> None:
    running = world.tasks.running(phase.cluster, phase.names.process(RELEASE).family)
    if running:
        raise NotReady(
            f"a release process of {phase.names.app} still runs: {running[0]}",
            hint="Two migrations at once are never started. Wait for its end, or stop it: aws ecs stop-task",
        )


def _start(world: World, phase: Phase) -> str:
    attempt = uuid.uuid4().hex
    who = f"slipway/{phase.names.app}/{phase.pin.version}/{attempt[:8]}"
    token = hashlib.sha256(f"{phase.names.env}/{phase.names.app}/{phase.pin.version}/{attempt}".encode()).hexdigest()
    return world.tasks.run(
        TaskRequest(
            cluster=phase.cluster,
            task_definition=phase.task_definition,
            subnets=phase.subnets,
            security_groups=(phase.security_group,),
            started_by=who,
            token=token[:64],
        )
    )


class _Reader:
    """Reads the task's log stream as it grows."""

    def __init__(self, logs: Logs, group: str, stream: str, say: Say) -> None:
        self._source = (logs, group, stream)
        self._say = say
        self._cursor: str | None = None
        self.lines: list[LogLine] = []

    def read(self) -> bool:
        """Say what is new; whether there was anything."""
        logs, group, stream = self._source
        fresh, self._cursor = logs.stream(group, stream, self._cursor)
        for line in fresh:
            self._say(f"  release | {line.message}")
        self.lines += fresh
        return bool(fresh)


def _follow(world: World, phase: Phase, task: str, say: Say) -> tuple[TaskState, list[LogLine]]:
    group = phase.names.process(RELEASE).log_group
    reader = _Reader(world.logs, group, log_stream(task), say)
    deadline = world.clock.now() + world.settings.deploy.release_timeout
    while True:
        state = world.tasks.describe(phase.cluster, task)
        reader.read()
        if state.stopped is not None:
            break
        if world.clock.now() > deadline:
            world.tasks.stop(phase.cluster, task, "release timeout")
            raise ReleasePhaseFailed(
                f"the release process of {phase.names.app} did not end within"
                f" {world.settings.deploy.release_timeout} s; it was stopped, services are untouched",
                hint="A longer time is deploy: {release_timeout: …} in the stack file.",
            )
        world.clock.sleep(POLL)
    _read_to_the_end(world, reader)
    return state, reader.lines


def _read_to_the_end(world: World, reader: _Reader) -> None:
    last = world.clock.now()
    while world.clock.now() - last < QUIET:
        if reader.read():
            last = world.clock.now()
        world.clock.sleep(POLL)


def _check(final: TaskState, lines: list[LogLine]) -> None:
    stopped = final.stopped
    if stopped is None or stopped.exit_code == 0:
        return
    if stopped.exit_code is None:
        raise ReleasePhaseFailed(f"the release process never started: {describe(stopped)}; services are untouched")
    tail = "".join(f"\n  {line.message}" for line in lines[-TAIL:])
    raise ReleasePhaseFailed(
        f"the release process failed: {describe(stopped)}; services are untouched{tail}",
        hint="Mend it and deploy again; the release number is used again, since nothing runs it.",
    )
