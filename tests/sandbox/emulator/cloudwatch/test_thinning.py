from typing import Any

from sandbox.emulator.cloudwatch.thinning import KEPT, thinned

NOW = 10_000.0 * 60


def point(age: float, value: float, unit: str = "Percent", count: float = 1) -> dict[str, Any]:
    return {"Timestamp": NOW - age, "Value": value, "Unit": unit, "Count": count, "Dimensions": {"A": "b"}}


def test_what_is_new_stays_as_it_came() -> None:
    points = [point(3, 1), point(3, 1), point(KEPT - 1, 2)]
    assert thinned(points, NOW) == points


def test_an_old_minute_is_one_set_that_says_the_same() -> None:
    (one,) = thinned([point(KEPT + 3, 10), point(KEPT + 6, 30, count=3), point(KEPT + 59, 20)], NOW)
    assert one["_stat"] == {"SampleCount": 5, "Sum": 120, "Average": 24, "Minimum": 10, "Maximum": 30}
    assert one["Timestamp"] == NOW - KEPT - 60
    assert thinned([one], NOW) == [one]


def test_times_keep_their_values_for_percentiles() -> None:
    old = [point(KEPT + 5, 0.1, "Seconds", 3), point(KEPT + 8, 0.1, "Seconds"), point(KEPT + 8, 0.9, "Seconds")]
    found = thinned([*old, point(KEPT + 65, 0.1, "Seconds")], NOW)
    assert [(row["Timestamp"], row["Value"], row["_stat"]["SampleCount"]) for row in found] == [
        (NOW - KEPT - 120, 0.1, 1),
        (NOW - KEPT - 60, 0.1, 4),
        (NOW - KEPT - 60, 0.9, 1),
    ]
