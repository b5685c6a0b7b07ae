"""`slipway backdoor`: a task of an app to look around in, inside the private network."""

import shutil

import typer

from driver import console
from driver.views.options import App, DryRun, Env, Json

PLUGIN = "session-manager-plugin"

app = typer.Typer(no_args_is_help=True, help="Open a task on what an app runs, to look around in, and close it again.")


@app.command("open")
def open_(ctx: typer.Context, env: Env, name: App, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Start the backdoor of APP, wait until it runs, and print how to get in."""
    from driver.core.observe import backdoor
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(name,))
    if dry_run:
        service = backdoor.service_of(world, name)
        facts = {"app": name, "env": env, "service": service, "dry_run": True}
        console.reply(f"{service} in {env} would get one task; nothing was changed", facts, as_json=as_json)
        return
    found = backdoor.ways(world, name, backdoor.open_up(world, name, console.say))
    if as_json:
        console.answer_json(found)
        return
    console.answer("\n".join(f"{what}: {text}" for what, text in found.items()))
    if "session" in found and shutil.which(PLUGIN) is None:
        console.say(f"A session needs AWS's {PLUGIN}, which is not on this machine")
    console.say(f"It stays open, and costs, until: slipway backdoor close {env} {name}")


@app.command("close")
def close(ctx: typer.Context, env: Env, name: App, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Stop the backdoor of APP."""
    from driver.core.observe import backdoor
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(name,))
    service = backdoor.service_of(world, name)
    facts = {"app": name, "env": env, "service": service, "dry_run": dry_run}
    if dry_run:
        console.reply(f"{service} in {env} would get no task; nothing was changed", facts, as_json=as_json)
        return
    backdoor.close(world, name)
    console.reply(f"the backdoor of {name} in {env} is closed", facts, as_json=as_json)
