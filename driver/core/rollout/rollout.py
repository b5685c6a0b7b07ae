"""The rollout: all processes of an app move to one release together, or all go back together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

from driver.core.ledger import running
from driver.core.ledger.journal import Record
from driver.core.ports import Change, RolloutStatus, Say, World
from driver.core.rollout import apply, former, proving, scope
from driver.core.rollout.move import Rolling
from driver.core.values.release import Kind
from driver.core.values.release import Verdict as ReleaseVerdict
from driver.core.watch.explain import explain
from driver.core.watch.settle import Snapshot, bring_to_rest
from driver.core.watch.verdict import Judgement, Verdict
from driver.core.watch.watch import Expectation, Found, watch
from driver.errors import (
    Busy,
    DriverError,
    EngineFailed,
    Expired,
    Interrupted,
    RolloutFailed,
    RolloutStuck,
    StillRolling,
    Unreachable,
)
from model.releases import Pin

CANCELLED = "it was cancelled, by somebody's `slipway cancel ENV APP` or in the AWS console"


def roll(
    world: World, rolling: Rolling, record: Record, say: Say, meanwhile: Callable[[], object] | None = None
) -> None:
    """Move every process to the pin and watch; `meanwhile` is called once the engine has done its part.

    Raises RolloutFailed once all are back on what ran before, RolloutStuck when that failed too, StillRolling when ECS
    has not decided in time, Interrupted when the engine or the watch was stopped.
    """
    try:
        _roll(world, rolling, record, say, meanwhile)
    except KeyboardInterrupt:
        raise Interrupted(
            f"stopped watching {rolling.names.app} {record.pin.version}; ECS goes on with what it has begun",
            hint=_unfinished(rolling),
        ) from None
    except Interrupted as error:
        raise Interrupted(error.message, hint=_unfinished(rolling)) from error


def _roll(
    world: World, rolling: Rolling, record: Record, say: Say, meanwhile: Callable[[], object] | None = None
) -> None:
    known = _known(rolling.before)
    record.roll_out(former.believed(rolling))
    try:
        expected, one_offs = _apply(world, rolling, say)
    except (EngineFailed, Unreachable) as error:
        go_back(world, rolling, record, str(error), say)
    if meanwhile is not None:
        meanwhile()
    expectation = Expectation(cluster=rolling.names.env, task_definitions=expected, known=known)
    judgements = watch(world, expectation, world.settings.deploy.timeout, say, _noting(record))
    unproven: Sequence[str] = ()
    if _all(judgements, Verdict.SUCCEEDED):
        failed, unproven = proving.proven(world, rolling, expectation, judgements, say)
        judgements |= failed
    if _all(judgements, Verdict.SUCCEEDED):
        tasks = {process: expected[service] for process, service in rolling.services.items()} | one_offs
        record.succeeded(tasks, unproven)
        return
    if not _any(judgements, Verdict.FAILED):
        raise _still_rolling(world, rolling, judgements)
    cancelled = any(row.cancelled for row in judgements.values())
    go_back(world, rolling, record, CANCELLED if cancelled else explain(world, expectation, judgements), say)


def _noting(record: Record) -> Found:
    """The rollout that a verdict is read from goes into the ledger, where a later command finds it."""
    return lambda service, arn: record.step(f"watch {service}", arn)


def _still_rolling(world: World, rolling: Rolling, judgements: Mapping[str, Judgement]) -> StillRolling:
    slow = [name for name, row in judgements.items() if row.verdict is Verdict.ROLLING]
    return StillRolling(
        f"{', '.join(slow)}: ECS had not decided after {world.settings.deploy.timeout} s, and goes on",
        hint=_unfinished(rolling),
    )


def _unfinished(rolling: Rolling) -> str:
    env, app = rolling.names.env, rolling.names.app
    return (
        f"The next deploy or rollback of {app} waits for it, and finishes or reverts it; to have it taken back now:"
        f" slipway cancel {env} {app}. Look: slipway status {env} {app}"
    )


def _apply(world: World, rolling: Rolling, say: Say) -> tuple[dict[str, str], dict[str, str]]:
    """The targeted update; the task definitions that each service shall run now, and each process that is none."""
    names, pin = rolling.names, rolling.pin
    apply.apply(world, rolling, say)
    after = world.stacks.read(names.env).app(names.app)
    if after is None or after.pin.release != pin.release:
        kept = "nothing" if after is None else after.pin.version
        raise EngineFailed(f"the engine echoes {kept} of {names.app} after the update to {pin.version}")
    services = {
        service: pin.tasks.get(process, after.task_definitions[process].output("arn"))
        for process, service in rolling.services.items()
    }
    return services, rolling.one_offs(after)


def preview(world: World, rolling: Rolling) -> Sequence[Change]:
    """What the update would change."""
    return world.stacks.preview(rolling.update("preflight"), lambda _line: None)


def check(rolling: Rolling, changes: Sequence[Change]) -> None:
    """What it would change is nothing but this app. Raises NotReady."""
    names = rolling.names
    scope.check_changes(names.env, names.app, changes, rolling.state.rollout_targets)


def go_back(world: World, rolling: Rolling, record: Record, reason: str, say: Say) -> NoReturn:
    """Bring all processes to rest and those that moved back to what ran before, under a new, higher number.

    A service that ECS took back already is not rolled again, since the pin names the very task definitions that ran.
    Always raises: RolloutFailed, or RolloutStuck when it did not come out.
    """
    way = former.way(world, rolling)
    # First the new one: who is killed between the two leaves an unfinished release, which the next command reverts.
    back = Record.start(world, rolling.names.app, way.pin, Kind.GOING_BACK, way.origin)
    record.failed(reason)
    say(f"going back to {way.name}, as {back.pin.version}")
    try:
        failure = returned(world, replace(rolling, pin=back.pin), back, say)
    except StillRolling as error:
        raise _stuck(world, rolling, f"{reason}\ngoing back has not ended: {error.message}") from error
    if failure:
        raise _stuck(world, rolling, f"{reason}\ngoing back failed: {failure}")
    raise RolloutFailed(
        f"{rolling.names.app} {rolling.pin.version} did not come up: {reason}",
        hint=_where(rolling, back),
    )


def _where(rolling: Rolling, back: Record) -> str:
    """What runs once all have gone back, and where to go from there if that is no release."""
    release, env, app = back.release, rolling.names.env, rolling.names.app
    if release.verdict is not ReleaseVerdict.MIXED:
        return f"All processes run what they ran before, now {release.version} ({_content(release.pin)})."
    return (
        f"All processes run what they ran before, now {release.version}, which is mixed, and nothing goes back to it:"
        f" {running.told(release.processes)}. To a good release: slipway rollback {env} {app}"
    )


def returned(world: World, back: Rolling, record: Record, say: Say) -> str:
    """Why not every process runs what it ran before; empty when all do. Either way the ledger has it.

    Raises StillRolling when the time was up, and Interrupted, Busy or Expired: then nobody knows yet how it ends, and
    the ledger keeps it as unfinished, for the next command.
    """
    try:
        failure, tasks = _returned(world, back, record, say)
    except (StillRolling, Interrupted, Busy, Expired):
        raise
    except DriverError as error:
        failure, tasks = error.message, {}
    if failure:
        record.failed(failure)
    else:
        record.succeeded(tasks)
    return failure


def _returned(world: World, back: Rolling, record: Record, say: Say) -> tuple[str, Mapping[str, str]]:
    """Why not, and the task definitions by process."""
    settled = bring_to_rest(world, back.names, back.app, say)
    back = replace(back, pin=former.registered(world, back, settled, say))
    expected, _ = _apply(world, back, say)
    _try_again(world, back, settled, expected)
    down = [name for name in expected if former.was_down(back, name)]
    if down:
        say(f"  {', '.join(down)}: had not come up before either, and is not waited for")
    expected = {name: arn for name, arn in expected.items() if name not in down}
    expectation = Expectation(cluster=back.names.env, task_definitions=expected, known=_known(settled))
    judgements = watch(world, expectation, world.settings.deploy.timeout, say, _noting(record))
    if _any(judgements, Verdict.ROLLING) and not _any(judgements, Verdict.FAILED):
        raise _still_rolling(world, back, judgements)
    return explain(world, expectation, judgements), back.pin.tasks


def _try_again(world: World, back: Rolling, settled: Snapshot, expected: Mapping[str, str]) -> None:
    """Where ECS's own rollback failed the service names the right task definition already, so nothing would start."""
    for name, row in settled.items():
        failed = bool(row.rollouts) and row.rollouts[0].status is RolloutStatus.ROLLBACK_FAILED
        if failed and row.task_definition == expected.get(name):
            world.services.restart(back.names.env, name)


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


def _any(judgements: Mapping[str, Judgement], verdict: Verdict) -> bool:
    return any(row.verdict is verdict for row in judgements.values())


def _all(judgements: Mapping[str, Judgement], verdict: Verdict) -> bool:
    return all(row.verdict is verdict for row in judgements.values())
