"""`slipway status`: what an app shall run, and what it does run."""

import typer

from driver import console
from driver.commands.options import App, Env, Json


def run(ctx: typer.Context, env: Env, app: App, as_json: Json = False) -> None:
    """Show each process of APP as ECS describes it, and the URL of each web process."""
    from driver.core.status import read
    from driver.world import live

    status = read(live(ctx.obj, env), app)
    if as_json:
        console.answer_json(status.plain())
        return
    console.answer(f"{app} in {env}: {status.release}, {status.image}")
    rows = [(row.name, row.state, row.tasks, row.runs, row.targets, row.url) for row in status.processes]
    console.table(("process", "state", "tasks", "runs", "targets", "url"), rows)
