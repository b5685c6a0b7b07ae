"""The commits that a deployment brought, and how long each had waited: a walk over what git knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Commit:
    """When it was committed, which a rebase does anew, and the commits that it stands on."""

    at: datetime
    parents: tuple[str, ...] = ()


History = Mapping[str, Commit]
"""Commits by their full hash."""


@dataclass
class Shipped:
    """What an app has brought to run so far. A commit counts once: with the first deployment that had it."""

    history: History
    seen: set[str] = field(default_factory=set)

    def add(self, commit: str) -> tuple[Commit, ...] | None:
        """The commits that are new with this one; None where git does not know it.

        The first deployment of an app brings its newest commit alone: how long all before it waited says nothing.
        """
        if commit not in self.history:
            return None
        first = not self.seen
        found = tuple(self._new(commit))
        return found[:1] if first else found

    def _new(self, commit: str) -> Iterator[Commit]:
        waiting = [commit]
        while waiting:
            name = waiting.pop()
            if name in self.seen or name not in self.history:
                continue
            self.seen.add(name)
            yield self.history[name]
            waiting += self.history[name].parents
