"""The state of an alarm from the values of its last periods.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data
"""

import operator
from collections.abc import Sequence
from enum import StrEnum

_BEYOND = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_FILLED = {"breaching": True, "notBreaching": False}


class State(StrEnum):
    """What an alarm says."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT = "INSUFFICIENT_DATA"


def judge(values: Sequence[float | None], comparison: str, threshold: float, needed: int, missing: str) -> State | None:
    """The state after these values, one a period; None where it stays as it is.

    `needed` values beyond the threshold make an alarm. `missing` is what no data counts as.
    """
    beyond = _BEYOND[comparison]
    known = [_FILLED.get(missing) if value is None else beyond(value, threshold) for value in values]
    judged = [value for value in known if value is not None]
    if not judged:
        return None if missing == "ignore" else State.INSUFFICIENT
    if sum(judged) >= needed:
        return State.ALARM
    if len(judged) - sum(judged) > len(values) - needed:
        return State.OK
    return None
