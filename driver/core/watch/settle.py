"""An app at rest: ECS has decided on every rollout of it, so that the next one can't be mistaken for another."""

from collections.abc import Collection, Mapping, Sequence

from driver.core.ports import Say, ServiceState, World
from driver.core.watch.tolerate import Patience
from driver.core.watch.watch import POLL
from driver.errors import StillRolling
from model.names.names import AppNames
from model.settings.app import App

Snapshot = Mapping[str, ServiceState]


def at_rest(world: World, names: AppNames, app: App, say: Say) -> Snapshot:
    """The app's services once ECS is done with whatever it was doing.

    What has not ended by itself when the time is up is stopped, so that ECS goes back. Raises StillRolling when that
    does not end either.
    """
    services = service_names(names, app)
    found, moving = _wait(world, names.env, services, say)
    if moving:
        say(f"the earlier deployment of {', '.join(moving)} does not end by itself")
        return bring_to_rest(world, names, app, say)
    return found


def bring_to_rest(world: World, names: AppNames, app: App, say: Say) -> Snapshot:
    """What ECS has begun is taken back by ECS itself: while it rolls back it starts nothing new.

    A rollout that has nothing to go back to is left as it is; the next one takes its place. Raises StillRolling.
    """
    services = service_names(names, app)
    _asked, refused = stop_rollouts(world, names.env, services, say)
    found, moving = _wait(world, names.env, services, say, refused)
    if moving:
        raise StillRolling(
            f"{', '.join(moving)}: an earlier deployment has not ended; nothing was changed",
            hint=f"See what ECS does: slipway status {names.env} {names.app}",
        )
    return found


def stop_rollouts(world: World, env: str, services: Sequence[str], say: Say) -> tuple[list[str], list[str]]:
    """Ask ECS to take back what it has begun; the services where it does, and those where it refused.

    It refuses where it has decided meanwhile, or where no deployment has ever completed.
    """
    asked, refused = [], []
    for name, row in moving_of(world.services.describe(env, services)).items():
        if row.rollouts[0].status.going_back or world.services.roll_back(row.rollouts[0].arn):
            asked.append(name)
        else:
            refused.append(name)
    if asked:
        say(f"ECS takes back the deployment of {', '.join(asked)}")
    return asked, refused


def moving_of(services: Snapshot) -> dict[str, ServiceState]:
    """The services on whose newest rollout ECS has not decided."""
    return {name: row for name, row in services.items() if row.rollouts and not row.rollouts[0].status.final}


def service_names(names: AppNames, app: App) -> list[str]:
    """The services of an app."""
    return [names.process(process).service for process in app.services]


def _wait(
    world: World, env: str, services: Sequence[str], say: Say, but: Collection[str] = ()
) -> tuple[Snapshot, list[str]]:
    """The services when all are at rest or the time is up, and the names of those that move on."""
    deadline, patience, told = world.clock.now() + world.settings.deploy.timeout, Patience(say), False
    while True:
        found = patience.ask(lambda: world.services.quick.describe(env, services))
        moving = [] if found is None else [name for name in moving_of(found) if name not in but]
        if found is not None and (not moving or world.clock.now() > deadline):
            return found, moving
        if found is None and world.clock.now() > deadline:
            return world.services.describe(env, services), list(services)
        if moving and not told:
            say(f"waiting for the earlier deployment of {', '.join(moving)}")
            told = True
        world.clock.sleep(POLL)
