"""What CloudWatch counts, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One series, a value a minute: `dimensions` are all that it has, `stat` is such as Sum, Average or p95."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str


def metric(namespace: str, name: str, dimensions: Mapping[str, str], stat: str) -> Metric:
    """A series by its dimensions in any order."""
    return Metric(namespace=namespace, name=name, dimensions=tuple(sorted(dimensions.items())), stat=stat)


Minutes = Mapping[datetime, float]
"""Values by the beginning of their minute; a minute of which nothing is known is not there."""
