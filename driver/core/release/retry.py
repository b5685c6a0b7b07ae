"""A release process once more: the one of a release that failed in it, or of the release that runs now."""

from dataclasses import dataclass

from driver.core.environment import app_of
from driver.core.ledger import running
from driver.core.ledger.journal import Record
from driver.core.ports import Say, World
from driver.core.preflight import presence
from driver.core.release import recovery
from driver.core.release_phase import phase as release_phase
from driver.core.values import release as ledger
from driver.core.values.checkpoint import AppState, StackState
from driver.core.values.release import Attempt, Release, Verdict
from driver.errors import NotFound, NotReady
from model.names.names import AppNames


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A release process that can run again, on the task definition that it had, or the same registered again."""

    names: AppNames
    stack: StackState
    state: AppState
    release: Release


def plan(world: World, name: str, number: int) -> Plan:
    """Look for everything before anything changes. Raises NotReady, and NotFound for a release that is not retried."""
    app_of(world.settings, name)
    env, names = world.settings.env, world.settings.names(name)
    stack = world.stacks.read(env)
    state = stack.app(name)
    if state is None:
        raise NotReady(f"{name} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    releases = world.ledger.releases(name)
    release = ledger.named(releases, name, number)
    if release.verdict is not Verdict.RELEASE_FAILED and number != state.pin.release:
        raise NotFound(
            f"the release process of {release.version} is not run again: the release is {release.verdict},"
            f" and {name} runs {state.pin.version}",
            hint="That is for a release that is release-failed, and for the one that runs.",
        )
    if not release.release_task:
        raise NotReady(
            f"{release.version} has no release process that the ledger knows of",
            hint=f"Deploy again: slipway deploy {env} {name} --image {release.tag or 'TAG'}",
        )
    presence.check_footing(world, names, stack, releases)
    return Plan(names=names, stack=stack, state=state, release=release)


def carry_out(world: World, name: str, number: int, say: Say) -> tuple[Release, Attempt]:
    """Run it under a new attempt once nothing of the app is under way; the release and that attempt.

    The release keeps its verdict, since nothing is rolled out. Raises what a release phase raises.
    """
    found = plan_at_rest(world, name, number, say)
    record = Record(world, found.release)
    [task] = running.registered(world, {"": found.release.release_task}).values()
    phase = release_phase.prepare(found.names, found.stack, found.state, task)
    tail = release_phase.run(world, phase, record, say)
    tail.read_until_quiet(world.clock)
    return record.release, record.release.attempts[-1]


def plan_at_rest(world: World, name: str, number: int, say: Say) -> Plan:
    """The plan once what was cut off is settled, which may be this very release."""
    app, names = app_of(world.settings, name), world.settings.names(name)
    state = world.stacks.read(world.settings.env).app(name)
    if state is not None:
        recovery.at_rest(world, names, app, state, say)
    return plan(world, name, number)
