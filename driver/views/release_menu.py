"""Choosing the release to go back to: a list that says what is what, and a question that takes a release's number."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from driver import console
from driver.views import options

if TYPE_CHECKING:
    from driver.core.release.rollback import Menu
    from driver.core.values.release import Release

SHOWN = 10
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def number_of(release: str | None) -> int | None:
    """43 of `v43` or `43`; None where none is named. Raises InvalidInput."""
    return None if release is None else options.number_of(release)


def show_choices(menu: "Menu", now: datetime, number: int | None) -> None:
    """The last good releases, newest first, with what stands before them; the arrow is on the one that is meant."""
    if not menu.choices:
        return
    meant = menu.choices[0].number if number is None else number
    console.say(f"{menu.names.app} in {menu.names.env} runs {menu.state.pin.version}; good releases before it:")
    rows = [_cells(row, now) for row in menu.choices[:SHOWN]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for release, row in zip(menu.choices, rows, strict=False):
        mark = "→" if release.number == meant else " "
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        wall = menu.barrier(release)
        console.say(f" {mark} {cells.rstrip()}{f'  (no way back past {wall.version})' if wall else ''}")
    for _release, why in menu.gone:
        console.say(f"   {why}")
    console.say("Code and config go back together. The database does not, and the scale stays.")


def pick(menu: "Menu", ask: Callable[[str], str | None] = console.ask) -> int:
    """The number of the release that somebody chooses. Raises Interrupted when they would rather not."""
    from driver.errors import Interrupted

    newest = menu.choices[0].version
    while True:
        answer = ask(f"Go back to which one? Enter is {newest}, q leaves everything as it is.")
        if answer is None or answer.lower() in {"q", "quit"}:
            raise Interrupted("nothing was changed")
        if not answer:
            return menu.choices[0].number
        wanted = answer.lower().removeprefix("v")
        found = [row.number for row in menu.choices if str(row.number) == wanted]
        if found:
            return found[0]
        console.say(f"{answer} is none of them.")


def _cells(row: "Release", now: datetime) -> tuple[str, ...]:
    source = row.pin.source
    commit = source.commit[:10] if source and source.commit else "-"
    return (row.version, age(row.started, now), row.tag or row.pin.digest[:19], commit, row.who, row.message[:60])


def age(at: datetime, now: datetime) -> str:
    """How long ago something was, in the largest unit that fits."""
    seconds = int((now - at).total_seconds())
    for size, unit in UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return "just now"
