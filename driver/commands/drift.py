"""`slipway drift`: what somebody changed at ECS past Slipway."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.completing import apps
from driver.views.options import DryRun, Env, Json, LockWait, Message, Yes

if TYPE_CHECKING:
    from driver.core.drift.drift import Drifted
    from driver.core.drift.service_config import Shapes
    from driver.core.ports import World

Only = Annotated[str | None, typer.Option("--app", help="One app; without it, all.", autocompletion=apps)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Put everything back as it should be, and watch.")]
Adopt = Annotated[
    bool,
    typer.Option("--adopt", help="Make a release of what runs, and print the settings of the scale that is there."),
]


def run(
    ctx: typer.Context,
    env: Env,
    only: Only = None,
    overwrite: Overwrite = False,
    adopt: Adopt = False,
    message: Message = "",
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Compare each service of ENV at ECS with the release that its app is pinned to, the state and the catalogue."""
    from driver.core.drift import drift
    from driver.core.environment import app_of
    from driver.errors import InvalidInput
    from driver.wiring import live, shapes

    if adopt and overwrite:
        raise InvalidInput("--adopt and --overwrite exclude each other", hint="Use one, for one --app after the other.")
    world = live(ctx.obj, env, message)
    if only is not None:
        app_of(world.settings, only)
    port = shapes(world)
    found = drift.look(world, port, [only] if only is not None else list(world.settings.apps))
    _show(found, as_json=as_json)
    drifted = [row for row in found if row.differences]
    if not drifted:
        return
    if dry_run or not (adopt or overwrite):
        raise drift.refusal(env, found)
    if adopt:
        _adopt(world, port, drifted, lock_wait, yes=yes)
    else:
        _overwrite(world, port, drifted, lock_wait, yes=yes)


def _overwrite(world: "World", port: "Shapes", drifted: "Sequence[Drifted]", wait: float, *, yes: bool) -> None:
    from driver.core.drift import drift
    from driver.core.locking import held

    env, names = world.settings.env, [row.names.app for row in drifted]
    _approve(f"Put back {', '.join(names)} in {env}?", yes=yes)
    for name in names:
        with held(world, name, "overwrite drift", wait, console.say):
            drift.overwrite(world, port, name, console.say)
        console.say(f"{name} in {env} is as it should be")


def _adopt(world: "World", port: "Shapes", drifted: "Sequence[Drifted]", wait: float, *, yes: bool) -> None:
    """Raises HasDrifted where the scale differs, until the settings say so."""
    from driver.core.drift import adopt as adoption
    from driver.core.drift import drift
    from driver.core.locking import held
    from driver.core.release.rollback import undo

    env, names = world.settings.env, [row.names.app for row in drifted]
    for row in drifted:
        adoption.check(row)
    _approve(f"Adopt what {', '.join(names)} run in {env} as releases?", yes=yes)
    for name in names:
        with held(world, name, "adopt drift", wait, console.say):
            pin = adoption.adopt(world, port, name, console.say)
        if pin is not None:
            console.say(f"{name} in {env} runs {pin.version}")
            if line := undo(world, name, pin):
                console.say(line)
    left = drift.look(world, port, names)
    if lines := adoption.lines(left):
        console.say(f"To keep the scale that is there, add to Pulumi.{env}.yaml, under config:")
        for line in lines:
            console.say(line)
    if any(row.differences for row in left):
        raise drift.refusal(env, left)


def _show(found: "Sequence[Drifted]", *, as_json: bool) -> None:
    rows = [row for app in found for row in app.differences]
    if as_json:
        console.answer_json([row.plain() for row in rows])
    elif rows:
        console.table(("process", "what", "should be", "is", "changed by"), [row.row for row in rows])
    else:
        console.answer("no drift")


def _approve(question: str, *, yes: bool) -> None:
    from driver.errors import Interrupted

    if not console.confirm(question, yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
