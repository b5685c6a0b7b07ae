"""`slipway preview`: what `slipway up` would change."""

import typer

from driver import console
from driver.commands.options import Env, Json


def run(ctx: typer.Context, env: Env, as_json: Json = False) -> None:
    """Show what `up` would change, and change nothing."""
    from driver.commands.changes import show
    from driver.core.ports import Update
    from driver.world import live

    world = live(ctx.obj, env)
    show(world.stacks.preview(Update(env=env, message="preview"), console.say), as_json=as_json)
