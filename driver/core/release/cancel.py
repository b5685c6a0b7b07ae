"""Cancelling a rollout: ECS takes it back at once, whoever began it; whoever holds the app's lock brings all back."""

from collections.abc import Sequence
from dataclasses import dataclass

from driver.core.environment import app_of
from driver.core.locking import held
from driver.core.ports import Say, World
from driver.core.release import recovery
from driver.core.values import release
from driver.core.watch import settle
from driver.errors import Busy, NotReady
from model.names.names import AppNames
from model.settings.app import App


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What there is to cancel: the services whose rollout ECS has not decided, and the releases without an end."""

    names: AppNames
    app: App
    moving: Sequence[str]
    unfinished: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """What came of it. `owner` is who holds the lock and brings all back; empty when it was done here.

    `asked` are the services that ECS takes back, `runs` is the release that the app runs now.
    """

    asked: Sequence[str]
    owner: str
    runs: str


def plan(world: World, name: str) -> Plan:
    """Look, and change nothing. Raises NotFound, and NotReady where there is nothing to cancel."""
    app, env = app_of(world.settings, name), world.settings.env
    names = world.settings.names(name)
    moving = settle.moving_of(world.services.describe(env, settle.service_names(names, app)))
    open_ = release.unfinished(world.ledger.releases(name))
    if not moving and not open_:
        raise NotReady(f"nothing of {name} is under way in {env}", hint=f"See what runs: slipway status {env} {name}")
    return Plan(names=names, app=app, moving=list(moving), unfinished=[row.version for row in open_])


def carry_out(world: World, plan: Plan, say: Say) -> Cancelled:
    """Have ECS take back what it has begun. A deploy that is still there sees that and brings all processes back;
    otherwise it is done here, under the lock, once its owner has not been heard of for a lease.

    Raises Busy when somebody is at work and ECS has begun nothing yet, StillRolling, RolloutStuck.
    """
    env, name = plan.names.env, plan.names.app
    asked, _refused = settle.stop_rollouts(world, env, settle.service_names(plan.names, plan.app), say)
    try:
        with held(world, name, "cancel", 0, say):
            state = world.stacks.read(env).app(name)
            if state is None:
                raise NotReady(f"{name} has no platform in {env}", hint=f"Run `slipway up {env}` first.")
            state, _before = recovery.at_rest(world, plan.names, plan.app, state, say)
            return Cancelled(asked=asked, owner="", runs=state.pin.version)
    except Busy as error:
        lock = world.locks.read(name)
        if lock is None:
            raise
        if not asked:
            raise Busy(
                f"{lock.owner} is at work on {name} ({lock.message}), and ECS has nothing under way to take back",
                hint="Stop it where it runs, with Ctrl-C; or cancel again once it rolls out.",
            ) from error
        return Cancelled(asked=asked, owner=lock.owner, runs="")
