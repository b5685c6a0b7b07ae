from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.emulator.autoscaling.scaling_rules import IN_PERIODS, OUT_PERIODS, stepped, tracked, within

counts = st.integers(1, 1000)


def test_tasks_are_added_after_three_minutes_and_removed_after_fifteen() -> None:
    assert (OUT_PERIODS, IN_PERIODS) == (3, 15)


@pytest.mark.parametrize(
    ("current", "value", "wanted"),
    [(2, 90, 3), (2, 61, 3), (4, 30, 2), (4, 45, 3), (3, 59, 3), (1, 0.01, 1), (2, 0, 0)],
)
def test_what_is_added_is_rounded_up_and_what_is_removed_down(current: int, value: float, wanted: int) -> None:
    assert tracked(current, value, 60) == wanted


@given(current=counts, value=st.floats(0.001, 1e6), target=st.floats(1, 1e4))
def test_tracking_never_asks_for_no_task_while_there_is_any_load(current: int, value: float, target: float) -> None:
    assert tracked(current, value, target) >= 1


@given(count=st.integers(0, 10**6), least=st.integers(0, 100), more=st.integers(0, 100))
def test_the_range_is_kept(count: int, least: int, more: int) -> None:
    assert least <= within({"MinCapacity": least, "MaxCapacity": least + more}, count) <= least + more


@pytest.mark.parametrize(
    ("kind", "adjustment", "current", "wanted"),
    [
        ("ChangeInCapacity", 1, 0, 1),
        ("ChangeInCapacity", -3, 2, 0),
        ("ExactCapacity", 0, 5, 0),
        ("PercentChangeInCapacity", 50, 4, 6),
        ("PercentChangeInCapacity", 10, 4, 5),
        ("PercentChangeInCapacity", -10, 4, 3),
        ("PercentChangeInCapacity", -30, 4, 3),
    ],
)
def test_a_step_changes_the_count_as_its_kind_says(kind: str, adjustment: int, current: int, wanted: int) -> None:
    steps = [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": adjustment}]
    assert stepped({"AdjustmentType": kind, "StepAdjustments": steps}, current, 0) == wanted


@pytest.mark.parametrize(("distance", "wanted"), [(-5.0, 0), (0.0, 0), (-inf, 0)])
def test_a_step_below_the_threshold_holds_up_to_it(distance: float, wanted: int) -> None:
    steps: list[dict[str, Any]] = [{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": 0}]
    assert stepped({"AdjustmentType": "ExactCapacity", "StepAdjustments": steps}, 3, distance) == wanted
