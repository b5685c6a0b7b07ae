"""`slipway status`: what the apps of an environment shall run, and what they do run."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.completing import apps
from driver.views.options import Env, Json

if TYPE_CHECKING:
    from driver.core.ports import World

OptionalApp = Annotated[
    str | None, typer.Argument(metavar="APP", help="One app, process by process.", autocompletion=apps)
]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Look again every few seconds, until Ctrl-C.")]

EVERY = 5.0
"""Seconds between two looks."""


def run(ctx: typer.Context, env: Env, app: OptionalApp = None, watch: Watch = False, as_json: Json = False) -> None:
    """Show all apps of ENV, or each process of APP as ECS describes it; and the URL of each web process."""
    from driver.errors import InvalidInput
    from driver.wiring import live

    if watch and as_json:
        raise InvalidInput("--watch and --json exclude each other", hint="Ask again as often as you like with --json.")
    world = live(ctx.obj, env, needed=() if app is None else (app,))
    if watch:
        watch_on(lambda: _text(world, app))
    elif as_json:
        console.answer_json(_plain(world, app))
    else:
        console.answer(_text(world, app))


def watch_on(look: Callable[[], str], sleep: Callable[[float], None] = time.sleep) -> None:
    """The newest look in the place of the last one; where there is no terminal, one after the other as they differ."""
    before = ""
    while True:
        text = look()
        if text != before:
            console.replace(text)
        before = text
        sleep(EVERY)


def _plain(world: "World", app: str | None) -> object:
    from driver.core.observe import overview, status

    return [row.plain() for row in overview.read(world)] if app is None else status.read(world, app).plain()


def _text(world: "World", app: str | None) -> str:
    from driver.core.observe import overview, status

    if app is None:
        lines = [(row.app, row.release, row.state, row.counts, row.url) for row in overview.read(world)]
        return console.columns(("app", "release", "state", "tasks", "url"), lines)
    found = status.read(world, app)
    rows = [(row.name, row.state, row.tasks, row.runs, row.targets, row.url) for row in found.processes]
    head = f"{app} in {found.env}: {found.release}, {found.image}"
    return f"{head}\n{console.columns(('process', 'state', 'tasks', 'runs', 'targets', 'url'), rows)}"
