"""Everything that is printed: answers to stdout, the story to stderr."""

import json
import os
import sys
from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import TYPE_CHECKING, TextIO

from driver.errors import DriverError, InvalidInput, Unwritten

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live
    from rich.table import Table

    from driver.core.ports import Progress

COLOURS = {"succeeded": "green", "failed": "red", "going back": "yellow"}
"""The words say it as well: colour is never the only carrier."""
UNWRITTEN = "What the command did is done; only its answer is lost. Make room, or write elsewhere, and ask again."
NUMBERS = ("DESIRED", "RUNNING", "PENDING", "FAILED")
LEAST_EVENT = len("LAST EVENT")
"""Characters; where fewer are left no event is shown."""


def say(line: str) -> None:
    """A line of the story. Nobody may be listening any more: the work goes on."""
    try:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints
    except OSError:
        _discard(sys.stderr)


def answer(text: str) -> None:
    """What the command was asked for. Raises BrokenPipeError where nobody reads it now, Unwritten if it is lost."""
    try:
        print(text, flush=True)  # noqa: T201 - the one place that prints
    except BrokenPipeError:
        raise
    except OSError as error:
        _discard(sys.stdout)
        raise Unwritten(f"stdout can't be written: {error.strerror}", hint=UNWRITTEN) from error


def _discard(stream: TextIO) -> None:
    """Nothing that is left in the stream's buffer is tried again when Python ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def answer_json(value: object) -> None:
    """What the command was asked for, for a script."""
    answer(json.dumps(value, indent=2, default=str))


def reply(text: str, value: object, *, as_json: bool) -> None:
    """One answer: a sentence for people, or the same for a script."""
    if as_json:
        answer_json(value)
    else:
        answer(text)


def colourful() -> bool:
    """Whether stdout is a terminal that shows colours: https://no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def replace(text: str) -> None:
    """An answer in the place of the last one, where stdout is a terminal; else below it."""
    answer(f"\x1b[H\x1b[2J{text}" if sys.stdout.isatty() else text)


def table(names: Sequence[str], rows: Iterable[Sequence[object]], red: Container[int] = ()) -> None:
    """An answer in columns, all at once: `| head -1` takes what it wants of it, and nobody writes to a closed pipe."""
    answer(columns(names, rows, red))


def columns(names: Sequence[str], rows: Iterable[Sequence[object]], red: Container[int] = ()) -> str:
    """Rows below their names: plain text, no wider than its content, so that it can be cut and searched.

    Rows in `red`, by their number from 0, are red on a terminal. Words must say the same: https://no-color.org
    """
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[index]) for line in [list(names), *cells]) for index in range(len(names))]
    coloured = colourful()
    lines = []
    for at, line in enumerate([[name.upper() for name in names], *cells], -1):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        lines.append(f"\x1b[31m{text}\x1b[0m" if coloured and at in red else text)
    return "\n".join(lines)


def complain(error: DriverError) -> None:
    """An expected failure, on stderr: what happened, and what to do next."""
    say(f"error: {error.message}")
    if error.hint:
        say(f"  {error.hint}")


def interactive() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str | None:
    """An answer in words, None where the input ends. Only for a terminal: see `interactive`."""
    say(question)
    line = sys.stdin.readline()
    return line.strip() if line else None


def confirm(question: str, *, yes: bool, instead: str) -> bool:
    """Ask on a terminal; without one nothing waits for an answer. Raises InvalidInput that names `instead`."""
    if yes:
        return True
    if not interactive():
        raise InvalidInput(f"{question} needs a yes, and there is no terminal to ask on", hint=instead)
    say(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


class Terminal:
    """The port Screen: a table that stands under the story on a terminal; where stderr is none there is no table."""

    def __init__(self, console: "Console | None" = None) -> None:
        self._console = console
        self._live: Live | None = None

    def show(self, rows: "Sequence[Progress]") -> bool:
        """Draw the table in the place of the last one. Lines of the story appear above it: `rich` takes over stderr."""
        if self._live is None:
            self._live = self._open()
        if self._live is not None:
            self._live.update(_drawn(rows, self._live.console.width), refresh=True)
        return self._live is not None

    def close(self) -> None:
        """Leave the last table where it is."""
        if self._live is not None:
            self._live.stop()
        self._live = None

    def _open(self) -> "Live | None":
        if self._console is None and not sys.stderr.isatty():
            return None
        from rich.console import Console
        from rich.live import Live

        console = self._console or Console(stderr=True, markup=False, emoji=False, highlight=False)
        live = Live(console=console, auto_refresh=False, redirect_stdout=False)
        live.start()
        return live


def _drawn(rows: "Sequence[Progress]", width: int) -> "Table":
    """No wider than `width`: the event is cut first, then the name; the numbers never give way."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("PROCESS", *NUMBERS, "STATE", "ELAPSED"):
        drawn.add_column(name, justify="left" if name in {"PROCESS", "STATE"} else "right", no_wrap=True)
    drawn.add_column("LAST EVENT", no_wrap=True)
    name_width, event_width = _room(rows, width)
    for row in rows:
        counts = [str(count) for count in (row.desired, row.running, row.pending, row.failed)]
        process, event = Text(row.name), Text(row.event)
        process.truncate(name_width, overflow="ellipsis")
        event.truncate(event_width, overflow="ellipsis")
        state = Text(row.state, style=COLOURS.get(row.state, ""))
        drawn.add_row(process, *counts, state, _elapsed(row), event)
    if event_width < LEAST_EVENT:
        drawn.columns.pop()
    return drawn


def _room(rows: "Sequence[Progress]", width: int) -> tuple[int, int]:
    """How wide the name and the event may be, beside numbers, state and two spaces between columns."""
    state = max((len(row.state) for row in rows), default=0)
    elapsed = max((len(_elapsed(row)) for row in rows), default=0)
    fixed = sum(len(word) + 2 for word in NUMBERS) + max(state, len("STATE")) + 2 + max(elapsed, len("ELAPSED"))
    longest = max((len(row.name) for row in rows), default=0)
    name = max(min(longest, width - fixed - 2), len("PROCESS"))
    return name, max(width - fixed - name - 4, 0)


def _elapsed(row: "Progress") -> str:
    return f"{row.elapsed:.0f} s"


@dataclass(frozen=True)
class Cell:
    """A word of a table, and its style on a terminal; the word says it all."""

    text: str
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table with a title and notes. Columns in `numbers` stand to the right."""

    title: str
    names: Sequence[str]
    numbers: Container[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()

    def noting(self, note: str) -> "Sheet":
        """The same with one more note."""
        return changed(self, notes=(*self.notes, note))

    def text(self) -> str:
        """Plain, for a pipe."""
        rows = [[cell.text for cell in row] for row in self.rows]
        return "\n".join((self.title, columns(self.names, rows), *self.notes))


class Sheets:
    """Sheets on stdout, each in the place of the last; where that is no terminal, below it and only if it differs."""

    def __init__(self, console: "Console | None" = None) -> None:
        self._console = console
        self._live: Live | None = None
        self._before = ""

    def __enter__(self) -> "Sheets":
        if self._terminal() is not None:
            from rich.live import Live

            self._live = Live(console=self._terminal(), auto_refresh=False, vertical_overflow="ellipsis")
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
        self._live = None

    def show(self, sheet: Sheet) -> None:
        """Draw it; outside of a `with` it stands for itself."""
        terminal = self._terminal()
        if self._live is not None:
            self._live.update(_sheet(sheet, self._live.console), refresh=True)
        elif terminal is not None:
            terminal.print(_sheet(sheet, terminal))
        elif (text := sheet.text()) != self._before:
            self._before = text
            answer(text)

    def _terminal(self) -> "Console | None":
        if self._console is None and sys.stdout.isatty():
            from rich.console import Console

            self._console = Console(markup=False, emoji=False, highlight=False)
        return self._console


def _sheet(sheet: Sheet, console: "Console") -> "Group":
    """No wider than the terminal: the last column is cut first."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="dim")
    for name in sheet.names:
        drawn.add_column(name.upper(), justify="right" if name in sheet.numbers else "left", no_wrap=True)
    widths = [max(len(line[at]) for line in _texts(sheet)) for at in range(len(sheet.names))]
    last = max(console.width - sum(width + 2 for width in widths[:-1]), len(sheet.names[-1]))
    for row in sheet.rows:
        cells = [Text(cell.text, style=cell.style) for cell in row]
        cells[-1].truncate(last, overflow="ellipsis")
        drawn.add_row(*cells)
    title = Text(sheet.title, style="bold")
    return Group(title, drawn, *(Text(note, style="yellow") for note in sheet.notes))


def _texts(sheet: Sheet) -> list[list[str]]:
    return [list(sheet.names), *([cell.text for cell in row] for row in sheet.rows)]
