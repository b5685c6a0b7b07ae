"""`slipway destroy`: take an environment down."""

import typer

from driver import console
from driver.commands.options import DryRun, Env, Json, Yes


def run(ctx: typer.Context, env: Env, yes: Yes = False, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Remove everything of an environment but what is protected: image repositories, and in prod the services."""
    from driver.commands.changes import show
    from driver.errors import Interrupted
    from driver.world import live

    world = live(ctx.obj, env)
    state = world.stacks.read(env)
    count = sum(row.kind.startswith("aws:") for row in state.resources)
    if dry_run:
        console.answer(f"would delete {count} resources of {env}, the protected ones excepted")
        return
    question = f"Delete {count} resources of {env}?"
    if not console.confirm(question, yes=yes, instead=f"If that is meant: slipway destroy {env} --yes"):
        raise Interrupted("nothing was changed")
    changes = world.stacks.destroy(env, console.say)
    show(changes, as_json=as_json)
    left = [row.name for row in world.stacks.read(env).resources if row.kind.startswith("aws:")]
    console.say(f"Left, because it is protected: {', '.join(left)}." if left else f"Nothing of {env} is left.")
    console.say(f"Task definitions stay registered, and cost nothing. `slipway up {env}` brings the environment back.")
