"""The log of an app: the lines of its processes in one order, the latest of them, and those that come next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from driver.core.ports import LogLine, Logs, Say
from driver.errors import NotReady, Unavailable, Unreachable

MINUTE = 60_000
# How far back to look for the latest lines, in milliseconds: CloudWatch Logs reads forward only, so a longer span is
# read where a shorter one held too little.
SPANS = (10 * MINUTE, 120 * MINUTE, 1440 * MINUTE, 7 * 1440 * MINUTE)
# So many lines are read at most for those of them that are wanted, before a longer span is not looked into any more.
MOST = 5_000
# Milliseconds. A line may become readable this long after its own time, when later lines were read already.
LATE = 30_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line with the process that printed it."""

    process: str
    line: LogLine


def quiet(_line: str) -> None:
    """For those who need not hear what could not be read."""


def read(logs: Logs, groups: Mapping[str, str], since: int, tell: Say = quiet) -> list[Row]:
    """The lines of all groups, by process, since a time in milliseconds, in order.

    A process that has no log group yet has no lines; one whose log can't be read is told of. Raises NotReady or
    Unreachable when there is no log that can be.
    """
    rows: list[Row] = []
    failures: list[NotReady | Unreachable] = []
    for process, group in groups.items():
        try:
            rows += [Row(process=process, line=line) for line in logs.group(group, since)]
        except (NotReady, Unreachable) as error:
            failures.append(error)
            if isinstance(error, Unreachable):
                tell(f"note: the log of {process} can't be read: {error.message}")
    if failures and len(failures) == len(groups):
        raise next((error for error in failures if isinstance(error, Unreachable)), failures[0])
    return sorted(rows, key=lambda row: row.line.at)


def every(_row: Row) -> bool:
    """For those who want all lines."""
    return True


def latest(
    logs: Logs,
    groups: Mapping[str, str],
    now: int,
    count: int,
    wanted: Callable[[Row], bool] = every,
    tell: Say = quiet,
) -> tuple[list[Row], int]:
    """Lines among which are at least the latest `count` that are wanted, or all where there are fewer, and since when
    they were read. Where nearly all are unwanted it gives up after so many."""
    for span in SPANS:
        rows = read(logs, groups, now - span, tell)
        if sum(map(wanted, rows)) >= count or len(rows) >= MOST:
            return rows, now - span
    return read(logs, groups, 0, tell), 0


class Tail:
    """What comes after lines that were read since `start` (milliseconds), each line once."""

    def __init__(
        self, logs: Logs, groups: Mapping[str, str], rows: Sequence[Row], start: int, now: int, tell: Say = quiet
    ) -> None:
        self._tell = tell
        self._logs = logs
        self._groups = groups
        self._start = start
        self._newest = max((row.line.at for row in rows), default=now)
        self._seen = {row.line.id: row.line.at for row in rows}

    def more(self) -> list[Row]:
        """The lines that were not there before. Spans overlap, since lines arrive late; event ids tell repeats.

        Where AWS has trouble there are none yet; the next look begins at the same line.
        """
        since = max(self._start, self._newest - LATE)
        try:
            found = read(self._logs, self._groups, since, self._tell)
        except Unavailable:
            return []
        rows = [row for row in found if row.line.id not in self._seen]
        self._seen |= {row.line.id: row.line.at for row in rows}
        self._newest = max([self._newest, *(row.line.at for row in rows)])
        self._seen = {name: at for name, at in self._seen.items() if at >= self._newest - LATE}
        return rows
