"""`slipway ps`: the tasks of an app that run now, one by one."""

from typing import Annotated

import typer

from driver import console
from driver.views.completing import processes
from driver.views.options import App, Env, Json

ProcessOption = Annotated[
    str | None, typer.Option("--process", "-p", help="One process; without it, all.", autocompletion=processes)
]


def run(ctx: typer.Context, env: Env, app: App, process: ProcessOption = None, as_json: Json = False) -> None:
    """List the tasks of APP that run now: since when, on which release, how big and where.

    `slipway status` tells beside it what each process shall run.
    """
    from driver.core.environment import process_of
    from driver.core.observe import tasks
    from driver.views.spans import span
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(app,))
    if process is not None:
        process_of(world.settings, app, process)
    found = tasks.read(world, app, process)
    if as_json:
        console.answer_json([row.plain() for row in found])
        return
    if not found:
        console.answer(f"{process or app} has no task in {env}. What it shall run: slipway status {env} {app}")
        return
    now = world.clock.utc()
    rows = [
        (
            row.name if row.service else f"{row.name} (one-off)",
            row.state,
            "-" if row.since is None else span(now - row.since),
            row.release or row.runs,
            f"{row.cpu / 1024:g} vCPU, {row.memory} MiB",
            f"{row.address or '-'} {row.zone}".strip(),
        )
        for row in found
    ]
    console.table(("task", "state", "for", "release", "size", "where"), rows)
