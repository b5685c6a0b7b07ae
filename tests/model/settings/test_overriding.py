from typing import Any

import pytest

from model.settings.environment import Settings
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

SCALING = {"min": 2, "max": 4}


def with_overrides(processes: object, **catalogue: object) -> Settings:
    apps: Any = {"api": {"processes": catalogue}}
    return checked({"apps": apps, "overrides": {"api": {"processes": processes}}})


def test_a_process_that_the_catalogue_does_not_have_is_a_mistake() -> None:
    with refusing() as refused:
        with_overrides({"wbe": {"cpu": 512}})
    refused.says(
        "overrides/api/processes/wbe: no such process of api in the catalogue; did you mean web? One that this"
    )
    refused.says("One that this environment alone has says so: only_here: true")


def test_without_a_like_one_those_that_there_are_are_named() -> None:
    with refusing() as refused:
        with_overrides({"loadtest": {}})
    refused.says("known here: web, worker, release")


def test_a_process_of_one_environment_says_so() -> None:
    process = with_overrides({"loadtest": {"only_here": True, "cpu": 512, "memory": 1024}}).apps["api"].processes
    assert process["loadtest"].cpu == 512
    assert list(process) == ["web", "worker", "release", "loadtest"]


@pytest.mark.parametrize(
    ("processes", "said"),
    [
        (
            {"web": {"only_here": True}},
            "overrides/api/processes/web: the catalogue has web, so it is not only here",
        ),
        ({"load": {"only_here": "yes"}}, "overrides/api/processes/load/only_here: 'yes' will not do; write true"),
        ({"web": [1]}, "overrides/api/processes/web: [1] will not do; write a mapping"),
        ([1], "overrides/api/processes: [1] will not do; write a mapping of process names"),
        ("web", "overrides/api/processes: 'web' will not do; write a mapping"),
    ],
)
def test_an_override_that_is_none_is_named(processes: object, said: str) -> None:
    with refusing() as refused:
        with_overrides(processes)
    refused.says(said)


def test_only_here_has_no_place_in_the_catalogue() -> None:
    with refusing() as refused:
        checked({"apps": {"api": {"processes": {"web": {"only_here": True}}}}})
    refused.says("apps/api/processes/web/only_here: unknown key")


@pytest.mark.parametrize(
    "empty", [None, {}, {"api": None}, {"api": {"processes": None}}, {"api": {"processes": {"web": None}}}]
)
def test_what_is_empty_changes_nothing(empty: object) -> None:
    assert checked({"overrides": empty}) == checked({})


def test_a_count_takes_the_place_of_the_catalogues_scaling_and_the_other_way_round() -> None:
    counted = with_overrides({"worker": {"count": 2}}, worker={"scaling": SCALING}).apps["api"].processes["worker"]
    assert (counted.count, counted.scaling) == (2, None)
    scaled = with_overrides({"worker": {"scaling": SCALING}}, worker={"count": 1}).apps["api"].processes["worker"]
    assert (scaled.count, scaled.initial_count) == (None, 2)


def test_null_drops_what_the_catalogue_has() -> None:
    process = with_overrides({"worker": {"scaling": None}}, worker={"scaling": SCALING}).apps["api"].processes["worker"]
    assert process.scaling is None


def test_both_in_one_place_exclude_each_other_still() -> None:
    with refusing() as refused:
        with_overrides({"worker": {"count": 2, "scaling": SCALING}})
    refused.says("overrides/api/processes/worker: count and scaling exclude each other; drop one of them")


def test_a_schedule_that_is_written_short_can_be_changed_in_part() -> None:
    processes = with_overrides({"cleanup": {"schedule": {"enabled": False}}}, cleanup={"schedule": "rate(1 hour)"})
    schedule = processes.apps["api"].processes["cleanup"].schedule
    assert schedule is not None
    assert (schedule.at, schedule.enabled) == ("rate(1 hour)", False)
