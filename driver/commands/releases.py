"""`slipway releases`: which releases an app has had."""

from typing import TYPE_CHECKING

import typer

from driver import console
from driver.commands.options import App, Env, Json

if TYPE_CHECKING:
    from driver.core.story import Entry


def run(ctx: typer.Context, env: Env, app: App, as_json: Json = False) -> None:
    """List the releases of APP, newest first; the one marked with * is what it shall run now."""
    from driver.core import story
    from driver.core.catalogue import app_of
    from driver.world import live

    world = live(ctx.obj, env)
    app_of(world.settings, app)
    entries = story.releases(app, world.stacks.history(env))
    state = world.stacks.read(env).app(app)
    current = state.pin.release if state is not None else -1
    if as_json:
        console.answer_json([_plain(entry, current) for entry in entries])
        return
    rows = [_row(entry, current) for entry in entries]
    console.table(("release", "image", "config", "kind", "commit", "when"), rows)


def _plain(entry: "Entry", current: int) -> dict[str, object]:
    return {**entry.pin.plain(), "at": entry.at, "current": entry.pin.release == current}


def _row(entry: "Entry", current: int) -> tuple[str, ...]:
    pin = entry.pin
    return (
        f"{pin.version}{'*' if pin.release == current else ''}",
        pin.digest[:19] or "bootstrap",
        (pin.config or "-")[:12],
        "going back" if pin.tasks else "deploy",
        (pin.source.commit or "-")[:10] if pin.source else "-",
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
    )
