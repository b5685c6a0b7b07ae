from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driver.core.ports import Event, ServiceState
from driver.core.release_phase.stored_log import newest
from driver.core.values.release import Kind, Release
from driver.core.watch.service_events import Repeats, of_release, readable
from driver.errors import NotFound, Unreachable
from model.releases import Pin
from tests.driver.core.fake_platform import Cloud, pin

TASK = "e5f6d1d3-5df9-4aab-a100-5c9669800165"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/dev-shop-web-8000/uv6tundn74v5frh6"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (f"(service shop-web) has started 1 tasks: (task {TASK}).", "has started 1 task."),
        (f"(service shop-web) has started 2 tasks: (task {TASK}) (task {TASK}).", "has started 2 tasks."),
        (
            "(service shop-web) has started 1 tasks: (task 0123456789abcdef0123456789abcdef).",
            "has started 1 task.",
        ),
        (f"(service shop-web) has stopped 1 running tasks: (task {TASK}).", "has stopped 1 running task."),
        (
            f"(service shop-web) registered 1 targets in (target-group {GROUP})",
            "registered 1 target in target group dev-shop-web-8000",
        ),
        (
            "(service shop-web, taskSet ecs-svc/9223370448021936415) has begun draining connections on 11 tasks.",
            "has begun draining connections on 11 tasks.",
        ),
        (
            f"(service shop-web) (port 8000) is unhealthy in (target-group {GROUP})"
            " due to (reason Health checks failed with these codes: [400])",
            "port 8000 is unhealthy in target group dev-shop-web-8000: Health checks failed with these codes: [400]",
        ),
        (
            f"(service shop-web) (task {TASK}) failed container health checks.",
            "task e5f6d1d3 failed container health checks.",
        ),
        ("(service shop-web) (deployment ecs-svc/8510327366936991604) deployment completed.", "deployment completed."),
        ("(service shop-web) rolling back to deployment ecs-svc/11293785.", "rolling back to an earlier deployment."),
        (
            "(service shop-web) failed to launch a task with (error ECS was unable to assume the role"
            " 'arn:aws:iam::111122223333:role/dev-shop-execution' that was provided for this task).",
            "failed to launch a task with (error ECS was unable to assume the role"
            " 'dev-shop-execution' that was provided for this task).",
        ),
        (
            "(service shop-web) can't read arn:aws:secretsmanager:eu-west-1:111122223333:secret:dev/shop-AbC12x:KEY::.",
            "can't read secret dev/shop.",
        ),
        ("(service shop-web) has reached a steady state.", "has reached a steady state."),
        ("something that AWS has never said before", "something that AWS has never said before"),
    ],
)
def test_an_event_has_names_and_neither_arns_nor_ids(message: str, text: str) -> None:
    assert readable(message) == text


def test_like_events_are_told_once_and_counted_and_one_that_is_shown_again_is_no_other() -> None:
    repeats = Repeats()
    seen = [("a", "1", "started"), ("a", "1", "started"), ("a", "2", "started"), ("b", "3", "started")]
    assert [repeats.is_new(*row) for row in seen] == [True, False, False, True]
    assert list(repeats.summary()) == ["a: 2 times: started"]


AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def said(name: str, **seconds: int) -> ServiceState:
    """A service that said each of these words so many seconds after noon, the newest first."""
    rows = sorted(seconds.items(), key=lambda row: -row[1])
    events = tuple(Event(id=word, at=AT + timedelta(seconds=at), message=word) for word, at in rows)
    return ServiceState(name=name, task_definition="", desired=1, running=1, pending=0, events=events)


@dataclass
class Told:
    """ECS with what its services said, or one that does not answer."""

    services: Sequence[ServiceState]
    down: bool = False

    def describe(self, cluster: str, names: Sequence[str]) -> Mapping[str, ServiceState]:
        if self.down:
            raise Unreachable("AWS did not answer")
        return {row.name: row for row in self.services if row.name in names}


def release(**more: Any) -> Release:
    return Release(app="shop", pin=Pin(release=1), kind=Kind.DEPLOY, who="me", started=AT, **more)


def heard(services: Any, of: Release) -> list[tuple[str, str]]:
    return [(name, row.message) for name, row in of_release(replace(Cloud(pin(1)).world, services=services), of)]


def test_what_ecs_said_during_a_release_is_what_was_said_between_its_beginning_and_its_end() -> None:
    services = Told([said("shop-web", before=-60, begun=2, late=63, after=600), said("shop-worker", stopped=30)])
    of = release(finished=AT + timedelta(seconds=60))
    assert heard(services, of) == [("shop-web", "begun"), ("shop-worker", "stopped"), ("shop-web", "late")]


def test_where_ecs_does_not_answer_a_release_is_shown_all_the_same() -> None:
    assert heard(Told([], down=True), release()) == []


def test_without_a_number_the_newest_release_process_is_meant() -> None:
    with pytest.raises(NotFound, match="no release of shop has run a release process yet"):
        newest([release()], "shop")
