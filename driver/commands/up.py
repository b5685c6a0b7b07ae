"""`slipway up`: bring the platform of an environment up, or up to date."""

from typing import TYPE_CHECKING

import typer

from driver import console
from driver.views.options import DryRun, Env, Json, Refresh, Yes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from driver.core.ports import Change, World


def run(
    ctx: typer.Context,
    env: Env,
    yes: Yes = False,
    dry_run: DryRun = False,
    refresh: Refresh = False,
    as_json: Json = False,
) -> None:
    """Create and change infrastructure, and make anew what is gone. What apps run is left as it is; a new app starts on
    the bootstrap image.
    """
    from driver.core.platform import bring_up, healing, lasting, load_balancers, removal, taken_names
    from driver.core.platform.address_space import check_room
    from driver.core.platform.protection import let_go
    from driver.views.changes import approve, approve_leaving
    from driver.wiring import ground, live

    world = live(ctx.obj, env)
    check_room(world.settings)
    stack = world.stacks.read(env)
    lasting.check(world.settings, stack, ground(world))
    taken_names.check(world, stack)
    gone = removal.leaving(world, stack)
    ailing = healing.look(world, stack)
    if not dry_run:
        bring_up.check_finished(world)
    for line in [*ailing.lines, *load_balancers.moved(world.settings, stack), *removal.block(env, gone)]:
        console.say(line)
    # Every question comes before the first change: after a no to the last one all is as it was.
    if not dry_run:
        approve_leaving(gone, env, yes=yes)
    if dry_run or not yes:
        planned = removal.planned(world, stack, gone, console.say, refresh=refresh or bool(ailing.gone))
        if dry_run:
            _answer(world, planned, as_json=as_json)
            return
        approve(planned, env)
    with let_go(world, gone, console.say):
        changes = bring_up.bring_up(world, ailing, console.say, everything=refresh)
    _answer(world, changes, as_json=as_json)
    console.say(f"{env} is up. Look with `slipway status {env}`; undo by an earlier checkout and `slipway up {env}`.")


def _answer(world: "World", changes: "Sequence[Change]", *, as_json: bool) -> None:
    """What was or would be changed, and which scale of the settings is not."""
    from driver.core.drift.scale import staying
    from driver.views.changes import show
    from driver.wiring import shapes

    show(changes, as_json=as_json)
    for line in staying(world.settings, world.stacks.read(world.settings.env), shapes(world)):
        console.say(line)
