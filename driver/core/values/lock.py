"""The lock of an app as a value, and when a waiter may take it from an owner that is gone.

Whether an owner lives can't be known: a suspended laptop looks dead, and clocks differ. So each heartbeat writes a new
nonce, and a waiter takes over only after it has itself seen one and the same nonce for a whole lease, on its own clock.
"""

from datetime import datetime

from driver.core.values.moments import moment
from model.base import Model

LEASE = 60.0
"""Seconds, where a lock does not say for how long it holds."""


class Lock(Model):
    """Who may change an app now. `fence` grows with every owner, `lease` is in seconds; `since` is not known of a lock
    whose record somebody has spoilt.
    """

    app: str
    owner: str
    message: str
    nonce: str
    fence: int
    lease: float = LEASE
    since: datetime | None = None

    @property
    def holder(self) -> str:
        """Who has it, and since when."""
        return self.owner if self.since is None else f"{self.owner} since {moment(self.since)}"


class Watcher:
    """What a waiter has seen of somebody else's lock."""

    def __init__(self) -> None:
        self._nonce: str | None = None
        self._since = 0.0
        self.alive = False
        """Whether its owner has been heard of since the first look."""

    def stale(self, lock: Lock, now: float) -> bool:
        """Whether its owner has not been heard of for a whole lease; `now` in seconds on a clock that only goes on."""
        if lock.nonce != self._nonce:
            self.alive = self._nonce is not None
            self._nonce, self._since = lock.nonce, now
        return now - self._since >= lock.lease


def must_stop(renewed: float, now: float, lease: float) -> bool:
    """Whether an owner that was last sure of its lock at `renewed` has to stop: before any waiter may take over."""
    return now - renewed >= lease * 2 / 3
