"""What one run of the program is told, and what the engine is told with it: both come from here and nowhere else.

A program that is evaluated for one app registers nothing of the others. With targets the engine leaves them alone;
without, it would delete them. So the scope in the stack file, the engine's targets and the mark that the program looks
for are made of one and the same update.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from driver.core.ports import Update
from model.settings.file_keys import PREFIX
from model.settings.parse import DRIVEN, TARGETED


def with_run(stack: Mapping[str, object], update: Update) -> dict[str, object]:
    """A stack file with the pins, the candidate, the scope and the releasing mark of an update, and nobody else's."""
    config = stack.get("config")
    kept = {
        key: value
        for key, value in (config if isinstance(config, Mapping) else {}).items()
        if key.removeprefix(PREFIX) not in DRIVEN or key == f"{PREFIX}pins"
    }
    pins = kept.get(f"{PREFIX}pins")
    merged = {**(pins if isinstance(pins, Mapping) else {}), **{app: pin.plain() for app, pin in update.pins.items()}}
    added: dict[str, object] = {f"{PREFIX}pins": merged} if merged else {}
    if update.candidate is not None:
        added[f"{PREFIX}candidate"] = {"app": update.candidate.app, "pin": update.candidate.pin.plain()}
    if update.releasing is not None:
        added[f"{PREFIX}releasing"] = update.releasing
    if update.weighing:
        added[f"{PREFIX}weighing"] = sorted(update.weighing)
    if update.app is not None:
        added[f"{PREFIX}scope"] = update.app
    return {**stack, "config": {**kept, **added}}


@contextmanager
def targeted(update: Update) -> Iterator[dict[str, Any]]:
    """The engine's arguments for an update; meanwhile the program, which runs in this process, sees the mark."""
    before = os.environ.pop(TARGETED, None)
    arguments: dict[str, Any] = {"message": update.message, "color": "never"}
    if update.targets:
        arguments |= {"target": list(update.targets), "refresh": True}
        os.environ[TARGETED] = update.app or ""
    if update.refresh:
        arguments["refresh"] = True
    if update.spared:
        arguments["exclude"] = list(update.spared)
    try:
        yield arguments
    finally:
        os.environ.pop(TARGETED, None)
        if before is not None:
            os.environ[TARGETED] = before
