import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.settings import schedules
from model.settings.environment import Settings
from model.settings.parse import SettingsError, parse
from tests.model.refusals import refusing

NETWORK = {"zones": ["eu-west-1a", "eu-west-1b"]}
PLACE = "apps/shop/processes/cleanup"


def settings(**process: object) -> Settings:
    apps = {"shop": {"processes": {"web": {"port": 8000}, "cleanup": process}}}
    return parse("dev", "eu-west-1", {"apps": apps, "network": NETWORK})


@pytest.mark.parametrize(
    "text",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(1 hour)",
        "rate(7 days)",
        "cron(0 3 * * ? *)",
        "cron(0/15 8-18 ? * MON-FRI *)",
        "cron(30 6 L * ? 2026-2030)",
        "cron(0 12 15W JAN,jul ? *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(0 9 ? * FRIL *)",
        "cron(0 3 31 2,3 ? *)",
        "at(2028-02-29T03:00:00)",
    ],
)
def test_expressions_of_aws_will_do(text: str) -> None:
    assert schedules.problem(text) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("every day", "'every day' is no schedule; use rate(5 minutes)"),
        ("at(2026-11-25 03:00)", "is no moment; write it with the seconds and without a zone"),
        ("at(2026-11-25T03:00:00Z)", "is no moment; write it with the seconds and without a zone"),
        ("at(2026-02-29T03:00:00)", "is no moment: day"),
        ("0 3 * * ? *", "has no cron around it; write cron(0 3 * * ? *)"),
        ("cron(0  3 * * ? *)", "has further blanks; write 0 3 * * ? *"),
        ("cron(0 3 30 2 ? *)", "never comes: no such month has a day 30; use 29"),
        ("cron(0 3 ? * MON/2 *)", "MON/2 is no day of week; use 1 to 7, *, lists or ranges"),
        ("cron(0 3 ? * 2#1,6#3 *)", "is more than one weekday of a month"),
        ("cron(0 3 1, * ? *)", "nothing is no day of month"),
        ("rate(0 minutes)", "rate(0 minutes) never comes; use 1 or more"),
        ("rate(1 minutes)", "use rate(1 minute)"),
        ("rate(5 minute)", "use rate(5 minutes)"),
        ("rate(5 seconds)", "is no schedule"),
        ("rate(1.5 hours)", "is no schedule"),
        ("0 3 * * *", "is no schedule; use rate(5 minutes)"),
        ("cron(0 3 * * *)", "has 5 fields; AWS wants 6, with the year"),
        ("cron(0 3 * * * *)", "put ? in the day of month or in the day of week, and not in both"),
        ("cron(0 3 ? * ? *)", "put ? in the day of month or in the day of week, and not in both"),
        ("cron(60 3 * * ? *)", "60 is no minutes; use 0 to 59"),
        ("cron(0 24 * * ? *)", "24 is no hours; use 0 to 23"),
        ("cron(0 3 0 * ? *)", "0 is no day of month; use 1 to 31"),
        ("cron(0 3 ? * 8 *)", "8 is no day of week; use 1 to 7"),
        ("cron(0 3 ? * MONDAY *)", "MONDAY is no day of week"),
        ("cron(0 3 * 13 ? *)", "13 is no month; use 1 to 12"),
        ("cron(0 3 * * ? 1969)", "1969 is no year; use 1970 to 2199"),
        ("cron(*/0 3 * * ? *)", "*/0 is no minutes"),
        ("cron(1-2-3 3 * * ? *)", "1-2-3 is no minutes"),
        ("cron(? 3 * * ? *)", "? is no minutes"),
    ],
)
def test_what_aws_would_refuse_is_named_before(text: str, message: str) -> None:
    with refusing() as refused:
        settings(schedule=text)
    refused.says(f"{PLACE}/schedule: ", message)


@pytest.mark.parametrize(
    ("process", "message"),
    [
        (
            {"schedule": {"at": "rate(1 hour)", "timezone": "Berlin"}},
            f"{PLACE}/schedule/timezone: Berlin is no time zone",
        ),
        ({"schedule": {"at": "rate(1 hour)", "retries": 3}}, f"{PLACE}/schedule/retries: 3 will not do"),
        ({"schedule": {"timezone": "UTC"}}, f"{PLACE}/schedule/at: missing; it has no default"),
        ({"schedule": {"at": "rate(1 hour)", "when": "now"}}, f"{PLACE}/schedule/when: unknown key"),
        ({"schedule": "rate(1 hour)", "count": 1}, "a process with schedule is no service; it takes no count"),
        (
            {"kind": "task", "port": 80, "scaling": {"min": 1, "max": 2}},
            "with kind: task is no service; it takes no port",
        ),
        ({"kind": "task", "capacity": {"spot": 1}}, "it takes no capacity"),
        ({"kind": "job"}, f"{PLACE}/kind: 'job' will not do"),
    ],
)
def test_what_will_not_do_is_named_with_what_would(process: dict[str, Any], message: str) -> None:
    with refusing() as refused:
        settings(**process)
    refused.says(message)


def test_the_release_process_has_no_schedule() -> None:
    processes = {"web": {"port": 8000}, "release": {"schedule": "rate(1 hour)"}}
    with pytest.raises(SettingsError, match="it takes no schedule"):
        parse(
            "dev", "eu-west-1", {"apps": {"shop": {"processes": processes}}, "network": {"zones": ["eu-west-1a"] * 2}}
        )


def test_an_app_has_something_that_runs_all_the_time() -> None:
    processes = {"cleanup": {"schedule": "rate(1 hour)"}}
    with pytest.raises(SettingsError, match="no process runs all the time; add one that does"):
        parse(
            "dev", "eu-west-1", {"apps": {"shop": {"processes": processes}}, "network": {"zones": ["eu-west-1a"] * 2}}
        )


@given(st.integers(0, 59), st.integers(0, 23))
def test_every_minute_of_the_day_can_be_named(minute: int, hour: int) -> None:
    assert schedules.problem(f"cron({minute} {hour} * * ? *)") == ""


@given(st.text(max_size=30))
def test_any_text_has_an_answer(text: str) -> None:
    assert isinstance(schedules.problem(f"cron({text})"), str)


def test_processes_without_service_are_neither_services_nor_forgotten() -> None:
    app = settings(kind="task").apps["shop"]
    assert list(app.services) == ["web"] and list(app.one_offs) == ["cleanup"] and not app.scheduled
    app = settings(schedule="rate(1 hour)").apps["shop"]
    assert list(app.services) == ["web"] and list(app.one_offs) == list(app.scheduled) == ["cleanup"]


def test_a_schedule_starts_the_families_of_its_own_process_only() -> None:
    family = "arn:aws:ecs:eu-west-1:1:task-definition/dev-shop-cleanup"
    run = json.loads(json.dumps(schedules.starting(family, "arn:aws:ecs:eu-west-1:1:cluster/dev")))["Statement"][0]
    assert run["Resource"] == [f"{family}:*"]
    assert run["Condition"] == {"ArnEquals": {"ecs:cluster": "arn:aws:ecs:eu-west-1:1:cluster/dev"}}
