"""`slipway top`: what an environment does right now, drawn anew in its place."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.completing import apps
from driver.views.options import Env, Json

if TYPE_CHECKING:
    from driver.core.observe.top import Board

OptionalApp = Annotated[str | None, typer.Argument(metavar="APP", help="One app alone.", autocompletion=apps)]
Once = Annotated[bool, typer.Option("--once", help="One look, and no more.")]
Interval = Annotated[
    int | None,
    typer.Option("--interval", min=1, max=3600, metavar="SECONDS", help="Between two looks; 5 if left out."),
]

EVERY = 5


def run(
    ctx: typer.Context,
    env: Env,
    app: OptionalApp = None,
    once: Once = False,
    interval: Interval = None,
    as_json: Json = False,
) -> None:
    """Show tasks, CPU, memory, requests, errors, queue and last release of all apps of ENV, live until Ctrl-C."""
    from driver.core.observe.top import Watcher
    from driver.errors import InvalidInput
    from driver.wiring import live, metrics

    if interval is not None and (once or as_json):
        raise InvalidInput(
            "--interval is for many looks, --once and --json are for one",
            hint="Leave --interval out, or the other one.",
        )
    world = live(ctx.obj, env, needed=() if app is None else (app,))
    watcher = Watcher(world, metrics(world), app)
    if as_json:
        console.answer_json(watcher.look().plain())
    elif once:
        from driver.views.top_page import sheet

        console.Sheets().show(sheet(watcher.look()))
    else:
        watch(watcher.look, console.Sheets(), interval or EVERY)


def watch(
    look: "Callable[[], Board]",
    sheets: console.Sheets,
    interval: int,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Look again and again until Ctrl-C, which is how this ends. A look that fails is told, but for the first one."""
    from driver.errors import DriverError
    from driver.views.top_page import sheet

    board = look()
    with sheets:
        try:
            while True:
                sheets.show(sheet(board))
                sleep(interval)
                try:
                    board = look()
                except DriverError as error:
                    sheets.show(sheet(board).noting(f"not looked at again: {error.message}"))
        except KeyboardInterrupt:
            return
