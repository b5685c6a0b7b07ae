"""Rules of reading what ECS told of its tasks, against the sandbox."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driver.adapters.aws.ecs.events import EcsEvents
from driver.adapters.aws.session import Session

pytestmark = pytest.mark.sandbox

GROUP = "/slipway/told/ecs-events"
DEFINITION = "arn:aws:ecs:eu-west-1:0:task-definition/told-shop-web:7"
LONG_AGO = datetime(2026, 11, 24, tzinfo=UTC)
Tell = Callable[..., None]


def task(name: str) -> str:
    return f"arn:aws:ecs:eu-west-1:0:task/told/{name}"


@pytest.fixture
def tell(session: Session) -> Iterator[Tell]:
    logs = session.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="one")

    def told(name: str, **detail: Any) -> None:
        stopped = {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "version": 5}
        times = {"createdAt": "2026-11-24T12:00:00.000Z", "stoppedAt": "2026-11-24T12:01:00.000Z"}
        whole = {"taskArn": task(name), "taskDefinitionArn": DEFINITION, "containers": [{"exitCode": 3}]}
        event = {"detail-type": "ECS Task State Change", "detail": {**whole, **stopped, **times, **detail}}
        line = {"timestamp": int(time.time() * 1000), "message": json.dumps(event)}
        logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=[line])

    yield told
    logs.delete_log_group(logGroupName=GROUP)


def test_a_task_that_ecs_has_forgotten_is_known_by_what_was_told(session: Session, tell: Tell) -> None:
    tell("other")
    tell("mine", lastStatus="RUNNING", containers=[{}])
    tell("mine", stoppedReason="Essential container in task exited")
    found = EcsEvents(session).stopped_task("told", task("mine"), LONG_AGO)
    assert found is not None
    assert (found.exit_code, found.reason) == (3, "Essential container in task exited")
    assert found.stopped is not None
    assert found.stopped.minute == 1


def test_a_task_of_whose_end_nothing_was_told_is_not_known(session: Session, tell: Tell) -> None:
    tell("mine", lastStatus="RUNNING")
    assert EcsEvents(session).stopped_task("told", task("mine"), LONG_AGO) is None


def test_of_events_that_come_twice_or_late_the_newest_version_counts(session: Session, tell: Tell) -> None:
    tell("mine", version=6)
    tell("mine", version=5, containers=[{}])
    found = EcsEvents(session).stopped_task("told", task("mine"), LONG_AGO)
    assert found is not None
    assert found.exit_code == 3


def test_the_tasks_on_a_task_definition_come_newest_first(session: Session, tell: Tell) -> None:
    tell("first")
    tell("second", stoppedAt="2026-11-24T12:05:00.000Z")
    tell("elsewhere", taskDefinitionArn="arn:aws:ecs:eu-west-1:0:task-definition/told-shop-web:8")
    found = EcsEvents(session).stopped_tasks("told", DEFINITION, LONG_AGO)
    assert [row.arn for row in found] == [task("second"), task("first")]


def test_what_was_told_long_before_is_not_read_at_all(session: Session, tell: Tell) -> None:
    tell("mine")
    later = datetime.now(UTC) + timedelta(hours=1)
    assert EcsEvents(session).stopped_task("told", task("mine"), later) is None
    assert EcsEvents(session).stopped_task("told", task("mine"), later - timedelta(hours=1)) is not None


def test_where_no_log_group_is_nothing_was_told(session: Session) -> None:
    assert EcsEvents(session).stopped_task("nowhere", task("mine"), LONG_AGO) is None


@pytest.mark.parametrize("line", ["no JSON", "[]", "{}", '{"detail": null}', '{"detail": {"lastStatus": "STOPPED"}}'])
def test_a_line_that_is_no_event_hides_none(session: Session, tell: Tell, line: str) -> None:
    logs = session.client("logs")
    row = {"timestamp": int(time.time() * 1000), "message": line}
    logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=[row])
    tell("mine", stoppedAt="yesterday")
    tell("other")
    found = EcsEvents(session).stopped_tasks("told", DEFINITION, LONG_AGO)
    assert [one.arn for one in found] == [task("other")]
