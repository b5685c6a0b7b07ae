"""`slipway open`: an app in the browser."""

from typing import Annotated

import typer

from driver import console
from driver.views.options import App, Env, Json

Process = Annotated[
    str | None, typer.Option("--process", "-p", help="Which process, where several have a URL; else the first.")
]
Print = Annotated[bool, typer.Option("--print", help="Print the URL, and open nothing.")]


def run(
    ctx: typer.Context, env: Env, app: App, process: Process = None, only_print: Print = False, as_json: Json = False
) -> None:
    """Open the URL of APP in the browser of this machine; where there is none, print it."""
    import webbrowser

    from driver.core.observe.urls import url_of
    from driver.wiring import live

    url = url_of(live(ctx.obj, env, needed=(app,)), app, process)
    if as_json:
        console.answer_json({"app": app, "env": env, "url": url})
    elif only_print or not console.interactive() or not webbrowser.open(url):
        console.answer(url)
    else:
        console.say(f"opened {url}")
