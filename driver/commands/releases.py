"""`slipway releases`: which releases an app has had, and what became of them."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.commands.options import App, Env, Json

if TYPE_CHECKING:
    from driver.core.ledger import Release

Limit = Annotated[int, typer.Option("--limit", min=1, help="So many releases at most.")]


def run(ctx: typer.Context, env: Env, app: App, limit: Limit = 20, as_json: Json = False) -> None:
    """List the releases of APP, newest first; the one marked with * is what it shall run now."""
    from driver.core import ledger
    from driver.core.catalogue import app_of
    from driver.world import live

    world = live(ctx.obj, env)
    app_of(world.settings, app)
    releases = world.ledger.releases(app, limit)
    good = ledger.last_good(releases)
    current = -1 if good is None else good.number
    if as_json:
        console.answer_json([{**_plain(row), "current": row.number == current} for row in releases])
        return
    rows = [_row(row, current) for row in releases]
    console.table(("release", "verdict", "kind", "image", "config", "commit", "when", "who"), rows)


def _plain(row: "Release") -> dict[str, object]:
    return {**row.pin.plain(), **row.model_dump(mode="json", exclude={"app", "pin"})}


def _row(row: "Release", current: int) -> tuple[str, ...]:
    pin = row.pin
    return (
        f"{pin.version}{'*' if row.number == current else ''}",
        row.verdict,
        f"{row.kind} to v{row.copies}" if row.copies else row.kind,
        row.tag or pin.digest[:19] or "bootstrap",
        (pin.config or "-")[:12],
        (pin.source.commit or "-")[:10] if pin.source else "-",
        f"{row.started:%Y-%m-%d %H:%M:%S}",
        row.who,
    )
