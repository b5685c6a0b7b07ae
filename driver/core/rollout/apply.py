"""Capacity weights of services: they move with a release, and never by replacing the service."""

from dataclasses import replace

from driver.core.ports import Say, World
from driver.core.rollout.move import Rolling
from driver.errors import EngineFailed, Unreachable
from model.settings.environment import Settings


def moving(settings: Settings, rolling: Rolling) -> tuple[str, ...]:
    """The processes that ECS spreads by other weights than the settings say.

    None on the way to task definitions that exist: a service that ECS took back already would be rolled once more.
    """
    if rolling.pin.tasks:
        return ()
    found = {process: rolling.before.get(service) for process, service in rolling.services.items()}
    live = {process: row.capacity for process, row in found.items() if row is not None and row.capacity}
    wanted = {process: settings.capacity_of(row).strategy for process, row in rolling.app.services.items()}
    return tuple(process for process, strategy in live.items() if strategy != wanted[process])


def apply(world: World, rolling: Rolling, say: Say) -> None:
    """The engine's run that moves the app to its pin, and its weights with it."""
    update = rolling.update(f"deploy {rolling.names.app} {rolling.pin.version}")
    weighing = moving(world.settings, rolling)
    world.stacks.up(replace(update, weighing=weighing), say)
    if weighing:
        say(f"  {', '.join(weighing)}: tasks are placed by the new capacity weights")
        _settle(world, rolling, say)


def _settle(world: World, rolling: Rolling, say: Say) -> None:
    """Take back what forced the rollout: it would force one with every later update of these services.

    Nothing is released in this run, so that it can't start one itself; where it fails the next `up` does it.
    """
    update = rolling.update(f"capacity of {rolling.names.app} has moved")
    try:
        world.stacks.up(replace(update, releasing=None), say)
    except (EngineFailed, Unreachable) as error:
        say(f"  the next `slipway up {rolling.names.env}` tidies up after the new weights: {error.message}")
