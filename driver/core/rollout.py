"""The rollout: all processes of an app move to one release together, or all go back together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from driver.core import targets
from driver.core.failure import explain
from driver.core.ledger import Kind, Origin
from driver.core.ports import Say, ServiceState, Update, World
from driver.core.proof import prove
from driver.core.record import Record
from driver.core.state import AppState
from driver.core.verdict import Judgement, Verdict
from driver.core.watch import POLL, Expectation, watch
from driver.errors import DriverError, EngineFailed, RolloutFailed, RolloutStuck, StillRolling, Unreachable
from spec.catalogue import App
from spec.names import AppNames
from spec.releases import Pin

Snapshot = Mapping[str, ServiceState]


@dataclass(frozen=True, kw_only=True)
class Rolling:
    """An app on its way to a release. `before` is what ECS ran when it was at rest, by service name."""

    names: AppNames
    app: App
    state: AppState
    pin: Pin
    before: Snapshot

    @property
    def services(self) -> dict[str, str]:
        """Service names by process."""
        return {process: self.names.process(process).service for process in self.app.services}

    def update(self, message: str) -> Update:
        """The engine's run that moves this app, and nothing else, to the pin."""
        app = self.names.app
        return Update(
            env=self.names.env,
            message=message,
            pins={app: self.pin},
            releasing=app,
            targets=self.state.rollout_targets,
        )


def at_rest(world: World, names: AppNames, app: App, say: Say) -> Snapshot:
    """The app's services once ECS is done with whatever it was doing. Raises StillRolling when the time is up."""
    services = [names.process(process).service for process in app.services]
    deadline = world.clock.now() + world.settings.deploy.timeout
    told = False
    while True:
        found = world.services.describe(names.env, services)
        moving = [name for name, row in found.items() if row.rollouts and not row.rollouts[0].status.final]
        if not moving:
            return found
        if world.clock.now() > deadline:
            raise StillRolling(f"{', '.join(moving)}: an earlier deployment has not ended; nothing was changed")
        if not told:
            say(f"waiting for the earlier deployment of {', '.join(moving)}")
            told = True
        world.clock.sleep(POLL)


def roll(
    world: World, rolling: Rolling, record: Record, say: Say, meanwhile: Callable[[], object] | None = None
) -> None:
    """Move every process to the pin and watch; `meanwhile` is called once the engine has done its part.

    Raises RolloutFailed once all are back on what ran before, RolloutStuck when that failed too, StillRolling when ECS
    has not decided in time.
    """
    known = _known(rolling.before)
    record.step("roll out")
    try:
        expected = _apply(world, rolling, say)
    except (EngineFailed, Unreachable) as error:
        go_back(world, rolling, record, str(error), say)
    if meanwhile is not None:
        meanwhile()
    expectation = Expectation(cluster=rolling.names.env, task_definitions=expected, known=known)
    judgements = watch(world, expectation, world.settings.deploy.timeout, say)
    if _all(judgements, Verdict.SUCCEEDED):
        workers = [rolling.services[name] for name, process in rolling.app.services.items() if process.port is None]
        judgements |= prove(world, expectation, workers, say)
    if _all(judgements, Verdict.SUCCEEDED):
        record.succeeded({process: expected[service] for process, service in rolling.services.items()})
        return
    if not any(row.verdict is Verdict.FAILED for row in judgements.values()):
        slow = [name for name, row in judgements.items() if row.verdict is Verdict.ROLLING]
        raise StillRolling(
            f"{', '.join(slow)}: ECS had not decided after {world.settings.deploy.timeout} s",
            hint=f"Look again with `slipway status {rolling.names.env} {rolling.names.app}`.",
        )
    go_back(world, rolling, record, explain(world, expectation, judgements), say)


def _apply(world: World, rolling: Rolling, say: Say) -> dict[str, str]:
    """The targeted update; the task definition that each service shall run now."""
    names, pin = rolling.names, rolling.pin
    world.stacks.up(rolling.update(f"deploy {names.app} {pin.version}"), say)
    after = world.stacks.read(names.env).app(names.app)
    if after is None or after.pin.release != pin.release:
        kept = "nothing" if after is None else after.pin.version
        raise EngineFailed(f"the engine echoes {kept} of {names.app} after the update to {pin.version}")
    return {
        service: pin.tasks.get(process, after.task_definitions[process].output("arn"))
        for process, service in rolling.services.items()
    }


def check(world: World, rolling: Rolling) -> None:
    """A preview of the update, which must touch nothing but the app. Raises NotReady."""
    names = rolling.names
    changes = world.stacks.preview(rolling.update("preflight"), lambda _line: None)
    targets.check_changes(names.env, names.app, changes, rolling.state.rollout_targets)


def go_back(world: World, rolling: Rolling, record: Record, reason: str, say: Say) -> NoReturn:
    """Bring all processes to rest and those that moved back to what ran before, under a new, higher number.

    A service that ECS took back already is not rolled again, since the pin names the very task definitions that ran.
    Always raises: RolloutFailed, or RolloutStuck when it did not come out.
    """
    record.failed(reason)
    former_pin = former(rolling)
    back = Record.start(world, rolling.names.app, former_pin, Kind.GOING_BACK, Origin(copies=rolling.state.pin.release))
    say(f"going back to what ran before, as {back.pin.version}")
    try:
        failure = returned(world, replace(rolling, pin=back.pin), say)
    except DriverError as error:
        failure = error.message
    if failure:
        back.failed(failure)
        raise _stuck(world, rolling, f"{reason}\ngoing back failed: {failure}")
    back.succeeded(back.pin.tasks)
    raise RolloutFailed(
        f"{rolling.names.app} {rolling.pin.version} did not come up: {reason}",
        hint=f"All processes run what they ran before, now {back.pin.version} ({_content(back.pin)}).",
    )


def returned(world: World, back: Rolling, say: Say) -> str:
    """Why not every process runs what it ran before; empty when all do."""
    known = _known(back.before)
    _bring_to_rest(world, back, known, say)
    settled = known | _known(world.services.describe(back.names.env, list(back.services.values())))
    expected = _apply(world, back, say)
    expectation = Expectation(cluster=back.names.env, task_definitions=expected, known=settled)
    judgements = watch(world, expectation, world.settings.deploy.timeout, say)
    return "" if _all(judgements, Verdict.SUCCEEDED) else explain(world, expectation, judgements)


def former(rolling: Rolling) -> Pin:
    """The release that goes back: code and config of the one before, on its own task definitions, newly numbered."""
    tasks = {
        process: rolling.before[service].task_definition
        for process, service in rolling.services.items()
        if service in rolling.before
    }
    return rolling.state.pin.model_copy(update={"release": rolling.pin.release + 1, "tasks": tasks})


def _bring_to_rest(world: World, rolling: Rolling, known: frozenset[str], say: Say) -> None:
    """Anything ECS started since is taken back by ECS itself first: while it rolls back it starts nothing new."""
    for row in world.services.describe(rolling.names.env, list(rolling.services.values())).values():
        newest = row.rollouts[0] if row.rollouts else None
        if newest is not None and newest.arn not in known and not newest.status.final:
            world.services.roll_back(newest.arn)
    at_rest(world, rolling.names, rolling.app, say)


def _stuck(world: World, rolling: Rolling, reason: str) -> RolloutStuck:
    """What runs where, as ECS says now."""
    found = world.services.describe(rolling.names.env, list(rolling.services.values()))
    rows = [f"{row.name} on {row.task_definition.rsplit('/', 1)[-1]}, {row.running} running" for row in found.values()]
    return RolloutStuck(
        f"{rolling.names.app} {rolling.pin.version} did not come up: {reason}",
        hint=f"Now: {'; '.join(rows)}. Deploy a release that is known to work.",
    )


def _content(pin: Pin) -> str:
    return pin.digest[:19] or "the bootstrap image"


def _known(services: Snapshot) -> frozenset[str]:
    return frozenset(rollout.arn for row in services.values() for rollout in row.rollouts)


def _all(judgements: Mapping[str, Judgement], verdict: Verdict) -> bool:
    return all(row.verdict is verdict for row in judgements.values())
