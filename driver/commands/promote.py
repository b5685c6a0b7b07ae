"""`slipway promote`: release in one environment the image that runs in another."""

from typing import Annotated

import typer

from driver import console
from driver.commands.deploy import release, world_of
from driver.views.completing import environments
from driver.views.options import App, Releasing, releasing

From = Annotated[
    str,
    typer.Argument(
        metavar="FROM_ENV", help="The environment whose image it is, such as staging.", autocompletion=environments
    ),
]
To = Annotated[
    str,
    typer.Argument(
        metavar="TO_ENV", help="The environment that it is released in, such as prod.", autocompletion=environments
    ),
]


@releasing
def run(ctx: typer.Context, from_env: From, to_env: To, app: App, *, options: Releasing) -> None:
    """Deploy to TO_ENV the image that APP's last good release in FROM_ENV runs, with TO_ENV's own config."""
    from driver.core.preflight.findings import parse_force
    from driver.core.release import promote
    from driver.errors import Interrupted, InvalidInput
    from driver.wiring import live

    overridden = parse_force(options.force or ())
    if from_env == to_env:
        raise InvalidInput(
            f"{from_env} is promoted to itself",
            hint=f"To release it again: slipway deploy {to_env} {app} --config-only",
        )
    world = world_of(ctx, to_env, app, options)
    good = promote.source(live(ctx.obj, from_env, needed=(app,)), app)
    commit = good.pin.source.commit if good.pin.source else None
    built = f", commit {commit[:10]}" if commit else ""
    console.say(f"{app} {good.version} runs in {from_env}: {good.tag or good.pin.digest[:19]}{built}")
    question = f"Promote {app} from {from_env} {good.version} to {to_env}?"
    asking = console.interactive() and not options.dry_run
    if asking and not console.confirm(question, yes=options.yes, instead="--yes"):
        raise Interrupted("nothing was changed")
    request = promote.request(from_env, good, no_rollback_past=options.no_rollback_past, force=overridden)
    release(world, request, f"promote {from_env} {good.version}", options)
