from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driver.core.ports import LogLine, StoppedTask, World
from driver.core.release import why
from driver.core.values.release import Attempt, Kind, Outcome, Release, Verdict
from driver.errors import NotFound, Unreachable
from tests.driver.core.fake_platform import Cloud, pin, task
from tests.fakes import FakeLogs

AT = datetime(2026, 11, 24, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Kept:
    """What ECS told of the tasks of each service."""

    services: dict[str, list[StoppedTask]] = field(default_factory=dict)
    down: bool = False

    def stopped_of(self, cluster: str, service: str, since: datetime) -> Sequence[StoppedTask]:
        if self.down:
            raise Unreachable("no answer")
        return self.services.get(service, [])


def stopped(name: str, definition: str, seconds: float = 5, exit_code: int | None = 1, **more: Any) -> StoppedTask:
    made = AT + seconds * SECOND
    row = StoppedTask(
        arn=f"arn:aws:ecs:eu-west-1:0:task/dev/{name}",
        task_definition=definition,
        stopped=made + 2 * SECOND,
        stop_code="EssentialContainerExited",
        reason="Essential container in task exited",
        container_reason="",
        exit_code=exit_code,
        created=made,
    )
    return replace(row, **more)


def release(number: int, verdict: Verdict, kind: Kind = Kind.DEPLOY, **more: Any) -> Release:
    started = AT - 100 * SECOND if number < 8 else AT
    made = Release(
        app="shop",
        pin=pin(number, tasks=verdict is Verdict.SUCCEEDED),
        kind=kind,
        who="me",
        started=started,
        finished=started + 30 * SECOND,
        verdict=verdict,
    )
    return made.model_copy(update=more)


def world(*releases: Release, kept: Kept | None = None, logs: dict[str, list[LogLine]] | None = None) -> World:
    cloud = Cloud(pin(7))
    for row in releases:
        cloud.ledger.start(row)
    events: Any = kept or Kept()
    return replace(cloud.world, events=events, logs=FakeLogs(logs or {}))


FAILED = release(8, Verdict.FAILED, reason="shop-web: it crashed")
BACK = release(9, Verdict.SUCCEEDED, Kind.GOING_BACK, copies=7)


def test_a_rollout_is_explained_by_the_task_that_says_most_its_last_lines_and_what_was_done_then() -> None:
    kept = Kept(
        {
            "shop-web": [
                stopped("late", task("web", 8), exit_code=143, stop_code="ServiceSchedulerInitiated"),
                stopped("crash", task("web", 8)),
                stopped("of-before", task("web", 7)),
                stopped("of-next-week", task("web", 8), seconds=5000),
            ]
        }
    )
    line = LogLine(at=0, stream="ecs/app/crash", message="KeyError: 'DATABASE_URL'")
    found = why.explain(
        world(release(7, Verdict.SUCCEEDED), FAILED, BACK, kept=kept, logs={"/ecs/dev/shop-web": [line]}), "shop"
    )
    assert (found.release, found.verdict, found.reason) == ("v8", "failed", "shop-web: it crashed")
    (web,) = found.witnesses
    assert (web.process, web.failed, web.task) == ("web", 1, "crash")
    assert web.said == "Essential container in task exited; exit code 1"
    assert found.then == "all processes went back to v7, as v9"
    assert found.next == "slipway logs dev shop --since 1h"


def test_what_nothing_is_known_of_any_more_is_said_and_the_ledgers_word_stays() -> None:
    found = why.explain(world(FAILED), "shop", 8)
    assert found.reason == "shop-web: it crashed"
    assert found.witnesses == ()
    assert "kept for 30 days" in found.notes[0]
    down = why.explain(world(FAILED, kept=Kept(down=True)), "shop", 8)
    assert down.notes == ("its tasks can't be looked at: no answer",)


def test_a_release_process_is_explained_by_its_last_run_and_its_log() -> None:
    attempt = Attempt(
        number=1, started=AT, task="arn:task/dev/abc", group="g", stream="s", ended=AT, exit_code=1
    ).model_copy(update={"outcome": Outcome.FAILED})
    failed = release(8, Verdict.RELEASE_FAILED, attempts=(attempt,), reason="the release process failed")
    line = LogLine(at=0, stream="s", message='relation "shop" does not exist')
    found = why.explain(world(failed, logs={"g": [line]}), "shop")
    (witness,) = found.witnesses
    assert (witness.process, witness.task, witness.log) == ("release", "abc", ('relation "shop" does not exist',))
    assert "release line that migrates" in witness.cause
    assert found.then == "services were not touched"
    gone = why.explain(world(failed), "shop")
    assert gone.witnesses[0].log == ()
    assert "there is no log of run 1" in gone.notes[0]
    never = why.explain(world(release(8, Verdict.RELEASE_FAILED)), "shop")
    assert never.notes == ("its release process was never started",)


def test_a_good_release_is_called_one_and_without_a_failure_there_is_nothing_to_explain() -> None:
    good = world(release(7, Verdict.SUCCEEDED))
    assert why.explain(good, "shop", 7).notes == ("v7 did not fail: it is succeeded",)
    with pytest.raises(NotFound, match="no release of shop has failed"):
        why.explain(good, "shop")


def test_going_back_that_failed_too_is_told() -> None:
    stuck = release(9, Verdict.FAILED, Kind.GOING_BACK, copies=7, reason="no room")
    assert why.explain(world(FAILED, stuck), "shop", 8).then == "going back to v7, as v9, is failed: no room"
