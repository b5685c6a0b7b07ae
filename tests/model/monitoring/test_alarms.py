import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.monitoring import alarms, subjects
from model.monitoring.alarms import LONGEST_RULE, MOST_IN_ONE, Alarms
from model.monitoring.subjects import Reference
from model.names.names import ProcessNames
from model.settings.alarm_kinds import BY_KEY, KINDS, Subject
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

DOCS = Path(__file__).parents[3] / "docs" / "alarms.md"
WEB = ProcessNames("dev", "shop", "web")
TOLD = Alarms(email=("ops@example.org",))


def of_web(settings: Alarms, *, insights: bool = True) -> dict[str, alarms.Alarm]:
    things = subjects.of_process(WEB, insights=insights, web=True, dedicated=True, queue=False)
    return {alarm.kind.key: alarm for alarm in alarms.alarms(settings, things)}


def test_the_documentation_lists_every_kind_with_its_default_and_no_other() -> None:
    rows = [row for row in DOCS.read_text().splitlines() if row.startswith("| `")]
    assert rows == [
        f"| `{kind.key}` | {kind.comparison.sign} {kind.threshold:g} {kind.unit} for {kind.minutes} min"
        f" | {kind.missing} | {kind.says} |"
        for kind in KINDS
    ]


def test_there_are_no_alarms_where_nobody_is_told_of_them_unless_they_are_asked_for() -> None:
    assert of_web(Alarms()) == {}
    assert of_web(Alarms(enabled=False, email=("ops@example.org",))) == {}
    assert of_web(Alarms(enabled=True))
    assert of_web(TOLD)


def test_counts_of_tasks_are_only_watched_where_something_counts_them() -> None:
    assert "service_below" in of_web(TOLD)
    assert "service_below" not in of_web(TOLD, insights=False)


def test_a_rule_changes_its_kind_and_drops_it() -> None:
    settings = Alarms.model_validate(
        {"enabled": True, "rules": {"service_cpu": {"threshold": 70, "minutes": 3}, "service_memory": False}}
    )
    found = of_web(settings)
    assert (found["service_cpu"].threshold, found["service_cpu"].periods) == (70, 3)
    assert "service_memory" not in found


def test_errors_of_the_load_balancer_and_of_its_targets_are_told_apart() -> None:
    found = of_web(TOLD)
    assert set(found["balancer_5xx"].dimensions) == {"LoadBalancer"}
    assert found["targets_5xx"].dimensions == {
        "TargetGroup": Reference.TARGET_GROUP, "LoadBalancer": Reference.LOAD_BALANCER,
    }  # fmt: skip
    assert found["balancer_5xx"].metrics["value"].name != found["targets_5xx"].metrics["value"].name


def test_a_load_balancer_that_is_shared_is_watched_once_and_not_for_each_process() -> None:
    things = subjects.of_process(WEB, insights=True, web=True, dedicated=False, queue=False)
    assert Subject.TARGETS in {thing.subject for thing in things}
    assert Subject.BALANCER not in {thing.subject for thing in things}
    assert subjects.of_shared_balancer("dev", "public").subject is Subject.BALANCER


def test_a_functions_duration_is_held_against_its_own_timeout_in_milliseconds() -> None:
    found = {
        a.kind.key: a for a in alarms.alarms(TOLD, subjects.of_function("dev", "dev-shipper", 60, ships_logs=True))
    }
    assert found["function_duration"].threshold == 48_000
    assert found["function_errors"].threshold == 0
    assert found["shipper_lag"].threshold == 300_000


def test_disks_are_watched_for_what_is_left() -> None:
    settings = Alarms(enabled=True, databases=("main",))
    found = {
        alarm.kind.key: alarm
        for alarm in alarms.alarms(settings, subjects.of_stores("dev", settings.databases, settings.caches))
    }
    assert found["database_storage"].comparison == "LessThanThreshold"
    assert found["database_storage"].threshold == 10 * 1024**3


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_has_a_window_that_cloudwatch_takes(kind: Any) -> None:
    assert BY_KEY[kind.key] is kind
    assert 1 <= kind.minutes <= 1440
    assert bool(kind.expression) == (len(kind.metrics) > 1)
    assert all(re.search(rf"\b{name}\b", kind.expression) for name in kind.metrics if kind.expression)


def test_names_of_alarms_are_unique_over_things_and_kinds() -> None:
    settings = Alarms(enabled=True, databases=("main",), caches=("main",))
    things = [
        subjects.of_nat("dev", 1),
        subjects.of_nat("dev", 2),
        *subjects.of_stores("dev", settings.databases, settings.caches),
    ]
    things += subjects.of_function("dev", "dev-shipper", 60)
    things += [*subjects.of_counter("dev"), *subjects.of_receiver("dev")]
    for name in ("web", "worker"):
        things += subjects.of_process(
            ProcessNames("dev", "shop", name), insights=True, web=True, dedicated=True, queue=True
        )
    made = alarms.alarms(settings, things)
    assert {thing.subject for thing in things} == set(Subject) - {Subject.SHIPPER}
    assert len({alarm.name for alarm in made}) == len({alarm.logical for alarm in made}) == len(made)


@given(st.lists(st.text("abc-", min_size=1, max_size=200), unique=True, max_size=250))
def test_every_alarm_is_in_one_bundle_and_no_bundle_is_more_than_aws_takes(names: list[str]) -> None:
    bundles = alarms.bundles(names)
    assert [name for bundle in bundles for name in bundle] == names
    assert all(len(bundle) <= MOST_IN_ONE and len(alarms.rule(bundle)) <= LONGEST_RULE for bundle in bundles)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"email": ["ops"]}, "write it as ops@example.org"),
    ({"email": ["ops@localhost"]}, "write it as ops@example.org"),
    ({"rules": {"cpu": {"threshold": 3}}}, "is no kind of alarm; use service_cpu"),
    ({"rules": {"service_cpu": {}}}, "give a threshold or minutes"),
    ({"rules": {"service_cpu": {"threshold": -1}}}, "use 0 or more"),
    ({"rules": {"service_cpu": {"minutes": 0}}}, "use 1 or more"),
    ({"rules": {"service_cpu": {"minutes": 1441}}}, "use 1440 or less"),
    ({"rules": {"service_cpu": {"limit": 3}}}, "unknown key"),
    ({"databases": ["arn:aws:rds:x"]}, "is no identifier of a database or cache; use"),
    ({"caches": [""]}, "is no identifier of a database or cache; use"),
    ({"hooks": [{"name": "chat"}, {"name": "chat"}]}, "chat is there twice; take one"),
    ({"hooks": [{"name": "Chat"}]}, "is no name of a hook; use small"),
    ({"hooks": [{"name": "chat", "format": "teams"}]}, "write 'slack' or 'pagerduty'"),
    ({"hooks": [{"name": "chat", "url": "https://hooks.slack.com/x"}]}, "unknown key"),
    ({"slack": "https://hooks.slack.com/x"}, "unknown key"),
]


@pytest.mark.parametrize(("wrong", "advice"), BAD)
def test_settings_that_could_not_work_are_refused_with_what_would_do(wrong: dict[str, Any], advice: str) -> None:
    with refusing() as refused:
        checked({"alarms": wrong})
    refused.says("alarms", advice)
