"""`slipway events`: what happened to an environment or an app, in order."""

from datetime import timedelta
from typing import Annotated

import typer

from driver import console
from driver.views.completing import apps
from driver.views.options import Env, Json

OptionalApp = Annotated[
    str | None, typer.Argument(metavar="APP", help="One app; without it, all of ENV.", autocompletion=apps)
]
Since = Annotated[str, typer.Option("--since", help="How far back: 30m, 2h, 7d. ECS's events are kept for 30 days.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="The latest so many.")]


def run(
    ctx: typer.Context,
    env: Env,
    app: OptionalApp = None,
    since: Since = "1h",
    limit: Limit = 200,
    as_json: Json = False,
) -> None:
    """Show what happened: tasks that started and ended and why, deployments of ECS, and releases; oldest first."""
    from driver.core.environment import app_of
    from driver.core.observe import told
    from driver.core.values.moments import moment
    from driver.views.spans import seconds
    from driver.wiring import live

    back = timedelta(seconds=seconds(since))
    world = live(ctx.obj, env, needed=(app,) if app else ())
    if app is not None:
        app_of(world.settings, app)
    found = told.read(world, world.clock.utc() - back, app)[-limit:]
    if as_json:
        console.answer_json([row.plain() for row in found])
    elif not found:
        console.answer(f"nothing happened in {env} in the last {since}")
    else:
        rows = [(moment(row.at), row.about if app else f"{row.app} {row.about}", row.text) for row in found]
        console.table(("at", "what", "told"), rows)
