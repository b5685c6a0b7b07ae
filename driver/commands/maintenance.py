"""`slipway maintenance`: the load balancer answers for an app."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.options import App, DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from driver.core.ports.gates import Page

app = typer.Typer(
    no_args_is_help=True, help="Have the load balancer answer with 503 in the place of an app, and end it."
)
PageFile = Annotated[
    Path | None, typer.Option("--page", help="What is answered: .html, .txt or .json, 1024 characters at most.")
]


@app.command("on")
def on(
    ctx: typer.Context,
    env: Env,
    name: App,
    page: PageFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Answer every request for APP with 503 and a page, at once; its tasks go on. Nothing but `off` takes it back."""
    from driver.core.platform import maintenance
    from driver.errors import Interrupted
    from driver.wiring import gates, live

    shown = maintenance.USUAL if page is None else _read(page)
    world = live(ctx.obj, env, needed=(name,))
    ways = maintenance.ways(world, name)
    processes = ", ".join(way.process for way in ways)
    if dry_run:
        facts = {"app": name, "env": env, "maintenance": True, "dry_run": True}
        console.reply(f"{processes} of {name} would answer with 503; nothing was changed", facts, as_json=as_json)
        return
    question = f"Answer every request for {name} in {env} with 503?"
    if console.interactive() and not console.confirm(question, yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
    maintenance.turn_on(gates(world), ways, shown)
    facts = {"app": name, "env": env, "maintenance": True}
    console.reply(f"{name} in {env} is in maintenance: {processes} answers with 503", facts, as_json=as_json)
    console.say(f"Back with: slipway maintenance off {env} {name}")


@app.command("off")
def off(ctx: typer.Context, env: Env, name: App, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Let requests reach APP again."""
    from driver.core.platform import maintenance
    from driver.wiring import gates, live

    world = live(ctx.obj, env, needed=(name,))
    ways = maintenance.ways(world, name)
    if dry_run:
        facts = {"app": name, "env": env, "maintenance": False, "dry_run": True}
        console.reply(f"requests would reach {name} in {env}; nothing was changed", facts, as_json=as_json)
        return
    was = maintenance.turn_off(gates(world), ways)
    facts = {"app": name, "env": env, "maintenance": False, "changed": was}
    text = f"requests reach {name} in {env} again" if was else f"{name} in {env} was not in maintenance"
    console.reply(text, facts, as_json=as_json)


@app.command("status")
def status(ctx: typer.Context, env: Env, name: App, as_json: Json = False) -> None:
    """Show whether APP is in maintenance, process by process."""
    from driver.core.platform import maintenance
    from driver.wiring import gates, live

    world = live(ctx.obj, env, needed=(name,))
    port = gates(world)
    found = {way.process: port.closed(way) for way in maintenance.ways(world, name)}
    if as_json:
        console.answer_json({"app": name, "env": env, "processes": found})
        return
    for process, closed in found.items():
        console.answer(f"{process}: {'in maintenance' if closed else 'takes requests'}")


def _read(page: Path) -> "Page":
    from driver.core.platform.maintenance import page_of
    from driver.errors import InvalidInput

    try:
        return page_of(page.name, page.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise InvalidInput(f"{page} is not UTF-8") from None
    except OSError as error:
        raise InvalidInput(f"{page} can't be read: {error.strerror}") from None
