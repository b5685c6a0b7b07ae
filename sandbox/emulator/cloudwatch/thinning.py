"""Old values of a metric, fewer of them: a sandbox that stands for days must not grow without end."""

from collections import defaultdict
from collections.abc import Iterable

from ministack.services import cloudwatch

from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {"ministack.services.cloudwatch": ("_calc_stats",)}

MINUTE = 60.0
"""Real seconds. CloudWatch itself keeps one value a minute, and nobody asks for less."""
KEPT = 600.0
"""Seconds for which values stay as they came: alarms look at them in the sandbox's own minutes."""


def thinned(points: Iterable[Record], now: float) -> list[Record]:
    """The same points, those that are older in one set a minute and, where percentiles are asked for, a value."""
    new: list[Record] = []
    old: dict[tuple[float, float | None], list[Record]] = defaultdict(list)
    for point in points:
        if point["Timestamp"] > now - KEPT:
            new.append(point)
        else:
            value = point["Value"] if point["Unit"] == "Seconds" else None
            old[point["Timestamp"] // MINUTE * MINUTE, value].append(point)
    return [*(_one(minute, rows) for (minute, _), rows in sorted(old.items(), key=lambda row: row[0][0])), *new]


def _one(minute: float, rows: list[Record]) -> Record:
    stats = cloudwatch._calc_stats(rows)
    point = {name: rows[0][name] for name in ("Unit", "Dimensions")}
    return {**point, "Timestamp": minute, "Value": stats["Average"], "_stat": stats}
