from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.monitoring.queue_metrics import dimensions, scaling_alarm
from model.names.names import ProcessNames
from model.settings.app import Process
from model.settings.scaling import Scaling, resource_label
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

WORKER: dict[str, Any] = {"min": 0, "max": 4, "backlog": 10}
MORNING: dict[str, Any] = {"cron": "0 8 ? * MON-FRI *", "timezone": "Europe/Berlin", "min": 2, "max": 8}
tasks = st.integers(0, 1000)


def test_without_any_wish_cpu_is_held() -> None:
    assert Scaling(min=1, max=2).held == {"cpu": 60}


def test_what_is_wished_is_held_and_nothing_else() -> None:
    assert Scaling(min=1, max=2, memory=70).held == {"memory": 70}
    assert Scaling(min=1, max=2, cpu=50, memory=70).held == {"cpu": 50, "memory": 70}
    assert Scaling(min=1, max=2, backlog=5).held == {}


def test_a_worker_with_a_queue_may_have_no_task() -> None:
    scaling = Scaling.model_validate(WORKER)
    assert scaling.sleeps
    assert Process(scaling=scaling).initial_count == 0


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"min": 0, "max": 2}, "use min 1, or set backlog"),
        ({"min": 0, "max": 2, "cpu": 60}, "use min 1, or set backlog"),
        ({"min": 3, "max": 2}, "swap them"),
        ({"min": 1, "max": 0}, "use 1 or more"),
        ({"min": 1, "max": 1001}, "use 1000 or less"),
        ({"min": 1, "max": 2, "cpu": 9}, "use 10 or more"),
        ({"min": 1, "max": 2, "memory": 96}, "use 95 or less"),
        ({"min": 1, "max": 2, "requests": 0}, "use 1 or more"),
        ({"min": 1, "max": 2, "backlog": 0}, "use 1 or more"),
        ({"min": 1, "max": 2, "backlog": 5, "quiet": 10}, "it needs min 0"),
        ({**WORKER, "quiet": 1441}, "use 1440 or less"),
        ({**WORKER, "in_cooldown": -1}, "use 0 or more"),
        ({**WORKER, "schedules": {"Night": MORNING}}, "is no name of a schedule; use small"),
        ({**WORKER, "schedules": {"day": {**MORNING, "cron": "0 8 * * *"}}}, "has 5 fields; AWS wants 6"),
        (
            {**WORKER, "schedules": {"day": {**MORNING, "cron": "0 8 * * MON-FRI *"}}},
            "put ? in the day of month or in the day of week",
        ),
        (
            {**WORKER, "schedules": {"day": {**MORNING, "cron": "0 8 ? * ? *"}}},
            "put ? in the day of month or in the day of week",
        ),
        ({**WORKER, "schedules": {"day": {**MORNING, "cron": "0 8 ? * (MON) *"}}}, "(MON) is no day of week"),
        ({**WORKER, "schedules": {"day": {**MORNING, "timezone": "Berlin"}}}, "is no time zone"),
        ({**WORKER, "schedules": {"day": {**MORNING, "min": 9}}}, "swap them"),
        ({"min": 1, "max": 2, "schedules": {"night": {**MORNING, "min": 0}}}, "use min 1, or set backlog"),
    ],
)
def test_scaling_that_could_not_work_is_refused_with_what_would_do(wrong: dict[str, Any], advice: str) -> None:
    with refusing() as refused:
        checked({"apps": {"api": {"processes": {"worker": {"scaling": wrong}}}}})
    refused.says("apps/api/processes/worker/scaling", advice)


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"scaling": {"min": 1, "max": 2, "requests": 100}}, "use backlog or cpu"),
        ({"port": 8000, "scaling": WORKER}, "use requests or cpu"),
    ],
)
def test_what_is_held_must_go_with_the_process(wrong: dict[str, Any], advice: str) -> None:
    with refusing() as refused:
        checked({"apps": {"api": {"processes": {"mailer": wrong}}}})
    refused.says("apps/api/processes/mailer", advice)


@given(least=tasks, most=tasks, other_least=tasks, other_most=tasks)
def test_the_range_over_all_times_holds_every_range(least: int, most: int, other_least: int, other_most: int) -> None:
    least, most = sorted((least, max(1, most)))
    other_least, other_most = sorted((other_least, other_most))
    schedule = {**MORNING, "min": other_least, "max": other_most}
    scaling = Scaling.model_validate({"min": least, "max": most, "backlog": 1, "schedules": {"day": schedule}})
    assert scaling.lowest <= min(least, other_least)
    assert scaling.most >= max(most, other_most)


def test_a_target_group_is_named_as_application_auto_scaling_wants_it() -> None:
    prefix = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
    label = resource_label(f"{prefix}:loadbalancer/app/web/50dc6c49", f"{prefix}:targetgroup/web-8000/943f0174")
    assert label == "app/web/50dc6c49/targetgroup/web-8000/943f0174"


def test_no_two_workers_share_a_metric() -> None:
    places = [ProcessNames(env, app, "worker") for env in ("dev", "prod") for app in ("shop", "till")]
    assert len({tuple(dimensions(names).items()) for names in places}) == 4


def test_an_alarm_that_scales_does_not_hold_a_deploy_up() -> None:
    names = ProcessNames("dev", "shop", "worker")
    assert not scaling_alarm(names, "sleep").startswith(f"{names.env}-{names.app}-")
