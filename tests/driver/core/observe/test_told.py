import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driver.core.observe import told
from driver.core.ports import LogLine, World
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import NotReady
from tests.driver.core.fake_platform import Cloud, pin
from tests.fakes import FakeLogs

AT = datetime(2026, 11, 24, tzinfo=UTC)
PLACE = "arn:aws:ecs:eu-west-1:0"


def task(name: str, status: str, seconds: int, group: str = "service:shop-web", **detail: Any) -> tuple[int, str]:
    arn = f"{PLACE}:task/dev/{name}"
    body = {"taskArn": arn, "group": group, "lastStatus": status, "desiredStatus": status, **detail}
    return seconds, event("ECS Task State Change", seconds, arn, body)


def deployment(seconds: int, name: str, reason: str = "", kind: str = "ECS Deployment State Change") -> tuple[int, str]:
    body = {"eventName": name, "reason": reason}
    return seconds, event(kind, seconds, f"{PLACE}:service/dev/shop-web", body)


def event(kind: str, seconds: int, resource: str, detail: object) -> str:
    at = (AT + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return json.dumps({"detail-type": kind, "time": at, "resources": [resource], "detail": detail})


def world(*events: tuple[int, str], releases: tuple[Release, ...] = ()) -> World:
    cloud = Cloud(pin(7))
    for row in releases:
        cloud.ledger.start(row)
    start = int(AT.timestamp() * 1000)
    lines = [LogLine(at=start + 1000 * seconds, stream="s", message=text) for seconds, text in events]
    return replace(cloud.world, logs=FakeLogs({"/slipway/dev/ecs-events": lines}))


def told_of(here: World) -> list[tuple[str, str]]:
    return [(row.about, row.text) for row in told.read(here, AT)]


def test_tasks_deployments_and_releases_stand_in_one_order() -> None:
    release = Release(
        app="shop",
        pin=pin(8),
        kind=Kind.DEPLOY,
        who="me",
        started=AT + timedelta(seconds=1),
        finished=AT + timedelta(seconds=40),
        verdict=Verdict.FAILED,
        reason="web crashed",
    )
    here = world(
        deployment(2, "SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS deployment ecs-svc/1 in progress."),
        task("0123456789", "PENDING", 3),
        task("0123456789", "RUNNING", 5),
        task("0123456789", "STOPPED", 9, stoppedReason="it ended", containers=[{"name": "app", "exitCode": 3}]),
        task("0123456789", "STOPPED", 10, stoppedReason="it ended", containers=[{"name": "app", "exitCode": 3}]),
        deployment(11, "SERVICE_STEADY_STATE", kind="ECS Service Action"),
        deployment(12, "SERVICE_STEADY_STATE", kind="ECS Service Action"),
        releases=(release,),
    )
    assert told_of(here) == [
        ("v8", "deploy by me began"),
        ("web", "deployment in progress: ECS deployment ecs-svc/1 in progress."),
        ("web.01234567", "runs"),
        ("web.01234567", "stopped with exit code 3: it ended"),
        ("web", "steady state"),
        ("web", "steady state"),
        ("v8", "ended: failed: web crashed"),
    ]


def test_a_task_that_never_ran_has_no_exit_code_and_one_of_no_service_is_told_by_its_family() -> None:
    here = world(
        task("a", "STOPPED", 1, stopCode="TaskFailedToStart"),
        task("b", "STOPPED", 2, "family:dev-shop-worker", stoppedReason="done"),
    )
    assert told_of(here) == [
        ("web.a", "stopped: TaskFailedToStart"),
        ("worker.b", "stopped: done"),
    ]


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", '"text"', '{"detail-type": "x", "detail": {}, "time": "now"}', "null"]
)
def test_what_is_no_event_and_what_is_of_somebody_else_is_passed_by(line: str) -> None:
    assert told_of(world((1, line), task("a", "RUNNING", 2, "service:shop-web-2"))) == []


def test_without_the_log_group_it_is_said_what_makes_it() -> None:
    with pytest.raises(NotReady, match="there is no log group") as failed:
        told.read(replace(world(), logs=FakeLogs()), AT)
    assert "slipway up dev" in failed.value.hint
