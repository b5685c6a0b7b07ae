"""The release phase: one task with the new image and config that must end with 0 before anything else changes."""

import hashlib
import uuid
from dataclasses import dataclass

from driver.core.ports import Say, StoppedTask, TaskRequest, World
from driver.core.record import Record
from driver.core.state import AppState, StackState
from driver.core.tail import Tail
from driver.core.verdict import describe
from driver.errors import Interrupted, NotReady, ReleasePhaseFailed
from spec.catalogue import RELEASE
from spec.container import log_stream
from spec.names import AppNames
from spec.releases import Pin

POLL = 1.0
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


def run(world: World, phase: Phase, record: Record, say: Say) -> Tail:
    """Run it to its end; its log, of which late lines may still come. Raises ReleasePhaseFailed with the last lines,
    Interrupted when it was stopped.
    """
    _refuse_a_second(world, phase)
    record.step("run the release process")
    task = _start(world, phase)
    record.step("follow the release process", task)
    say(f"release phase: task {task.rsplit('/', 1)[-1]}")
    tail = Tail(world.logs, phase.names.process(RELEASE).log_group, log_stream(task), say)
    try:
        stopped = _follow(world, phase, task, tail)
    except KeyboardInterrupt:
        world.tasks.stop(phase.cluster, task, "stopped from the command line")
        raise Interrupted("stopped; the release process was told to end, services are untouched") from None
    if stopped.exit_code != 0:
        raise _failed(stopped, tail)
    return tail


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


def _follow(world: World, phase: Phase, task: str, tail: Tail) -> StoppedTask:
    """The stopped task. After a failure the log is complete too: its end is part of the message."""
    deadline = world.clock.now() + world.settings.deploy.release_timeout
    while True:
        stopped = world.tasks.describe(phase.cluster, task).stopped
        tail.read()
        if stopped is not None:
            break
        if world.clock.now() > deadline:
            world.tasks.stop(phase.cluster, task, "release timeout")
            raise ReleasePhaseFailed(
                f"the release process of {phase.names.app} did not end within"
                f" {world.settings.deploy.release_timeout} s; it was stopped, services are untouched",
                hint="A longer time is deploy: {release_timeout: …} in the stack file.",
            )
        world.clock.sleep(POLL)
    if stopped.exit_code != 0:
        tail.read_until_quiet(world.clock)
    return stopped


def _failed(stopped: StoppedTask, tail: Tail) -> ReleasePhaseFailed:
    if stopped.exit_code is None:
        return ReleasePhaseFailed(f"the release process never started: {describe(stopped)}; services are untouched")
    lines = "".join(f"\n  {line.message}" for line in tail.lines[-TAIL:])
    return ReleasePhaseFailed(
        f"the release process failed: {describe(stopped)}; services are untouched{lines}",
        hint="Mend it and deploy again; the release number stays used, so that each attempt can be told apart.",
    )
