"""`slipway stats`: how often a team ships, how soon, how well, and how quickly it mends: DORA's five."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from driver import console
from driver.views.completing import apps
from driver.views.options import Env, Json

OptionalApp = Annotated[
    str | None, typer.Argument(metavar="APP", help="One app; without it, all of ENV.", autocompletion=apps)
]
Since = Annotated[str, typer.Option("--since", help="How far back: 30d, 12w.")]
Sources = Annotated[
    list[Path] | None,
    typer.Option("--path", help="A folder with the repository of an app, for lead times; several may be given."),
]
Within = Annotated[
    str, typer.Option("--within", help="How soon a rollback tells of a failure, and a deploy repairs one: 24h.")
]
Svg = Annotated[Path | None, typer.Option("--svg", help="Write a chart to this file too.")]


class Period(StrEnum):
    """How long each bar of the chart stands for; not a calendar's week, but the last seven days, and those before."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


DAYS = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 30}
By = Annotated[Period, typer.Option("--by", help="One bar for each day, week or 30 days.")]


def run(
    ctx: typer.Context,
    env: Env,
    app: OptionalApp = None,
    since: Since = "90d",
    by: By = Period.WEEK,
    within: Within = "24h",
    path: Sources = None,
    svg: Svg = None,
    as_json: Json = False,
) -> None:
    """Show DORA's five measures of ENV from its ledger, and how each is counted.

    Lead times need the app's commits: of the repository that the current folder is in, or of those of --path.
    """
    from driver.adapters.project import git
    from driver.core.environment import app_of
    from driver.core.stats.measures import rules
    from driver.core.stats.report import Asked, report
    from driver.views.spans import seconds
    from driver.views.stats.chart import svg as chart
    from driver.views.stats.page import page
    from driver.views.writing import write
    from driver.wiring import live

    back, window = timedelta(seconds=seconds(since)), timedelta(seconds=seconds(within))
    world = live(ctx.obj, env, needed=(app,) if app else ())
    if app is not None:
        app_of(world.settings, app)
    releases = {name: world.ledger.releases(name) for name in ([app] if app else world.settings.apps)}
    history = {name: one for folder in path or [Path()] for name, one in git.history(folder).items()}
    now = world.clock.utc()
    asked = Asked(since=now - back, until=now, period=timedelta(days=DAYS[by]), window=window)
    found = report(releases, history, asked)
    if svg is not None:
        write(chart(env, found.every, found.periods), svg)
    if as_json:
        console.answer_json({"env": env, **found.plain(), "rules": rules(within)})
    else:
        console.answer(page(env, found, within))
