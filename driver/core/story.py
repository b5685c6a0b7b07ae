"""What happened to an app: its releases, from the engine's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from driver.core.ports import PastUpdate
from spec.releases import Pin


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One release as the engine's history has it."""

    pin: Pin
    at: datetime
    message: str
    applied: bool


def releases(app: str, history: Sequence[PastUpdate]) -> list[Entry]:
    """The releases of an app, newest first: each update whose message says that it released this app."""
    found: dict[int, Entry] = {}
    for update in history:
        pin = update.pins.get(app)
        if pin is None or not update.message.startswith(f"deploy {app} v"):
            continue
        found.setdefault(
            pin.release, Entry(pin=pin, at=update.started, message=update.message, applied=update.succeeded)
        )
    return sorted(found.values(), key=lambda entry: entry.pin.release, reverse=True)
