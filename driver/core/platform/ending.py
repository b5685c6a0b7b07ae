"""What still runs in an environment that is to be destroyed: no subnet and no security group goes from under a task."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from driver.core.platform import bring_up, inventory
from driver.core.platform.inventory import Inventory, word
from driver.core.ports import Say, World
from driver.core.values.checkpoint import StackState
from driver.core.watch.watch import POLL
from driver.errors import Busy, NotReady, StillRolling
from model.names.pulumi_types import SERVICE
from model.settings import backdoor

PATIENCE = 180.0
"""Seconds that stopping may take: a task's stop timeout is 120 at most.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""
REASON = "its environment is being destroyed"


@dataclass(frozen=True, kw_only=True)
class Running:
    """The tasks that no service runs, by ARN, with their task definition; the apps whose backdoor is open."""

    tasks: Mapping[str, str] = field(default_factory=dict)
    backdoors: tuple[str, ...] = ()

    @property
    def block(self) -> list[str]:
        """What runs, line by line; nothing where nothing does."""
        lines = [f"  task {arn.rsplit('/', 1)[-1]} on {definition}" for arn, definition in self.tasks.items()]
        lines += [f"  the backdoor of {name} is open" for name in self.backdoors]
        return ["Somebody is still at work here; a yes stops it:", *lines] if lines else []

    @property
    def question(self) -> str:
        """What is asked about it, beside the resources."""
        number = len(self.tasks)
        return f" and stop {number} task{'s' * (number > 1)} that still run{'s' * (number == 1)}" if number else ""


def running(world: World) -> Running:
    """What runs beside services. Raises Busy while an app is being released, whose tasks are not somebody's."""
    env, names = world.settings.env, world.settings.names
    for app in world.settings.apps:
        _check_idle(world, app)
    doors = {app: names(app).process(backdoor.NAME).service for app, row in world.settings.apps.items() if row.backdoor}
    found = world.services.describe(env, list(doors.values())) if doors else {}
    open_ = tuple(app for app, service in doors.items() if service in found and found[service].desired)
    return Running(tasks=world.tasks.loose(env), backdoors=open_)


def unknown(world: World, port: Inventory, stack: StackState) -> list[str]:
    """What AWS has under our names while the state does not, line by line: no destruction takes it along.

    Raises NotReady where it is a service, since no cluster goes from under one.
    """
    env = world.settings.env
    found = inventory.lost(world.settings, stack, port, list(world.settings.apps))
    services = [one.name for one in found if one.kind == SERVICE]
    if services:
        raise NotReady(
            f"the state of {env} does not have {', '.join(services)}, which ECS has; nothing was deleted",
            hint=f"`slipway up {env}` takes them over; destroy after that.",
        )
    if not found:
        return []
    head = f"Not in the state of {env}, so that it stays unless `slipway up {env}` takes it over first:"
    return [head, *(f"  {word(one.kind)} {one.name}" for one in found)]


def _check_idle(world: World, app: str) -> None:
    """A release that was cut off is in nobody's way; one that goes on is."""
    try:
        bring_up.check_app_finished(world, app)
    except Busy:
        raise
    except NotReady:
        return


def stop(world: World, found: Running, say: Say) -> None:
    """Stop the tasks and wait until each has given its address back. Raises StillRolling."""
    env, left = world.settings.env, dict(found.tasks)
    for arn in left:
        world.tasks.stop(env, arn, REASON)
    if left:
        say(f"waiting until {len(left)} tasks have stopped")
    deadline = world.clock.now() + PATIENCE
    while left:
        states = {arn: world.tasks.describe(env, arn) for arn in left}
        left = {arn: left[arn] for arn, state in states.items() if state is not None and state.stopped is None}
        if left and world.clock.now() > deadline:
            raise StillRolling(
                f"{', '.join(arn.rsplit('/', 1)[-1] for arn in left)}: not stopped yet; nothing of {env} was deleted",
                hint=f"Wait for it, then run `slipway destroy {env}` again.",
            )
        if left:
            world.clock.sleep(POLL)
