from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driver.core.observe.log_filter import AtLeast, Level, by_pattern, every_of, level_named, level_of, tasks_of
from driver.core.observe.logs import Row
from driver.core.ports import LiveTask, LogLine, StoppedTask
from driver.core.values.release import Attempt, Kind, Release, Verdict
from driver.errors import InvalidInput
from tests.driver.core.fake_platform import Cloud, pin, task

AT = datetime(2026, 11, 24, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def row(message: str, stream: str = "ecs/app/1", name: str = "") -> Row:
    return Row(process="web", line=LogLine(at=0, stream=stream, message=message, id=name or f"{stream}{message}"))


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("2026-11-24 12:00:00 ERROR shop.views: boom", Level.ERROR),
        ("[2026-11-24 12:00:00 +0000] [7] [INFO] Booting worker", Level.INFO),
        ("E, [2026-11-24T12:00:00 #1] ERROR -- : boom", Level.ERROR),
        ("level=warn msg=slow", Level.WARN),
        ('ts=1 level="error" msg=x', Level.ERROR),
        ("[error] 7#7: upstream timed out", Level.ERROR),
        ('{"level": "warning", "message": "x"}', Level.WARN),
        ('{"severity": "CRITICAL"}', Level.FATAL),
        ('{"level": 30, "msg": "pino"}', Level.WARN),
        ('{"level": 5}', Level.DEBUG),
        ('{"message": "no level"}', None),
        ('{"broken', None),
        ("GET /error 200", None),
        ("there is information on errors", None),
        ("", None),
    ],
)
def test_a_level_is_read_where_frameworks_write_it(message: str, level: Level | None) -> None:
    assert level_of(message) == level


def test_a_traceback_goes_with_the_line_before_it_and_streams_are_kept_apart() -> None:
    wanted = AtLeast(Level.ERROR)
    lines = [
        row("  orphan"),
        row("ERROR boom"),
        row("INFO fine", "ecs/app/2"),
        row("Traceback (most recent call last):"),
        row("  of the other one", "ecs/app/2"),
        row("ValueError: boom"),
        row("INFO fine again"),
    ]
    shown = [one.line.message for one in lines if wanted(one)]
    assert shown == ["ERROR boom", "Traceback (most recent call last):", "ValueError: boom"]
    assert [one.line.message for one in lines if wanted(one)] == shown


def test_a_filter_that_counts_on_seeing_every_line_does_beside_another_one() -> None:
    wanted = every_of([AtLeast(Level.ERROR), by_pattern("boom$")])
    lines = [row("ERROR"), row("ValueError: boom"), row("INFO boom")]
    assert [one.line.message for one in lines if wanted(one)] == ["ValueError: boom"]


def test_what_is_no_pattern_and_what_is_no_level_is_a_sentence() -> None:
    with pytest.raises(InvalidInput, match=r"\( is no regular expression"):
        by_pattern("(")
    with pytest.raises(InvalidInput, match="loud is no level"):
        level_named("loud")
    assert level_named("WARNING") is Level.WARN


class Ecs:
    """Tasks that run and tasks that have ended, of web."""

    def __init__(self, live: Sequence[LiveTask], stopped: Sequence[StoppedTask]) -> None:
        self._live, self._stopped = live, stopped

    def live(self, cluster: str) -> Sequence[LiveTask]:
        return self._live

    def stopped_of(self, cluster: str, service: str, since: datetime) -> Sequence[StoppedTask]:
        return self._stopped if service == "shop-web" else []


def live(name: str, definition: str, seconds: int = 5) -> LiveTask:
    return LiveTask(
        arn=f"arn:task/dev/{name}", task_definition=definition, group="", status="RUNNING", desired="RUNNING",
        health="", created=AT + seconds * SECOND, started=None, address="", zone="", cpu=0, memory=0, capacity="",
        started_by="",
    )  # fmt: skip


def stopped(name: str, definition: str, seconds: int = 5) -> StoppedTask:
    return StoppedTask(
        arn=f"arn:task/dev/{name}", task_definition=definition, stopped=None, stop_code="", reason="",
        container_reason="", exit_code=1, created=AT + seconds * SECOND,
    )  # fmt: skip


def test_the_tasks_of_a_release_are_those_on_its_definitions_and_of_a_failed_one_those_on_nobodys() -> None:
    good = Release(
        app="shop",
        pin=pin(7, tasks=True),
        kind=Kind.DEPLOY,
        who="me",
        started=AT,
        finished=AT,
        verdict=Verdict.SUCCEEDED,
    )
    attempt = Attempt(number=1, started=AT, task="arn:task/dev/migration")
    failed = good.model_copy(
        update={
            "pin": pin(8),
            "verdict": Verdict.FAILED,
            "finished": AT + 60 * SECOND,
            "attempts": (attempt,),
        }
    )
    ecs: Any = Ecs(
        [live("a", task("web", 7)), live("other-app", "arn:task-definition/dev-blog-web:1")],
        [stopped("b", task("web", 7)), stopped("c", task("web", 8)), stopped("late", task("web", 8), 900)],
    )
    world = replace(Cloud(pin(7)).world, tasks=ecs, events=ecs)
    assert tasks_of(world, good, [failed, good]) == {"a", "b"}
    assert tasks_of(world, failed, [failed, good]) == {"c", "migration"}
