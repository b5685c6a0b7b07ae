"""What AWS's services tell CloudWatch of themselves: a look at each at the end of every minute of the sandbox."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from sandbox.context import Context
from sandbox.emulator.cloudwatch.thinning import thinned
from sandbox.emulator.patching.background import at_each
from sandbox.emulator.patching.patch import Needs

NEEDS: Needs = {
    "ministack.core.responses": ("request_scope",),
    "ministack.services.cloudwatch": ("_dims_key", "_metric_bucket"),
}

MINUTE = 60.0
QUICKEST = 0.2


@dataclass(frozen=True, kw_only=True)
class Datum:
    """`count` samples of one value of one metric, in an account and region."""

    account: str
    region: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float
    unit: str = "Count"
    count: int = 1


Key = tuple[str, str, str]
"""Namespace, name and dimensions, as ministack has them."""
Source = Callable[[float], Iterable[Datum]]
"""What a service has to tell of the minute that has just ended; it gets that minute's real seconds."""


class Minutes:
    """Asks the sources, and puts what they tell under the end of the minute.

    An alarm's periods reach back from now, so a point that is due each `MINUTE` to the very moment is in each of them
    once: neither twice in one nor in none.
    """

    def __init__(self, context: Context, *sources: Source) -> None:
        self._seconds, self._sources = max(QUICKEST, context.scaled(MINUTE)), sources
        self._kept: set[tuple[str, str, Key]] = set()
        self._thinned = 0.0

    def start(self) -> None:
        """Go on until the process ends."""
        at_each("metrics", self._seconds, *(self._telling(source) for source in self._sources), self._thin)

    def _telling(self, source: Source) -> Callable[[float, float], None]:
        def tell(moment: float, seconds: float) -> None:
            for datum in source(seconds):
                self._keep(datum, moment)

        return tell

    def _keep(self, datum: Datum, moment: float) -> None:
        """Put a datum among CloudWatch's own, under a time in seconds."""
        dimensions = dict(datum.dimensions)
        key = (datum.namespace, datum.name, cloudwatch._dims_key(dimensions))
        point = {"Timestamp": moment, "Value": datum.value, "Unit": datum.unit, "Dimensions": dimensions}
        with request_scope(datum.account, datum.region):
            cloudwatch._metric_bucket(key).append({**point, "Count": float(datum.count)})
        self._kept.add((datum.account, datum.region, key))

    def _thin(self, moment: float, _seconds: float) -> None:
        if moment - self._thinned < MINUTE:
            return
        self._thinned = moment
        for account, region, key in self._kept:
            with request_scope(account, region):
                points = cloudwatch._metric_bucket(key)
                points[:] = thinned(points, moment)
