"""What AWS has under the names that Slipway derives, whatever the engine's state knows of it."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from driver.core.values.checkpoint import StackState
from model.names.pulumi_types import LOG_GROUP, SECRET, SERVICE
from model.settings.environment import Settings


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something that an app should have: its type token, its name in the program, and its name at AWS."""

    app: str
    process: str
    kind: str
    logical: str
    name: str


class Inventory(Protocol):
    """Both methods raise Unreachable, Expired."""

    def there(self, env: str, kind: str, names: Collection[str]) -> Collection[str]:
        """Those among these names of one type that AWS has; secrets that are being deleted are not."""

    def changed(self, kind: str, name: str, *, gone: bool) -> str:
        """Who deleted or changed a resource, given by its id, and when; empty where that is not known."""


def lost(settings: Settings, stack: StackState, port: Inventory, apps: Collection[str]) -> Sequence[Named]:
    """What AWS has under our names while the state does not have it. AWS is asked about what the state lacks only."""
    known = {(row.kind, row.name) for row in stack.resources}
    missing = [one for app in apps for one in named(settings, app) if (one.kind, one.logical) not in known]
    found: list[Named] = []
    for kind in sorted({one.kind for one in missing}):
        mine = [one for one in missing if one.kind == kind]
        there = port.there(settings.env, kind, [one.name for one in mine])
        found += [one for one in mine if one.name in there]
    return found


def named(settings: Settings, app: str) -> Iterator[Named]:
    """What an app has under a name that is derived from its own."""
    names, spec = settings.names(app), settings.apps[app]
    yield Named(app=app, process="", kind=SECRET, logical=app, name=names.secret)
    for process in spec.processes:
        one = names.process(process)
        yield Named(app=app, process=process, kind=LOG_GROUP, logical=one.logical, name=one.log_group)
        if process in spec.services or spec.processes[process] is spec.backdoor:
            yield Named(app=app, process=process, kind=SERVICE, logical=one.logical, name=one.service)


def word(kind: str) -> str:
    """A type token in words: `log group`."""
    if kind.startswith("aws:appautoscaling/"):
        return {"target": "scalable target"}.get(kind.rsplit(":", 1)[-1].lower(), "scaling policy")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.rsplit(":", 1)[-1]).lower()
