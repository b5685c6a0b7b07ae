"""What a rollout that fails goes back to: what ran before, as it ran, and no release that is known to be none."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driver.core.ledger import running
from driver.core.ports import RolloutStatus, Say, World
from driver.core.rollout import waiting
from driver.core.rollout.move import Rolling
from driver.core.values import release
from driver.core.values.release import RUNS, Origin, Release, Verdict
from driver.core.watch.settle import Snapshot
from driver.errors import DriverError, Unreachable
from model.releases import Pin

NO_WAY_BACK = {Verdict.MIXED, Verdict.NOT_PROVEN}


@dataclass(frozen=True, kw_only=True)
class Way:
    """The pin that the processes go back to, under its new number, and what it is called in a sentence."""

    pin: Pin
    origin: Origin
    name: str


def believed(rolling: Rolling) -> Pin:
    """What ran before: the pinned code and config on the task definitions that ECS ran."""
    tasks = {
        process: rolling.before[service].task_definition
        for process, service in rolling.services.items()
        if service in rolling.before
    }
    return rolling.state.pin.model_copy(update={"tasks": tasks | rolling.one_offs(rolling.state)})


def way(world: World, rolling: Rolling) -> Way:
    """Back to what the task definitions of before say, or to the last good release where what ran is known to be none.

    Processes that this one did not have stay where they were.
    """
    number, pin = rolling.pin.release + 1, believed(rolling)
    releases = world.ledger.releases(rolling.names.app)
    ran, good = release.find(releases, rolling.state.pin.release), _good(world, rolling, releases)
    if ran is not None and ran.verdict in NO_WAY_BACK and good is not None:
        tasks = dict(pin.tasks) | {process: arn for process, arn in good.pin.tasks.items() if process in pin.tasks}
        back = good.pin.model_copy(update={"release": number, "tasks": tasks})
        return Way(
            pin=waiting.kept(rolling.state, good.pin, back),
            origin=good.copied,
            name=f"{good.version}, since {ran.version} is {ran.verdict}",
        )
    # Where AWS does not say, the ledger still has what is found once all are back.
    with contextlib.suppress(Unreachable):
        pin = running.read(world, rolling.names, pin).pin
    return Way(
        pin=pin.model_copy(update={"release": number}), origin=_origin(releases, rolling, pin), name="what ran before"
    )


def _good(world: World, rolling: Rolling, releases: Sequence[Release]) -> Release | None:
    """The last good release of the app's own code, where all that it needs is still there."""
    good = release.last_good(releases)
    if good is None or good.pin.bootstrap:
        return None
    with contextlib.suppress(DriverError):
        return None if running.lacks(world, rolling.names, good) else good
    return None


def _origin(releases: Sequence[Release], rolling: Rolling, pin: Pin) -> Origin:
    """The release whose code and config ran: the pinned one, unless somebody had moved the processes to another's."""
    content = (pin.image, pin.config)
    if content == (rolling.state.pin.image, rolling.state.pin.config):
        return Origin(copies=rolling.state.pin.release)
    found = next((row for row in releases if (row.pin.image, row.pin.config) == content and row.verdict in RUNS), None)
    return Origin() if found is None else found.copied


def registered(world: World, back: Rolling, settled: Snapshot, say: Say) -> Pin:
    """The pin on task definitions that services can be moved to. Raises Unreachable, Busy."""
    stays = [row.task_definition for row in settled.values()]
    tasks = running.registered(world, back.pin.tasks, stays)
    if tasks != back.pin.tasks:
        say(f"  {_named(tasks, back.pin.tasks)}: its task definition was deregistered; registered again")
    return back.pin.model_copy(update={"tasks": tasks})


def was_down(rolling: Rolling, service: str) -> bool:
    """Whether a service had come up on nothing before: a new process whose first tasks never ran."""
    row = rolling.before.get(service)
    if row is None or not row.rollouts:
        return False
    fallen = {RolloutStatus.ROLLBACK_FAILED, RolloutStatus.STOPPED}
    return row.rollouts[0].status in fallen and row.running == 0 < row.desired


def _named(tasks: Mapping[str, str], former: Mapping[str, str]) -> str:
    return ", ".join(process for process, arn in tasks.items() if former[process] != arn)
