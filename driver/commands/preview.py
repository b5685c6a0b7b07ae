"""`slipway preview`: what `slipway up` would change."""

import typer

from driver.views.options import Env, Json, Refresh


def run(ctx: typer.Context, env: Env, refresh: Refresh = False, as_json: Json = False) -> None:
    """Show what `up` would change, and change nothing."""
    from driver.commands import up

    up.run(ctx, env, dry_run=True, refresh=refresh, as_json=as_json)
