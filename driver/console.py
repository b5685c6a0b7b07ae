"""Everything that is printed: answers to stdout, the story to stderr."""

import json
import sys
from collections.abc import Iterable, Sequence

from driver.errors import DriverError, InvalidInput


def say(line: str) -> None:
    """A line of the story."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints


def answer(text: str) -> None:
    """What the command was asked for."""
    print(text, flush=True)  # noqa: T201 - the one place that prints


def answer_json(value: object) -> None:
    """What the command was asked for, for a script."""
    answer(json.dumps(value, indent=2, default=str))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """An answer in columns: plain text, no wider than its content, so that it can be cut and searched."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[index]) for line in [list(columns), *cells]) for index in range(len(columns))]
    for line in [[column.upper() for column in columns], *cells]:
        answer("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


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
