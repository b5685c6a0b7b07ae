"""`slipway promote`: release in one environment the image that runs in another."""

from typing import Annotated

import typer

from driver import console
from driver.commands.deploy import Force, NoRollbackPast, release
from driver.commands.options import App, DryRun, Json, LockWait, Message, Prove, ReleaseTimeout, Timeout, Yes

From = Annotated[str, typer.Argument(metavar="FROM_ENV", help="The environment whose image it is, such as staging.")]
To = Annotated[str, typer.Argument(metavar="TO_ENV", help="The environment that it is released in, such as prod.")]


def run(
    ctx: typer.Context,
    from_env: From,
    to_env: To,
    app: App,
    message: Message = "",
    no_rollback_past: NoRollbackPast = False,
    timeout: Timeout = None,
    release_timeout: ReleaseTimeout = None,
    prove: Prove = False,
    force: Force = None,
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Deploy to TO_ENV the image that APP's last good release in FROM_ENV runs, with TO_ENV's own config."""
    from driver.core import promote
    from driver.core.findings import parse_force
    from driver.core.limits import within
    from driver.errors import Interrupted, InvalidInput
    from driver.world import live

    overridden = parse_force(force or ())
    if from_env == to_env:
        raise InvalidInput(
            f"{from_env} is promoted to itself", hint="To release it again: slipway deploy --config-only"
        )
    world = within(live(ctx.obj, to_env, message), timeout=timeout, release_timeout=release_timeout, prove=prove)
    good = promote.source(live(ctx.obj, from_env), app)
    commit = good.pin.source.commit if good.pin.source else None
    built = f", commit {commit[:10]}" if commit else ""
    console.say(f"{app} {good.version} runs in {from_env}: {good.tag or good.pin.digest[:19]}{built}")
    question = f"Promote {app} from {from_env} {good.version} to {to_env}?"
    if not dry_run and console.interactive() and not console.confirm(question, yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
    request = promote.request(from_env, good, no_rollback_past=no_rollback_past, force=overridden)
    release(world, request, f"promote {from_env} {good.version}", lock_wait=lock_wait, dry_run=dry_run, as_json=as_json)
