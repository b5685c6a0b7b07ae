"""The log of an app: the lines of its processes in one order, the latest of them, and those that come next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from driver.core.ports import LogLine, Logs
from driver.errors import NotReady

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


def read(logs: Logs, groups: Mapping[str, str], since: int) -> list[Row]:
    """The lines of all groups, by process, since a time in milliseconds, in order.

    A process that has no log group yet has no lines. Raises NotReady when none of them has one.
    """
    rows: list[Row] = []
    missing: list[NotReady] = []
    for process, group in groups.items():
        try:
            rows += [Row(process=process, line=line) for line in logs.group(group, since)]
        except NotReady as error:
            missing.append(error)
    if missing and len(missing) == len(groups):
        raise missing[0]
    return sorted(rows, key=lambda row: row.line.at)


def every(_row: Row) -> bool:
    """For those who want all lines."""
    return True


def latest(
    logs: Logs, groups: Mapping[str, str], now: int, count: int, wanted: Callable[[Row], bool] = every
) -> tuple[list[Row], int]:
    """Lines among which are at least the latest `count` that are wanted, or all where there are fewer, and since when
    they were read. Where nearly all are unwanted it gives up after so many."""
    for span in SPANS:
        rows = read(logs, groups, now - span)
        if sum(map(wanted, rows)) >= count or len(rows) >= MOST:
            return rows, now - span
    return read(logs, groups, 0), 0


class Tail:
    """What comes after lines that were read since `start` (milliseconds), each line once."""

    def __init__(self, logs: Logs, groups: Mapping[str, str], rows: Sequence[Row], start: int, now: int) -> None:
        self._logs = logs
        self._groups = groups
        self._start = start
        self._newest = max((row.line.at for row in rows), default=now)
        self._seen = {row.line.id: row.line.at for row in rows}

    def more(self) -> list[Row]:
        """The lines that were not there before. Spans overlap, since lines arrive late; event ids tell repeats."""
        since = max(self._start, self._newest - LATE)
        rows = [row for row in read(self._logs, self._groups, since) if row.line.id not in self._seen]
        self._seen |= {row.line.id: row.line.at for row in rows}
        self._newest = max([self._newest, *(row.line.at for row in rows)])
        self._seen = {name: at for name, at in self._seen.items() if at >= self._newest - LATE}
        return rows
