"""How `slipway top` looks: the same cells on a terminal, in a pipe and in a picture."""

from collections.abc import Sequence
from datetime import datetime

from driver.console import Cell, Sheet
from driver.core.observe.top import Board, Row
from driver.core.values.moments import moment
from driver.core.values.release import RUNS, Kind, Release, Verdict

NAMES = ("app", "process", "tasks", "cpu", "memory", "req/min", "p95", "5xx/min", "queue", "last release")
BACK = frozenset({Kind.ROLLBACK, Kind.GOING_BACK})
NUMBERS = frozenset({"tasks", "cpu", "memory", "req/min", "p95", "5xx/min", "queue"})
BUSY, FULL = 70, 90
"""Percent from which CPU and memory are yellow, and red."""


def sheet(board: Board) -> Sheet:
    """One look as a table below its title, with what else there is to say below it."""
    shown: set[str] = set()
    lines = []
    for row in board.rows:
        lines.append([*_cells(row), _release(board, row.app) if row.app not in shown else Cell("")])
        shown.add(row.app)
    notes = [f"{name} itself answered {count:,.0f} with a 5xx in 5 min" for name, count in board.refused.items()]
    title = f"{board.env}, {board.region}, {moment(board.at)}"
    return Sheet(title=title, names=NAMES, numbers=NUMBERS, rows=tuple(lines), notes=(*notes, *board.notes))


def _cells(row: Row) -> Sequence[Cell]:
    return (
        Cell(row.app, "bold"),
        Cell(row.process),
        _tasks(row),
        _share(row.cpu),
        _share(row.memory),
        Cell(_count(row.requests)),
        Cell(_time(row.p95)),
        Cell(_count(row.errors), "red" if row.errors else ""),
        Cell(_count(row.jobs)),
    )


def _tasks(row: Row) -> Cell:
    if row.running is None or row.desired is None:
        return Cell("missing", "red")
    return Cell(f"{row.running}/{row.desired}", "yellow" if row.running != row.desired else "")


def _share(value: float | None) -> Cell:
    if value is None:
        return Cell("-")
    return Cell(f"{value:.0f} %", "red" if value >= FULL else "yellow" if value >= BUSY else "")


def _count(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _time(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "-"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _release(board: Board, app: str) -> Cell:
    release = board.releases.get(app)
    if release is None:
        return Cell("-")
    back = release.kind in BACK
    said = f"{release.kind} {release.verdict}" if back else release.verdict
    return Cell(f"{release.version} {said}, {_ago(release, board.at)}", _colour(release))


def _colour(release: Release) -> str:
    if release.verdict is Verdict.STARTED:
        return "cyan"
    if release.verdict not in RUNS:
        return "red"
    return "yellow" if release.kind in BACK else "green"


def _ago(release: Release, now: datetime) -> str:
    """How long ago it ended, or began where it has not ended."""
    seconds = max(0.0, (now - (release.finished or release.started)).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"
