"""`slipway drift`: what somebody changed at ECS past Slipway."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.errors import InvalidInput
from driver.views.completing import apps
from driver.views.options import DryRun, Env, Json, LockWait, Message, Yes

if TYPE_CHECKING:
    from driver.core.drift.report import Ports, Report
    from driver.core.ports import World

One = Annotated[
    str | None,
    typer.Argument(
        metavar="[APP]", help="One app, as the catalogue names it; without it, all there is.", autocompletion=apps
    ),
]
Only = Annotated[str | None, typer.Option("--app", help="The same as APP.", autocompletion=apps)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Put everything back as it should be, and watch.")]
Adopt = Annotated[
    bool,
    typer.Option("--adopt", help="Make a release of what runs, and print the settings of the scale that is there."),
]


def run(
    ctx: typer.Context,
    env: Env,
    app: One = None,
    only: Only = None,
    overwrite: Overwrite = False,
    adopt: Adopt = False,
    message: Message = "",
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Compare what ENV is made of at AWS with the engine's state, the releases that apps are pinned to and the
    catalogue."""
    from driver.core.drift import drift
    from driver.core.drift.report import look
    from driver.wiring import drift_ports, live

    if adopt and overwrite:
        raise InvalidInput("--adopt and --overwrite exclude each other", hint="Use one, for one APP after the other.")
    name = _one_of(app, only)
    world = live(ctx.obj, env, message, needed=() if name is None else (name,))
    apps = list(world.settings.apps) if name is None else [_known(world, name)]
    ports = drift_ports(world)
    found = look(world, ports, apps, whole=name is None, say=console.say)
    _show(found, as_json=as_json)
    if not found.rows:
        return
    if dry_run or not (adopt or overwrite):
        raise drift.refusal(env, found.rows)
    if adopt:
        _adopt(world, ports, found, lock_wait, yes=yes)
    else:
        _overwrite(world, ports, found, lock_wait, yes=yes)


def _one_of(app: str | None, only: str | None) -> str | None:
    if app is not None and only is not None and app != only:
        raise InvalidInput(f"{app} and --app {only} are two apps", hint="Name one, or none for all.")
    return app if app is not None else only


def _known(world: "World", name: str) -> str:
    from driver.core.environment import app_of

    app_of(world.settings, name)
    return name


def _overwrite(world: "World", ports: "Ports", found: "Report", wait: float, *, yes: bool) -> None:
    """Raises HasDrifted for what is left: it is no matter of services that run."""
    from driver.core.drift import drift
    from driver.core.locking import held

    env, names = world.settings.env, found.overwritable
    left = [row for row in found.rows if row.app not in names]
    if names:
        _approve(f"Put back {', '.join(names)} in {env}?", yes=yes)
    for name in names:
        with held(world, name, "overwrite drift", wait, console.say):
            drift.overwrite(world, ports.shapes, name, console.say)
        rows = [row for row in found.rows if row.app == name and not row.overwritable]
        left += rows
        what = f"how the services of {name} are set up" if rows else name
        console.say(f"{what} in {env} is as it should be")
    if left:
        raise drift.refusal(env, left)


def _adopt(world: "World", ports: "Ports", found: "Report", wait: float, *, yes: bool) -> None:
    """Raises HasDrifted where the scale differs, until the settings say so, and for what is no matter of services."""
    from driver.core.drift import adopt as adoption
    from driver.core.drift import drift
    from driver.core.drift.report import again
    from driver.core.locking import held
    from driver.core.release.rollback import undo

    env = world.settings.env
    drifted = [row for row in found.apps if row.differences]
    names = [row.names.app for row in drifted]
    for row in drifted:
        adoption.check(row)
    if names:
        _approve(f"Adopt what {', '.join(names)} run in {env} as releases?", yes=yes)
    for name in names:
        with held(world, name, "adopt drift", wait, console.say):
            pin = adoption.adopt(world, ports.shapes, name, console.say)
        told = [] if pin is None else [f"{name} in {env} runs {pin.version}", undo(world, name, pin)]
        for line in filter(None, told):
            console.say(line)
    left = again(world, ports, found, names)
    if lines := adoption.lines(left.apps):
        console.say(f"To keep the scale that is there, add to Pulumi.{env}.yaml, under config:")
        for line in lines:
            console.say(line)
    if left.rows:
        raise drift.refusal(env, left.rows)


def _show(found: "Report", *, as_json: bool) -> None:
    """Raises EngineFailed where nothing differs of what could be looked at, but not all could."""
    from driver.errors import EngineFailed

    if as_json:
        console.answer_json([row.plain() for row in found.rows])
    elif found.rows:
        columns = ("name", "what", "should be", "is", "changed by", "what to type")
        console.table(columns, [row.row for row in found.rows])
    if found.failed and not found.rows:
        raise EngineFailed("could not look at everything: " + "\n".join(found.failed))
    for line in found.failed:
        console.say(f"could not look at everything: {line}")
    if not found.rows and not as_json:
        console.answer("no drift")


def _approve(question: str, *, yes: bool) -> None:
    from driver.errors import Interrupted

    if not console.confirm(question, yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
