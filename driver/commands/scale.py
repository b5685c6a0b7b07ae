"""`slipway scale`: how many tasks the processes of an app have."""

from typing import Annotated

import typer

from driver import console
from driver.views.options import App, DryRun, Env, Json, LockWait, Yes

Wishes = Annotated[list[str], typer.Argument(metavar="PROCESS=N|MIN:MAX...", help="web=3, or web=2:6 for a range.")]


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    wishes: Wishes,
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Give processes of APP a number of tasks, or the range within which they scale themselves. It is not a release."""
    from driver.core.drift import scale
    from driver.core.environment import app_of
    from driver.core.locking import held
    from driver.errors import Interrupted
    from driver.wiring import live, shapes

    world = live(ctx.obj, env, needed=(app,))
    spec, names = app_of(world.settings, app), world.settings.names(app)
    wanted, port = scale.parse(spec, wishes), shapes(world)
    services = [names.process(process).service for process in wanted]
    changes = scale.plan(names, spec, wanted, port.read(env, services))
    lines = [change.line for change in changes]
    if changes and not dry_run:
        question = f"Scale {app} in {env}: {'; '.join(lines)}?"
        if console.interactive() and not console.confirm(question, yes=yes, instead="--yes"):
            raise Interrupted("nothing was changed")
        with held(world, app, f"scale {', '.join(wishes)}", lock_wait, console.say):
            for change in changes:
                port.put(env, change.service, change.wanted, change.aspects)
    if as_json:
        console.answer_json({"app": app, "env": env, "changes": lines, "done": bool(changes) and not dry_run})
        return
    console.answer("\n".join(lines) if lines else f"{app} in {env} has that scale already")
    if changes:
        undo = f"slipway scale {env} {app} {' '.join(change.undo for change in changes)}"
        console.say("nothing was changed" if dry_run else f"Back with: {undo}")
