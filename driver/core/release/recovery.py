"""What a command that was killed left behind: found in the ledger, and finished or reverted before anything new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from driver.core.ledger.journal import Record
from driver.core.ports import Say, World
from driver.core.release_phase import phase
from driver.core.release_phase.outcome import WORDS
from driver.core.rollout import rollout, waiting
from driver.core.rollout.move import Rolling
from driver.core.values import release as ledger
from driver.core.values.checkpoint import AppState
from driver.core.values.release import Kind, Origin, Outcome, Release, Verdict
from driver.core.watch import settle as rest
from driver.core.watch.settle import Snapshot
from driver.errors import RolloutStuck
from model.names.names import AppNames
from model.releases import Pin
from model.settings.app import App


@dataclass(frozen=True, kw_only=True)
class _Way:
    """What an app goes back to: the last good release, or the bootstrap image before the first one.

    `tasks` are the task definitions of those of its processes that are still there.
    """

    pin: Pin
    tasks: Mapping[str, str]
    origin: Origin
    name: str


def at_rest(world: World, names: AppNames, app: App, state: AppState, say: Say) -> tuple[AppState, Snapshot]:
    """The app's state and services once no release process runs, ECS is done and no release of it is unfinished.

    Raises StillRolling, RolloutStuck.
    """
    phase.settle(world, names, say)
    if ledger.unfinished(world.ledger.releases(names.app)):
        # The engine of a killed driver works on for a moment, or was killed as well and has left its lock.
        world.stacks.tidy(names.env)
        fresh = world.stacks.read(names.env).app(names.app)
        state = state if fresh is None or fresh == state else fresh
    before = rest.at_rest(world, names, app, say)
    rolling = Rolling(
        names=names, app=_known(app, state), state=state.only(app.processes), pin=state.pin, before=before
    )
    if not settle(world, rolling, say):
        return state, before
    reverted = world.stacks.read(names.env).app(names.app)
    return reverted or state, rest.at_rest(world, names, app, say)


def _known(app: App, state: AppState) -> App:
    """The app without processes that the platform has not yet: nothing of them can be half-way."""
    return app.model_copy(
        update={"processes": {name: row for name, row in app.processes.items() if name in state.task_definitions}}
    )


def settle(world: World, rolling: Rolling, say: Say) -> bool:
    """Bring unfinished releases of an app to an end; whether anything that runs was changed.

    `rolling.before` is what ECS runs at rest. Where every process runs the unfinished release, it has succeeded; where
    none does, it has failed; where some do, all go back to the last good release, or to the bootstrap image where there
    is none yet. Raises RolloutStuck.
    """
    releases = world.ledger.releases(rolling.names.app)
    open_ = ledger.unfinished(releases)
    if not open_:
        return False
    newest, back = open_[0], _way_back(releases, rolling)
    for row in open_[1:]:
        _cut_off(Record(world, row))
    record = Record(world, newest)
    if _runs(rolling, newest):
        say(f"{newest.version} was never finished, but all processes run it: it has succeeded")
        record.succeeded({**_tasks(rolling), **rolling.one_offs(rolling.state)})
        return False
    # The state may name it although nothing runs it: when ECS took everything back, or the engine was quick.
    if back is None and rolling.state.pin.release == newest.number:
        _cut_off(record)
        say(f"{newest.version} was cut off in the middle of its rollout, and there is no good release to go back to")
        return False
    if back is None or (_is_as_before(releases, rolling, back) and rolling.state.pin.release != newest.number):
        _cut_off(record)
        say(f"{newest.version} was cut off before anything ran it")
        return False
    say(f"{newest.version} was cut off in the middle of its rollout: reverting to {back.name}")
    _revert(world, rolling, record, back, say)
    return True


def _way_back(releases: Sequence[Release], rolling: Rolling) -> _Way | None:
    """None where what older versions wrote has neither, and where no process of the catalogue is there."""
    good, first = ledger.last_good(releases), ledger.bootstrap(releases)
    pin = waiting.before(good.pin, rolling.state, ledger.unfinished(releases)) if good is not None else first
    if pin is None or not rolling.services:
        return None
    tasks = {name: task for name, task in pin.tasks.items() if name in rolling.services}
    if good is not None:
        return _Way(pin=pin, tasks=tasks, origin=good.copied, name=good.version)
    return _Way(pin=pin, tasks=tasks, origin=Origin(copies=pin.release), name="the bootstrap image")


def _is_as_before(releases: Sequence[Release], rolling: Rolling, back: _Way) -> bool:
    """Whether the processes run what they ran before: the last good release, or a newer one that is none."""
    now, ran = _tasks(rolling), ledger.current(releases)
    former = {} if ran is None else {name: arn for name, arn in ran.pin.tasks.items() if name in rolling.services}
    return now in (back.tasks, former)


def _cut_off(record: Record) -> None:
    """The end of one that was cut off; if it was its release process that failed, it says so."""
    last = record.release.attempts[-1:]
    if last and last[0].outcome is not Outcome.SUCCEEDED:
        record.cut_off(Verdict.RELEASE_FAILED, f"cut off; {WORDS[last[0].outcome or Outcome.UNKNOWN]}")
    else:
        record.cut_off()


def _runs(rolling: Rolling, release: Release) -> bool:
    """Whether the state and ECS agree that all processes run this release, and ECS is content with it."""
    registered = {process: row.output("arn") for process, row in rolling.state.task_definitions.items()}
    wanted = {process: release.pin.tasks.get(process, registered.get(process)) for process in rolling.services}
    before = [rolling.before.get(service) for service in rolling.services.values()]
    content = all(service is not None and service.content for service in before)
    return rolling.state.pin.release == release.number and content and _tasks(rolling) == wanted


def _tasks(rolling: Rolling) -> Mapping[str, str]:
    return {
        process: rolling.before[service].task_definition
        for process, service in rolling.services.items()
        if service in rolling.before
    }


def _revert(world: World, rolling: Rolling, record: Record, way: _Way, say: Say) -> None:
    number = max(rolling.state.pin.release, way.pin.release) + 1
    pin = way.pin.model_copy(update={"release": number})
    # One of the two is unfinished at any time, for whoever comes after a kill.
    back = Record.start(world, rolling.names.app, pin, Kind.GOING_BACK, way.origin)
    _cut_off(record)
    failure = rollout.returned(world, replace(rolling, pin=back.pin), back, say)
    if failure:
        raise RolloutStuck(
            f"reverting to {way.name} failed: {failure}",
            hint=f"See what runs: slipway status {rolling.names.env} {rolling.names.app}",
        )
