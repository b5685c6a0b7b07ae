"""Maintenance: the load balancer answers for an app, by a rule that stands before the app's own.

The rule is none of the program's, so no `up`, deploy or rollback takes it away. It goes with its listener.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from driver.core.environment import app_of
from driver.core.ports import World
from driver.core.ports.gates import Gates, Page, Way
from driver.core.values.checkpoint import Resource
from driver.errors import InvalidInput, NotFound, NotReady
from model.names.pulumi_types import LISTENER, LISTENER_RULE

MOST = 1024
"""Characters of a page: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html"""
KINDS = {".html": "text/html", ".htm": "text/html", ".txt": "text/plain", ".json": "application/json"}
USUAL = Page(
    body="<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Maintenance</title><style>body{font:1.1rem system-ui,sans-serif;max-width:32rem;margin:20vh auto;"
    "padding:0 1rem}</style><h1>Back soon</h1><p>We are at work on this site. Please come back in a little while."
)


def page_of(name: str, text: str) -> Page:
    """A page from a file. Raises InvalidInput."""
    kind = next((kind for end, kind in KINDS.items() if name.lower().endswith(end)), None)
    if kind is None:
        raise InvalidInput(f"{name} is no page", hint=f"It has to end with one of {', '.join(KINDS)}.")
    if len(text) > MOST:
        raise InvalidInput(f"{name} has {len(text)} characters, and a load balancer takes {MOST} at most")
    return Page(body=text, kind=kind)


def ways(world: World, app: str) -> tuple[Way, ...]:
    """How requests reach the app. Raises NotFound where none do, NotReady where it is not up."""
    app_of(world.settings, app)
    env = world.settings.env
    stack = world.stacks.read(env)
    if stack.app(app) is None:
        raise NotReady(f"{app} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    found = tuple(way for row in stack.parts(app) if (way := _way(app, row)) is not None)
    if not found:
        raise NotFound(f"no process of {app} takes requests", hint="Only one that has a port can be in maintenance.")
    return found


def turn_on(gates: Gates, found: tuple[Way, ...], page: Page) -> None:
    """Have the load balancer answer on every way."""
    for way in found:
        gates.close(way, page)


def turn_off(gates: Gates, found: tuple[Way, ...]) -> bool:
    """Let requests through on every way; whether any was closed."""
    return any([gates.open(way) for way in found])


def _way(app: str, row: Resource) -> Way | None:
    """A rule of the app on a shared load balancer, or a listener that leads to it and nowhere else."""
    process = row.name.removeprefix(f"{app}.").removesuffix(".https")
    if row.kind == LISTENER_RULE:
        return Way(
            process=process,
            listener=row.output("listenerArn"),
            hosts=tuple(_hosts(row.outputs)),
            below=int(float(str(row.outputs.get("priority", 0)))),
        )
    if row.kind == LISTENER and any(one.get("type") == "forward" for one in _rows(row.outputs.get("defaultActions"))):
        return Way(process=process, listener=row.output("arn") or row.output("id"))
    return None


def _hosts(outputs: Mapping[str, object]) -> Iterator[str]:
    for condition in _rows(outputs.get("conditions")):
        header = condition.get("hostHeader")
        if isinstance(header, Mapping):
            yield from (str(value) for value in header.get("values") or ())


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
