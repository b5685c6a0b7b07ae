"""All of what `slipway top` shows, in a pipe, on terminals and for scripts."""

import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from driver import console
from driver.commands.top import watch
from driver.console import Cell
from driver.core.observe.top import Board
from driver.core.values.release import Kind, Verdict
from driver.errors import Unreachable
from driver.views.top_page import sheet
from tests.driver.core.observe.boards import watcher

TEXT = """\
dev, eu-west-1, 2026-11-24 00:00:00 UTC
APP   PROCESS  TASKS    CPU   MEMORY  REQ/MIN  P95    5XX/MIN  QUEUE  LAST RELEASE
shop  web      2/2      92 %  41 %    1,234    35 ms  2        -      v7 succeeded, 3 h ago
shop  worker   0/1      3 %   -       -        -      -        500
till  worker   missing  3 %   -       -        -      -        -      -
dev-public itself answered 3 with a 5xx in 5 min"""

WIDE = """\
dev, eu-west-1, 2026-11-24 00:00:00 UTC
APP   PROCESS    TASKS   CPU  MEMORY  REQ/MIN    P95  5XX/MIN  QUEUE  LAST RELEASE
shop  web          2/2  92 %    41 %    1,234  35 ms        2      -  v7 succeeded, 3 h ago
shop  worker       0/1   3 %       -        -      -        -    500
till  worker   missing   3 %       -        -      -        -      -  -
dev-public itself answered 3 with a 5xx in 5 min"""

NARROW = """\
dev, eu-west-1, 2026-11-24 00:00:00 UTC
APP   PROCESS    TASKS   CPU  MEMORY  REQ/MIN    P95  5XX/MIN  QUEUE  LAST RELEASE
shop  web          2/2  92 %    41 %    1,234  35 ms        2      -  v7 succeede…
shop  worker       0/1   3 %       -        -      -        -    500
till  worker   missing   3 %       -        -      -        -      -  -
dev-public itself answered 3 with a 5xx in 5 min"""

ANSWER = {
    "environment": "dev",
    "region": "eu-west-1",
    "at": "2026-11-24T00:00:00+00:00",
    "apps": {
        "shop": {
            "release": {
                "version": "v7", "kind": "deploy", "verdict": "succeeded", "who": "ann@ci",
                "started": "2026-11-23T20:50:00+00:00", "finished": "2026-11-23T21:00:00+00:00",
            },
            "processes": {
                "web": {
                    "running": 2, "desired": 2, "cpu_percent": 91.6, "memory_percent": 41.2,
                    "requests_per_minute": 1234.0, "p95_milliseconds": 35.1, "errors_per_minute": 2.0, "jobs": None,
                },
                "worker": {
                    "running": 0, "desired": 1, "cpu_percent": 3.4, "memory_percent": None,
                    "requests_per_minute": None, "p95_milliseconds": None, "errors_per_minute": None, "jobs": 500.0,
                },
            },
        },
        "till": {
            "release": None,
            "processes": {
                "worker": {
                    "running": None, "desired": None, "cpu_percent": 3.4, "memory_percent": None,
                    "requests_per_minute": None, "p95_milliseconds": None, "errors_per_minute": None, "jobs": None,
                },
            },
        },
    },
    "load_balancers": {"dev-public": {"errors_in_5_minutes": 3.0}},
    "notes": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def board() -> Board:
    return watcher().look()


def lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip("\n").splitlines())


def paper(width: int, *, colours: bool = False) -> Console:
    return Console(
        file=io.StringIO(), width=width, force_terminal=colours, color_system="standard" if colours else None,
        markup=False, emoji=False, highlight=False,
    )  # fmt: skip


def shown(terminal: Console) -> str:
    assert isinstance(terminal.file, io.StringIO)
    return terminal.file.getvalue()


def test_in_a_pipe(board: Board, capsys: pytest.CaptureFixture[str]) -> None:
    console.Sheets().show(sheet(board))
    assert lines(capsys.readouterr().out) == TEXT


@pytest.mark.parametrize(("width", "text"), [(120, WIDE), (82, NARROW)])
def test_on_a_terminal(board: Board, width: int, text: str) -> None:
    terminal = paper(width)
    console.Sheets(terminal).show(sheet(board))
    assert lines(shown(terminal)) == text


def test_for_scripts(board: Board) -> None:
    assert json.loads(json.dumps(board.plain())) == ANSWER


def test_what_is_amiss_has_a_colour_and_all_else_has_none(board: Board) -> None:
    terminal = paper(120, colours=True)
    console.Sheets(terminal).show(sheet(board))
    text = shown(terminal)
    for word, colour in {"92 %": 31, "0/1": 33, "missing": 31, "v7 succeeded, 3 h ago": 32}.items():
        assert re.search(rf"\x1b\[{colour}m *{word}", text)
    for word in ("2/2", "41 %", "1,234"):
        assert not re.search(rf"\x1b\[[1-9]\d*m *{word}", text)


@pytest.mark.parametrize(
    ("kind", "verdict", "text", "style"),
    [
        (Kind.DEPLOY, Verdict.STARTED, "v7 started", "cyan"),
        (Kind.DEPLOY, Verdict.FAILED, "v7 failed", "red"),
        (Kind.PROMOTE, Verdict.NOT_PROVEN, "v7 not-proven", "green"),
        (Kind.ROLLBACK, Verdict.SUCCEEDED, "v7 rollback succeeded", "yellow"),
        (Kind.GOING_BACK, Verdict.FAILED, "v7 going back failed", "red"),
    ],
)
def test_a_release_that_goes_back_says_so(board: Board, kind: Kind, verdict: Verdict, text: str, style: str) -> None:
    release = board.releases["shop"].model_copy(update={"kind": kind, "verdict": verdict})
    assert sheet(replace(board, releases={"shop": release})).rows[0][-1] == Cell(f"{text}, 3 h ago", style)


def test_a_failing_look_is_told_below_the_last_one_and_the_next_goes_on(
    board: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: list[Board | Exception] = [board, Unreachable("AWS is away", hint="Wait."), replace(board, refused={})]

    def look() -> Board:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(seconds: float) -> None:
        assert seconds == 5
        if not answers:
            raise KeyboardInterrupt

    watch(look, console.Sheets(), 5, sleep)
    last = TEXT.rpartition("\n")[0]
    assert lines(capsys.readouterr().out) == f"{TEXT}\n{TEXT}\nnot looked at again: AWS is away\n{TEXT}\n{last}"


def test_live_it_is_drawn_in_its_place(board: Board) -> None:
    terminal = paper(120, colours=True)

    def sleep(seconds: float) -> None:
        if shown(terminal).count("LAST RELEASE") > 1:
            raise KeyboardInterrupt

    watch(lambda: board, console.Sheets(terminal), 1, sleep)
    # The cursor goes up by as many lines as there are, and each is cleared.
    assert shown(terminal).count("\x1b[1A\x1b[2K") >= 5
    assert shown(terminal).endswith("\x1b[?25h")
