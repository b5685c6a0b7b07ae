"""What a shell completes: environments, apps, processes and releases. It is quick, and silent where it can't know."""

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

PATIENCE = 1.5
"""Seconds that a person waits for a release to be completed."""
NEWEST = 20
"""So many releases are offered."""


def environments(ctx: typer.Context, incomplete: str) -> list[str]:
    """The environments that have a stack file."""
    names = (path.name.split(".")[1] for path in _project(ctx).glob("Pulumi.*.yaml"))
    return sorted(name for name in names if name.startswith(incomplete))


def apps(ctx: typer.Context, incomplete: str) -> list[str]:
    """The apps of the catalogue."""
    return [name for name in _apps(ctx) if name.startswith(incomplete)]


def processes(ctx: typer.Context, incomplete: str) -> list[str]:
    """The processes of the app that was typed before, or of all where a shell does not say which it was."""
    known, typed = _apps(ctx), _typed(ctx, "app", "name")
    rows = [known[typed]] if typed in known else list(known.values())
    found = {str(name) for row in rows if isinstance(row, Mapping) for name in row.get("processes") or {}}
    return sorted(name for name in found if name.startswith(incomplete))


def releases(ctx: typer.Context, incomplete: str) -> list[str]:
    """The newest releases of the app that was typed before, newest first."""
    found: list[str] = []
    # A thread that AWS does not answer in time is left behind: it ends with the process.
    asking = threading.Thread(target=lambda: found.extend(_releases(ctx)), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    return [name for name in found if name.startswith(incomplete)]


def _releases(ctx: typer.Context) -> Iterable[str]:
    """Whatever goes wrong, there is nothing to offer."""
    with suppress(Exception):
        from driver.wiring import live

        world = live(_project(ctx), _typed(ctx, "env"), needed=())
        return [row.version for row in world.ledger.releases(_typed(ctx, "app", "name"), NEWEST)]
    return []


def _apps(ctx: typer.Context) -> Mapping[str, Any]:
    """The catalogue as it is written, unchecked: half of it may be there while somebody edits it."""
    with suppress(Exception):
        from driver.adapters.project.yaml_file import read_yaml

        config: Any = read_yaml(_project(ctx) / "Pulumi.yaml").get("config")
        found = config.get("apps") or config.get("slipway:apps")
        return found.get("value", found) if isinstance(found, Mapping) else {}
    return {}


def _project(ctx: typer.Context) -> Path:
    return Path(ctx.find_root().params.get("project") or Path())


def _typed(ctx: typer.Context, *names: str) -> str:
    return next((str(ctx.params[name]) for name in names if ctx.params.get(name)), "")
