"""`slipway destroy`: take an environment down."""

from typing import TYPE_CHECKING

import typer

from driver import console
from driver.views.options import DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from driver.core.ports import Change, World
    from driver.core.values.checkpoint import StackState


def run(ctx: typer.Context, env: Env, yes: Yes = False, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Remove an environment but its image repositories and log archive. Where `protect` is on, nothing is removed."""
    from driver.core.platform import ending, removal
    from driver.errors import Interrupted
    from driver.views.changes import show
    from driver.wiring import drift_ports, live

    world = live(ctx.obj, env)
    state = world.stacks.read(env)
    removal.check_held(env, state, console.say)
    planned = removal.destroyed(state)
    if not planned:
        console.say(f"Nothing of {env} is there to be destroyed.")
        show([], as_json=as_json)
        return
    running = ending.running(world)
    for line in [*ending.unknown(world, drift_ports(world).inventory, state), *running.block]:
        console.say(line)
    if dry_run:
        show(planned, as_json=as_json)
        return
    question = f"Delete {len(planned)} resources of {env}{running.question}?"
    if not console.confirm(question, yes=yes, instead=f"If that is meant: slipway destroy {env} --yes"):
        raise Interrupted("nothing was changed")
    ending.stop(world, running, console.say)
    show(_destroyed(world), as_json=as_json)
    _tell_left(env, world.stacks.read(env))


def _destroyed(world: "World") -> "Sequence[Change]":
    """What was deleted. Raises EngineFailed, which says how to go on where the environment is half gone."""
    from driver.errors import EngineFailed

    env = world.settings.env
    try:
        return world.stacks.destroy(env, console.say)
    except EngineFailed as error:
        ways = f"{env} is half gone: `slipway destroy {env}` goes on from here, `slipway up {env}` makes it whole."
        raise EngineFailed(error.message, hint=f"{error.hint} {ways}".strip()) from error


def _tell_left(env: str, state: "StackState") -> None:
    """What is there still, a line each."""
    left = [row for row in state.resources if row.kind.startswith("aws:")]
    console.say(f"Left in {env}, because it outlives environments:" if left else f"Nothing of {env} is left.")
    for row in left:
        console.say(f"  {row.word} {row.name}")
    console.say(f"Task definitions stay registered, and cost nothing. `slipway up {env}` brings the environment back.")
