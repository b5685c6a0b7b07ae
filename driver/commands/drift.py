"""`slipway drift`: what somebody changed at ECS past Slipway."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.commands.options import DryRun, Env, Json, LockWait, Yes

if TYPE_CHECKING:
    from driver.core.drift import Drifted

Only = Annotated[str | None, typer.Option("--app", help="One app; without it, all.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Put everything back as it should be, and watch.")]


def run(
    ctx: typer.Context,
    env: Env,
    only: Only = None,
    overwrite: Overwrite = False,
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Compare each service of ENV at ECS with the release that its app is pinned to, the state and the catalogue."""
    from driver.core import drift
    from driver.core.catalogue import app_of
    from driver.core.locking import held
    from driver.world import live, shapes

    world = live(ctx.obj, env)
    if only is not None:
        app_of(world.settings, only)
    port = shapes(world)
    found = drift.look(world, port, [only] if only is not None else list(world.settings.apps))
    _show(found, as_json=as_json)
    names = [row.names.app for row in found if row.differences]
    if not names:
        return
    if not overwrite or dry_run:
        raise drift.refusal(env, found)
    _approve(env, names, yes=yes)
    for name in names:
        with held(world, name, "overwrite drift", lock_wait, console.say):
            drift.overwrite(world, port, name, console.say)
        console.say(f"{name} in {env} is as it should be")


def _show(found: "Sequence[Drifted]", *, as_json: bool) -> None:
    rows = [row for app in found for row in app.differences]
    if as_json:
        console.answer_json([row.plain() for row in rows])
    elif rows:
        console.table(("process", "what", "should be", "is", "changed by"), [row.row for row in rows])
    else:
        console.answer("no drift")


def _approve(env: str, names: "Sequence[str]", *, yes: bool) -> None:
    from driver.errors import Interrupted

    if not console.confirm(f"Put back {', '.join(names)} in {env}?", yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
