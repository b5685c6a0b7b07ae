"""The port of CloudWatch's metrics."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from driver.core.values.metrics import Metric, Minutes


class Metrics(Protocol):
    """CloudWatch's metrics."""

    def minutes(self, metrics: Sequence[Metric], since: datetime, until: datetime) -> Mapping[Metric, Minutes]:
        """Each series from one time to another, empty where there is nothing. Raises Unreachable."""
