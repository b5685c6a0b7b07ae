from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driver.core.observe import tasks
from driver.core.ports import LiveTask, World
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import NotFound
from tests.driver.core.fake_platform import Cloud, pin, task

AT = datetime(2026, 11, 24, tzinfo=UTC)


class Live:
    def __init__(self, rows: Sequence[LiveTask]) -> None:
        self.rows = rows

    def live(self, cluster: str) -> Sequence[LiveTask]:
        return self.rows


def live(process: str, name: str, release: int = 7, **changes: Any) -> LiveTask:
    made = LiveTask(
        arn=f"arn:aws:ecs:eu-west-1:0:task/dev/{name}",
        task_definition=task(process, release),
        group=f"service:shop-{process}",
        status="RUNNING",
        desired="RUNNING",
        health="UNKNOWN",
        created=AT,
        started=AT,
        address="10.0.0.4",
        zone="eu-west-1a",
        cpu=256,
        memory=512,
        capacity="FARGATE",
        started_by="ecs-svc/1",
    )
    return replace(made, **changes)


def world(*rows: LiveTask) -> World:
    cloud = Cloud(pin(7))
    for number in (7, 8):
        made = Release(app="shop", pin=pin(number, tasks=True), kind=Kind.DEPLOY, who="me", started=AT)
        cloud.ledger.start(made.model_copy(update={"verdict": Verdict.SUCCEEDED}))
    found: Any = Live(rows)
    return replace(cloud.world, tasks=found)


def test_tasks_stand_by_process_the_oldest_first_with_the_release_that_they_are_of() -> None:
    rows = tasks.read(
        world(
            live("worker", "w1"),
            live("web", "b", 8, started=AT + timedelta(hours=1)),
            live("web", "a"),
            live("web", "new", 9, started=None, created=None, status="PROVISIONING"),
        ),
        "shop",
    )
    assert [(row.process, row.task, row.release) for row in rows] == [
        ("web", "a", "v7"),
        ("web", "b", "v8"),
        ("web", "new", ""),
        ("worker", "w1", "v7"),
    ]


def test_tasks_of_others_and_of_what_is_in_no_catalogue_are_left_out() -> None:
    other = live("web", "x", task_definition="arn:aws:ecs:eu-west-1:0:task-definition/dev-shop-web-2-web:1")
    assert tasks.read(world(other, live("cron", "y")), "shop") == ()


def test_a_state_says_health_where_it_is_known_and_what_is_about_to_end() -> None:
    rows = tasks.read(
        world(
            live("web", "a", health="HEALTHY"),
            live("web", "b", health="UNHEALTHY"),
            live("web", "c", desired="STOPPED", status="DEACTIVATING"),
            live("worker", "d", group="family:dev-shop-worker"),
        ),
        "shop",
    )
    assert [row.state for row in rows] == ["running, healthy", "running, unhealthy", "stopping", "running"]
    assert [row.service for row in rows] == [True, True, True, False]
    assert len(tasks.read(world(*[live("web", "a"), live("worker", "d")]), "shop", "worker")) == 1


def test_an_app_that_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound, match="unknown app shpo"):
        tasks.read(world(), "shpo")
