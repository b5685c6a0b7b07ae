"""`slipway destroy`: take an environment down."""

from typing import TYPE_CHECKING

import typer

from driver import console
from driver.views.options import DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from driver.core.values.checkpoint import StackState


def run(ctx: typer.Context, env: Env, yes: Yes = False, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Remove an environment but its image repositories and log archive. Where `protect` is on, nothing is removed."""
    from driver.core.platform import removal
    from driver.errors import Interrupted
    from driver.views.changes import show
    from driver.wiring import live

    world = live(ctx.obj, env)
    state = world.stacks.read(env)
    removal.check_held(env, state, console.say)
    planned = removal.destroyed(state)
    if not planned:
        console.say(f"Nothing of {env} is there to be destroyed.")
        show([], as_json=as_json)
        return
    if dry_run:
        show(planned, as_json=as_json)
        return
    question = f"Delete {len(planned)} resources of {env}?"
    if not console.confirm(question, yes=yes, instead=f"If that is meant: slipway destroy {env} --yes"):
        raise Interrupted("nothing was changed")
    changes = world.stacks.destroy(env, console.say)
    show(changes, as_json=as_json)
    _tell_left(env, world.stacks.read(env))


def _tell_left(env: str, state: "StackState") -> None:
    """What is there still, a line each."""
    left = [row for row in state.resources if row.kind.startswith("aws:")]
    console.say(f"Left in {env}, because it outlives environments:" if left else f"Nothing of {env} is left.")
    for row in left:
        console.say(f"  {row.word} {row.name}")
    console.say(f"Task definitions stay registered, and cost nothing. `slipway up {env}` brings the environment back.")
