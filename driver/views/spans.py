"""Spans of time as people write and read them: 30s, 10m, 2h, 1d."""

import re
from datetime import timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(text: str) -> int:
    """The seconds of a span such as 10m. Raises InvalidInput."""
    from driver.errors import InvalidInput

    match = re.fullmatch(r"([0-9]{1,6})([smhdw])", text)
    if match is None:
        raise InvalidInput(f"{text} is no span of time", hint="Write a number and a unit: 30s, 10m, 2h, 1d.")
    return int(match[1]) * UNITS[match[2]]


def span(time: timedelta | None) -> str:
    """Two units at most, such as `3 h 12 min`; `-` where there is none."""
    if time is None:
        return "-"
    whole = round(time.total_seconds())
    for size, unit, below, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"
