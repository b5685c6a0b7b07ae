"""`slipway alarms`: who hears of alarms."""

import typer

from driver import console
from driver.views.options import DryRun, Env, Json

app = typer.Typer(no_args_is_help=True, help="Say where the chats and pagers are that hear of alarms.")


@app.callback()
def alarms() -> None:
    """Keeps `publish` a command of its own while it is the only one."""


@app.command("publish")
def publish(ctx: typer.Context, env: Env, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Copy the addresses of the hooks from Vault to where the function that tells them reads them."""
    from driver.core.observe.alarm_addresses import addresses, path, refusal
    from driver.errors import NotReady
    from driver.wiring import live
    from model.names.names import alarm_secret

    world = live(ctx.obj, env, needed=())
    settings = world.settings
    if not settings.alarms.hooks:
        raise NotReady(f"{env} has no hooks", hint=f"Name them under slipway:alarms, and run `slipway up {env}`.")
    config = world.vault.find(settings.vault.mount, path(env))
    if config is None:
        mount, hook = settings.vault.mount, settings.alarms.hooks[0].name
        raise NotReady(
            f"there are no addresses at {mount}/{path(env)} in Vault",
            hint=f"Write one, from standard input: vault kv put -mount={mount} {path(env)} {hook}=-",
        )
    found, wrong = addresses(settings.alarms.hooks, config)
    if found and not dry_run:
        world.secrets.replace(alarm_secret(env), found)
    text = f"{'would publish' if dry_run else 'published'} the address of {', '.join(found) or 'no hook'}"
    facts = {"env": env, "published": list(found), "wrong": wrong, "dry_run": dry_run}
    console.reply(text, facts, as_json=as_json)
    if wrong:
        raise refusal(settings.vault.mount, config, wrong)
