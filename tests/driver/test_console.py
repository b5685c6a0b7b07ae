import io
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from driver import console
from driver.core.ports import Progress

HIDE_CURSOR = "\x1b[?25l"
CLEAR_LINE = "\x1b[2K"


def row(name: str = "shop-web", state: str = "rolling", elapsed: float = 4, event: str = "") -> Progress:
    return Progress(name=name, desired=2, running=1, pending=1, failed=0, state=state, elapsed=elapsed, event=event)


@pytest.fixture
def paper() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def terminal(paper: io.StringIO) -> Iterator[console.Terminal]:
    recorded = Console(
        file=paper, force_terminal=True, width=100, color_system=None, markup=False, emoji=False, highlight=False
    )
    made = console.Terminal(recorded)
    yield made
    made.close()


def test_the_table_has_a_line_a_process_and_all_columns(terminal: console.Terminal, paper: io.StringIO) -> None:
    assert terminal.show([row(), row("shop-worker", "succeeded", event="has reached a steady state.")])
    lines = [line.split() for line in paper.getvalue().removeprefix(HIDE_CURSOR).splitlines()]
    assert lines == [
        ["PROCESS", "DESIRED", "RUNNING", "PENDING", "FAILED", "STATE", "ELAPSED", "LAST", "EVENT"],
        ["shop-web", "2", "1", "1", "0", "rolling", "4", "s"],
        ["shop-worker", "2", "1", "1", "0", "succeeded", "4", "s", "has", "reached", "a", "steady", "state."],
    ]


def test_the_next_table_takes_the_place_of_the_last(terminal: console.Terminal, paper: io.StringIO) -> None:
    terminal.show([row()])
    assert CLEAR_LINE not in paper.getvalue()
    terminal.show([row(elapsed=6)])
    assert CLEAR_LINE in paper.getvalue()


def test_a_long_event_is_cut_and_never_wraps(terminal: console.Terminal, paper: io.StringIO) -> None:
    terminal.show([row(event="has started 1 tasks: " + "(task 0123456789abcdef) " * 9)])
    assert len(paper.getvalue().splitlines()) == 2
    assert "…" in paper.getvalue()


def drawn(width: int, *rows: Progress) -> list[str]:
    """The table as a terminal of that width shows it."""
    paper = io.StringIO()
    made = console.Terminal(Console(file=paper, force_terminal=True, width=width, color_system=None))
    made.show(rows)
    shown = paper.getvalue()
    made.close()
    return [line.rstrip() for line in shown.removeprefix(HIDE_CURSOR).splitlines()]


@pytest.mark.parametrize("width", [70, 80, 100, 120, 200])
def test_the_numbers_never_give_way_however_long_event_and_name_are(width: int) -> None:
    long = row("checkout-api-with-a-long-name-web", "going back", 1234, "registered 1 target in " + "x" * 300)
    lines = drawn(width, long, row("api-worker"))
    assert len(lines) == 3
    assert all(len(line) <= width for line in lines)
    assert lines[0].split()[1:7] == ["DESIRED", "RUNNING", "PENDING", "FAILED", "STATE", "ELAPSED"]
    assert lines[1].split()[1:9] == ["2", "1", "1", "0", "going", "back", "1234", "s"]
    assert ("LAST EVENT" in lines[0]) is (width > 100)
    assert lines[1].startswith("checkout-api-with-a-long-name-web" if width >= 100 else "checkout")


def test_at_80_columns_there_is_room_for_the_beginning_of_an_event() -> None:
    assert drawn(80, row(event="has reached a steady state."))[1].endswith("has reached a st…")


def test_lines_of_the_story_appear_above_the_table_just_as_they_are(
    terminal: console.Terminal, paper: io.StringIO
) -> None:
    terminal.show([row()])
    console.say("[web] GET [/health] 500 :warning: 12%")
    told = paper.getvalue()
    assert "[web] GET [/health] 500 :warning: 12%" in told
    assert told.rindex("shop-web") > told.index(":warning:")


def test_after_the_table_stderr_is_what_it_was(terminal: console.Terminal) -> None:
    before = sys.stderr
    terminal.show([row()])
    terminal.close()
    assert sys.stderr is before


def test_where_stderr_is_no_terminal_there_is_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = console.Terminal()
    assert not terminal.show([row()])
    terminal.close()
    assert capsys.readouterr().err == ""


def test_a_row_is_red_on_a_terminal_only_and_not_where_no_colour_is_wished(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.table(("a",), [("x",), ("y",)], red={1})
    assert capsys.readouterr().out == "A\nx\ny\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    console.table(("a",), [("x",), ("y",)], red={1})
    assert capsys.readouterr().out == "A\nx\n\x1b[31my\x1b[0m\n"
    monkeypatch.setenv("NO_COLOR", "1")
    console.table(("a",), [("x",), ("y",)], red={1})
    assert capsys.readouterr().out == "A\nx\ny\n"
