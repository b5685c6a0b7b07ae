"""The log of one task, read while it grows."""

from driver.core.ports import Clock, LogLine, Logs, Say
from driver.errors import Unreachable

POLL = 1.0
QUIET = 5.0
"""Seconds without a new line after which the log of a stopped task is complete: awslogs delivers late."""


class Tail:
    """One log stream: what was read of it so far, and what comes next."""

    def __init__(self, logs: Logs, group: str, stream: str, say: Say, prefix: str = "  release | ") -> None:
        """`prefix` stands before each line that is said."""
        self._prefix = prefix
        self._source = (logs, group, stream)
        self._say = say
        self._cursor: str | None = None
        self._last: float | None = None
        self.lines: list[LogLine] = []

    def read(self) -> bool:
        """Say what is new; whether there was anything. What can't be read now is read later: a log decides nothing."""
        logs, group, stream = self._source
        try:
            fresh, self._cursor = logs.stream(group, stream, self._cursor)
        except Unreachable:
            return False
        for line in fresh:
            self._say(f"{self._prefix}{line.message}")
        self.lines += fresh
        return bool(fresh)

    def ended(self, clock: Clock) -> None:
        """Its task has ended just now: from here on the log has to be quiet for a while."""
        self._last = clock.now()

    def read_until_quiet(self, clock: Clock) -> None:
        """Read on until no line has come for a while, since the task ended or since the last one; the last look is
        after that time, so that what comes within it is there."""
        last = clock.now() if self._last is None else self._last
        while True:
            # A look that takes its time says nothing of what came meanwhile.
            looked = clock.now()
            fresh = self.read()
            if not fresh and looked - last >= QUIET:
                return
            last = looked if fresh else last
            clock.sleep(POLL)
