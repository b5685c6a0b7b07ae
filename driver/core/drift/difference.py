"""One thing that is not as it should be, and the command that mends it."""

from dataclasses import dataclass
from enum import StrEnum

from driver.core.drift.service_config import Aspect, show
from driver.core.values.checkpoint import AppState

WIDEST = 48
"""So many characters of a value are shown to people; scripts get all of it."""


class How(StrEnum):
    """In which way it differs. UNKNOWN is there at AWS, while the engine's state does not have it."""

    GONE = "gone"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`what` is an aspect of a service, or a resource with the setting that differs; `kind` is its type token then, and
    `id` its id at AWS. `name` is its name in the program, `by` who changed it and when, where that is known, and `cure`
    what to type.
    """

    name: str
    what: str
    wanted: object
    found: object
    cure: str
    app: str = ""
    process: str = ""
    how: How = How.CHANGED
    kind: str = ""
    id: str = ""
    by: str = ""

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "app": self.app,
            "process": self.process,
            "name": self.name,
            "what": str(self.what),
            "how": self.how.value,
            "wanted": self.wanted,
            "found": self.found,
            "by": self.by,
            "cure": self.cure,
        }

    @property
    def row(self) -> tuple[str, ...]:
        """For people."""
        wanted, found = (_short(show(value)) for value in (self.wanted, self.found))
        return self.name, str(self.what), wanted, found, self.by or "not known", self.cure

    @property
    def overwritable(self) -> bool:
        """Whether it is an aspect of a service that `--overwrite` sets anew; all else is a matter of `up`."""
        return self.what in set(Aspect) - {Aspect.SERVICE} and self.how is How.CHANGED


def up(env: str) -> str:
    """What makes anew what is gone, takes over what the state has lost, and puts back the settings of resources."""
    return f"slipway up {env} --refresh"


def overwrite(env: str, app: str) -> str:
    """What gives services back the aspects that somebody changed."""
    return f"slipway drift {env} {app} --overwrite"


def anew(env: str, state: AppState, *, known: bool) -> str:
    """What registers anew the task definitions of the release that an app is pinned to.

    Where that is not `known` to the ledger as a good one, its image makes a release with the variables of today.
    """
    if state.pin.bootstrap:
        return up(env)
    back = f"slipway rollback {env} {state.name} {state.pin.version}"
    return back if known else f"slipway deploy {env} {state.name} --config-only"


def _short(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
