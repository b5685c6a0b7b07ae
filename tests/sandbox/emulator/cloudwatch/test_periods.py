"""Points of each minute of the sandbox, as alarms see them in periods that reach back from whenever they look."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch import alarms

METRIC = {"Namespace": "Periods", "MetricName": "Requests", "Dimensions": []}
KEY = ("Periods", "Requests", "")
NOW = 1_796_000_000.0


@given(st.sampled_from([0.02, 0.05, 1.0]), st.floats(0, 120), st.floats(0.001, 0.19))
def test_a_point_a_minute_is_in_each_period_once(pace: float, later: float, delay: float) -> None:
    minute = 60 * pace
    context: Any = SimpleNamespace(scaled=lambda seconds: seconds * pace)
    now = NOW + later
    # What is told of a minute is there a moment after its end.
    last = (now - delay) // minute
    points = [{"Timestamp": (last - number) * minute, "Value": 7.0, "Count": 1.0} for number in range(20)]
    with pytest.MonkeyPatch.context() as patch, request_scope("210987654321", "eu-north-1"):
        patch.setattr(alarms.time, "time", lambda: now)
        cloudwatch._metrics[KEY] = points
        try:
            series = alarms.Watch(context)._series(METRIC, "Sum", 60, 15)
        finally:
            del cloudwatch._metrics[KEY]
    # A minute that has just ended may not be told yet; no other is missing, and none counts twice.
    assert series[:-1] == [7.0] * 14
    assert series[-1] in (7.0, None)
