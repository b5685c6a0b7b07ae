"""`slipway preview`: what `slipway up` would change."""

import typer

from driver import console
from driver.commands.options import Env, Json


def run(ctx: typer.Context, env: Env, as_json: Json = False) -> None:
    """Show what `up` would change, and change nothing."""
    from driver.commands.changes import show
    from driver.core import fronts, leaving
    from driver.core.ports import Update
    from driver.core.room import check_room
    from driver.core.staying import check_stays
    from driver.core.tiers import check_left
    from driver.world import live

    world = live(ctx.obj, env)
    check_room(world.settings)
    stack = world.stacks.read(env)
    check_stays(world.settings, stack)
    check_left(world.settings, stack)
    fronts.check_ports(world.settings, stack)
    leaving.check_preview(env, leaving.leaving(world, stack))
    show(world.stacks.preview(Update(env=env, message="preview"), console.say), as_json=as_json)
