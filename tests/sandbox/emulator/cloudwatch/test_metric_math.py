import pytest

from model.settings.alarm_kinds import KINDS
from sandbox.emulator.cloudwatch.alarm_state import State, judge
from sandbox.emulator.cloudwatch.metric_math import Series, UnknownMathsError, compute

ABOVE, BELOW = "GreaterThanThreshold", "LessThanThreshold"
RATIO = "IF(requests >= 100, 100 * FILL(refused, 0) / requests, 0)"


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("a - b", [3.0, None, -1.0]),
        ("a / b", [4.0, None, 0.0]),
        ("b / a", [0.25, None, None]),
        ("FILL(b, 5)", [1.0, 5.0, 1.0]),
        ("IF(a > 1, 1, 0)", [1.0, 1.0, 0.0]),
        ("100 * FILL(b, 0) / a", [25.0, 0.0, None]),
    ],
)
def test_an_expression_has_a_value_where_all_it_needs_has_one(expression: str, values: Series) -> None:
    assert compute(expression, {"a": [4.0, 2.0, 0.0], "b": [1.0, None, 1.0]}, 3) == values


def test_a_ratio_of_few_requests_is_none() -> None:
    assert compute(RATIO, {"requests": [10.0, 200.0], "refused": [10.0, 50.0]}, 2) == [0.0, 25.0]


@pytest.mark.parametrize("expression", ["METRICS()", "a +", "a ** b", "c", "IF(a, b)", "__import__('os')"])
def test_what_the_sandbox_can_not_compute_is_an_error(expression: str) -> None:
    with pytest.raises(UnknownMathsError):
        compute(expression, {"a": [1.0], "b": [1.0]}, 1)


def test_the_sandbox_computes_every_expression_of_the_platform() -> None:
    for kind in KINDS:
        if kind.expression:
            assert compute(kind.expression, {name: [200.0] for name in kind.metrics}, 1) != [None], kind.key


@pytest.mark.parametrize(
    ("values", "missing", "state"),
    [
        ([2.0, 2.0, 2.0], "missing", State.ALARM),
        ([2.0, 2.0, 0.0], "missing", State.OK),
        ([2.0, 2.0, 1.0], "missing", State.OK),
        ([None, 2.0, 2.0], "missing", None),
        ([None, None, None], "missing", State.INSUFFICIENT),
        ([None, None, None], "ignore", None),
        ([None, None, None], "notBreaching", State.OK),
        ([None, None, None], "breaching", State.ALARM),
        ([None, 2.0, 2.0], "breaching", State.ALARM),
        ([None, 2.0, 2.0], "notBreaching", State.OK),
    ],
)
def test_every_period_must_be_beyond_the_threshold_and_no_data_counts_as_the_alarm_says(
    values: Series, missing: str, state: State | None
) -> None:
    assert judge(values, ABOVE, 1, 3, missing) is state


def test_some_of_the_periods_are_enough_where_the_alarm_says_so() -> None:
    assert judge([2.0, 0.0, 2.0], ABOVE, 1, 2, "missing") is State.ALARM
    assert judge([0.0, 0.0, 2.0], ABOVE, 1, 2, "missing") is State.OK
    assert judge([0.0, 0.0, 0.0], BELOW, 1, 3, "missing") is State.ALARM
