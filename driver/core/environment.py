"""Looking names up in the catalogue, and what somebody meant who mistyped one."""

import difflib
from collections.abc import Iterable

from driver.errors import NotFound
from model.settings.app import App, Process
from model.settings.environment import Settings


def app_of(settings: Settings, name: str) -> App:
    """An app of the catalogue. Raises NotFound that lists those there are."""
    if name not in settings.apps:
        known = sorted(settings.apps)
        raise NotFound(f"unknown app {name}; the catalogue has {', '.join(known)}", hint=meant(name, known))
    return settings.apps[name]


def process_of(settings: Settings, app: str, process: str) -> Process:
    """A process of an app. Raises NotFound that lists those there are."""
    known = app_of(settings, app).processes
    if process not in known:
        raise NotFound(f"{app} has no process {process}; it has {', '.join(known)}", hint=meant(process, known))
    return known[process]


def meant(name: str, known: Iterable[str]) -> str:
    """The question after a name that is not there; empty where nothing is like it."""
    by_word = {word.lower(): word for word in known}
    near = difflib.get_close_matches(name.lower(), by_word, n=1)
    return f"Did you mean {by_word[near[0]]}?" if near else ""
