"""`slipway lock`: who changes an app now."""

from typing import Annotated

import typer

from driver import console
from driver.views.completing import apps
from driver.views.options import App, DryRun, Env, Json, Yes

app = typer.Typer(no_args_is_help=True, help="See who changes an app now, and end it where its owner is gone for good.")

OptionalApp = Annotated[
    str | None,
    typer.Argument(metavar="[APP]", help="The app; without it, the engine's lock on all of ENV.", autocompletion=apps),
]


@app.command("show")
def show(ctx: typer.Context, env: Env, name: App, as_json: Json = False) -> None:
    """Show who holds the lock of APP, since when and for what."""
    from driver.core.environment import app_of
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(name,))
    app_of(world.settings, name)
    lock = world.locks.read(name)
    if as_json:
        console.answer_json(None if lock is None else lock.model_dump(mode="json", exclude={"nonce"}))
    elif lock is None:
        console.answer(f"nobody changes {name} in {env}")
    else:
        console.answer(f"{lock.holder}: {lock.message}")


@app.command("release")
def release(ctx: typer.Context, env: Env, name: OptionalApp = None, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Take the lock of APP from its owner, who stops at the next step if it is still there; without APP, the engine's
    lock on all of ENV from a process that is gone for good.
    """
    from driver.core.environment import app_of
    from driver.errors import Busy, Interrupted
    from driver.wiring import live

    if name is None:
        _release_engine(ctx, env, dry_run=dry_run, yes=yes)
        return
    world = live(ctx.obj, env, needed=(name,))
    app_of(world.settings, name)
    lock = world.locks.read(name)
    if lock is None:
        console.answer(f"nobody changes {name} in {env}")
        return
    if dry_run:
        console.answer(f"{lock.owner} would lose the lock of {name} in {env} ({lock.message}); nothing was changed")
        return
    question = f"Take the lock of {name} in {env} from {lock.owner} ({lock.message})?"
    if not console.confirm(question, yes=yes, instead=f"slipway lock release {env} {name} --yes"):
        raise Interrupted("nothing was changed")
    taken = world.locks.take(lock.model_copy(update={"owner": world.who, "message": "lock release"}), lock)
    if taken is None:
        raise Busy(
            f"the lock of {name} changed meanwhile: its owner is alive",
            hint=f"Look again: slipway lock show {env} {name}",
        )
    world.locks.free(taken)
    console.answer(f"the lock of {name} in {env} is free")


def _release_engine(ctx: typer.Context, env: str, *, dry_run: bool, yes: bool) -> None:
    """Raises Busy where its holder runs on this machine, Interrupted when the answer is no."""
    from driver.errors import Interrupted
    from driver.wiring import live

    stacks = live(ctx.obj, env, needed=()).stacks
    holder = stacks.holder(env)
    if not holder:
        console.answer(f"nobody changes {env}")
        return
    if dry_run:
        console.answer(f"{holder} would lose the engine's lock on {env}; nothing was changed")
        return
    console.say("if that process still runs, two engines write one state: be sure that it is gone")
    question = f"Take the engine's lock on {env} from {holder}?"
    if not console.confirm(question, yes=yes, instead=f"slipway lock release {env} --yes"):
        raise Interrupted("nothing was changed")
    stacks.unlock(env)
    console.answer(f"the engine's lock on {env} is free")
    console.say(f"What was under way is gone on with by: slipway up {env}")
