"""One run of a release process: started once, found again after a kill, followed to its end."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from driver.core.ports import StoppedTask, TaskState, World
from driver.core.release_phase.live_log import Tail
from driver.core.release_phase.outcome import judge
from driver.core.values.release import Attempt, Outcome
from driver.errors import Unreachable
from model.container_definition import CONTAINER
from model.names.names import AppNames
from model.settings.app import RELEASE

POLL = 1.0
SILENCE = 300.0
"""Seconds without an answer of ECS after which a run is left alone: throttling and short outages pass before."""
UNLISTED = 15.0
"""Seconds after its start within which ECS may not list a task yet."""
REMEMBERED = 3300.0
"""Seconds for which ECS surely lists a task that has stopped: it forgets it about an hour later."""
STOPPING = 180.0
"""Seconds within which a task that was told to stop has stopped: 120 at most until SIGKILL, and some for ECS."""

UNKNOWN_FATE = "The release process may still run. Run the command again: it looks for it before it starts another one."


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run as its task's ARN, and the log that it writes; `essential` are the sidecars whose end is its end."""

    cluster: str
    task: str
    started: datetime
    tail: Tail
    essential: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended; `task` is None where ECS does not know it any more."""

    outcome: Outcome
    task: StoppedTask | None

    @property
    def exit_code(self) -> int | None:
        """The container's exit code, if it ever ran."""
        return None if self.task is None else self.task.exit_code


def token(names: AppNames, version: str, attempt: Attempt) -> str:
    """What makes RunTask idempotent. Its scope is the cluster, its life an hour longer than the task's.

    The numbers begin anew with an environment that was destroyed and is made again, so the time that the ledger has of
    the attempt is part of it: ECS remembers the tokens of the life before.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
    """
    parts = (names.env, names.app, version, str(attempt.number), attempt.started.isoformat())
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:64]


def mark(names: AppNames, version: str, number: int) -> str:
    """The startedBy of a run's task, by which it is found: at most 128 letters, digits, `-`, `/` and `_`."""
    return f"slipway/{names.app}/{version}/{number}"


def find(world: World, names: AppNames, version: str, task_definition: str, attempt: Attempt) -> str | None:
    """The task of a run whose ARN nobody wrote down; None when there is none. Raises Unreachable.

    ECS lists a new task with a delay, so for one that may just have been started it is looked more than once.
    """
    until = world.clock.now() + UNLISTED - min(UNLISTED, max(0.0, _age(world, attempt)))
    while True:
        found = world.tasks.started_by(names.env, task_definition, mark(names, version, attempt.number))
        if found or world.clock.now() >= until:
            return found[0] if found else None
        world.clock.sleep(POLL)


def follow(world: World, run: Run, seconds: float) -> Ending:
    """Show its log until it has ended; one that is not done in time is stopped. Raises Unreachable.

    After a failure the log is read to its end, since that is part of the message.
    """
    deadline = world.clock.now() + seconds
    ending = _until(world, run, deadline)
    if ending is None:
        world.tasks.stop(run.cluster, run.task, "release timeout")
        stopped = _until(world, run, world.clock.now() + STOPPING)
        ending = Ending(outcome=Outcome.TIMED_OUT, task=None if stopped is None else stopped.task)
    if ending.outcome is not Outcome.SUCCEEDED:
        run.tail.read_until_quiet(world.clock)
    return ending


def stop(world: World, run: Run) -> Ending | None:
    """Stop it and see it end; None when it was told to, but has not ended. Raises Unreachable."""
    world.tasks.stop(run.cluster, run.task, "stopped from the command line")
    try:
        return _until(world, run, world.clock.now() + STOPPING)
    except KeyboardInterrupt:
        return None


def left(world: World, attempt: Attempt) -> float:
    """Seconds that a run still has, which may have begun on a machine with another clock."""
    return max(0.0, world.settings.deploy.release_timeout - max(0.0, _age(world, attempt)))


def family(names: AppNames) -> str:
    """The task definition family of an app's release process, which nothing else uses."""
    return names.process(RELEASE).family


def _until(world: World, run: Run, deadline: float) -> Ending | None:
    """The end of a run; None when the time is up."""
    watch = _Watch(world, run)
    while True:
        state = watch.look()
        run.tail.read()
        if state is not None and state.stopped is not None:
            return Ending(outcome=judge(state.stopped, watch.first, run.essential), task=state.stopped)
        if watch.forgotten:
            return _told(world, run)
        # Of a task that nobody sees it can't be said that it is late.
        if state is not None and world.clock.now() > deadline:
            return None
        world.clock.sleep(POLL)


def _told(world: World, run: Run) -> Ending:
    """The end of a run that ECS has forgotten, from what it told at the time."""
    told = world.events.stopped_task(run.cluster, run.task, run.started)
    return Ending(outcome=Outcome.UNKNOWN if told is None else judge(told, (), run.essential), task=told)


class _Watch:
    """Looks at one task, and bears with an ECS that is throttling or down for a while."""

    def __init__(self, world: World, run: Run) -> None:
        self._world = world
        self._run = run
        self._answered = self._known = world.clock.now()
        self.first: frozenset[str] = frozenset()

    @property
    def forgotten(self) -> bool:
        """Whether ECS answers, and has not known the task for longer than it takes to list a new one."""
        return self._answered - self._known > UNLISTED

    def look(self) -> TaskState | None:
        """The task now; None when there was no answer or ECS does not know it."""
        try:
            state = self._world.tasks.describe(self._run.cluster, self._run.task)
        except Unreachable as error:
            if self._world.clock.now() - self._answered < SILENCE:
                return None
            raise Unreachable(error.message, hint=UNKNOWN_FATE) from error
        self._answered = self._world.clock.now()
        if state is not None:
            self._known = self._answered
            self.first = self.first or state.ended & (self._run.essential | {CONTAINER})
        return state


def _age(world: World, attempt: Attempt) -> float:
    return (world.clock.utc() - attempt.started).total_seconds()
