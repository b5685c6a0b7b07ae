"""A dashboard as a plain value: rows of panels, and what each asks of CloudWatch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

COLUMNS = 24
"""How wide a dashboard is, in Grafana as in CloudWatch."""


class Unit(StrEnum):
    """What a panel's axis counts."""

    COUNT = "count"
    PERCENT = "%"
    SECONDS = "s"
    MILLISECONDS = "ms"
    BYTES = "bytes"
    DOLLARS = "USD"


@dataclass(frozen=True, kw_only=True)
class Query:
    """One series: a metric with all of its dimensions, and how values are put together.

    `id` is its name in formulas. `period` in seconds is kept to whatever the range is, which counts need; None follows
    the range. `region` is another than the environment's. What is `hidden` only feeds a formula.
    """

    id: str
    label: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period: int | None = None
    region: str | None = None
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A series that is worked out from others of its panel.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """

    id: str
    label: str
    expression: str
    region: str | None = None


Series = Query | Formula


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Where an alarm rings, as a line across a panel and in the panel's unit."""

    value: float
    label: str
    below: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Series over time. `bars` for what is counted, `top` where the axis ends at a known value."""

    title: str
    unit: Unit
    series: tuple[Series, ...]
    says: str
    limit: Limit | None = None
    bars: bool = False
    top: float | None = None
    width: int = 8
    height: int = 7

    @property
    def queries(self) -> tuple[Query, ...]:
        """What it asks of CloudWatch."""
        return tuple(row for row in self.series if isinstance(row, Query))


@dataclass(frozen=True, kw_only=True)
class LogPanel:
    """Lines of one log group, by a query of CloudWatch Logs Insights."""

    title: str
    group: str
    query: str
    says: str
    width: int = 16
    height: int = 8


@dataclass(frozen=True, kw_only=True)
class ReleasePanel:
    """The releases as they are marked in Grafana, by tags; CloudWatch has none of them."""

    title: str
    tags: tuple[str, ...]
    says: str
    width: int = 8
    height: int = 8


@dataclass(frozen=True, kw_only=True)
class AlarmPanel:
    """Alarms by ARN and how they stand; Grafana has no such panel for CloudWatch's."""

    title: str
    alarms: tuple[str, ...]
    width: int = COLUMNS
    height: int = 2


AnyPanel = Panel | LogPanel | ReleasePanel | AlarmPanel


@dataclass(frozen=True, kw_only=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[AnyPanel, ...]


@dataclass(frozen=True, kw_only=True)
class Board:
    """One dashboard. `app` is None for the one of the whole environment; `tags` are those of its release marks."""

    uid: str
    name: str
    title: str
    says: str
    env: str
    region: str
    account: str
    app: str | None
    rows: tuple[Row, ...]
    others: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """What Grafana finds it by."""
        return ("slipway", f"env:{self.env}", *([] if self.app is None else [f"app:{self.app}"]))

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Its panels of metrics."""
        return tuple(panel for row in self.rows for panel in row.panels if isinstance(panel, Panel))


@dataclass(frozen=True)
class Cell:
    """Where something is on the grid."""

    x: int
    y: int
    width: int
    height: int


def placed(row: Row, kinds: tuple[type[AnyPanel], ...], top: int) -> Iterator[tuple[AnyPanel, Cell]]:
    """The panels of these kinds, from left to right and down from `top`."""
    x, y, tallest = 0, top, 0
    for panel in row.panels:
        if not isinstance(panel, kinds):
            continue
        if x + panel.width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        yield panel, Cell(x, y, panel.width, panel.height)
        x, tallest = x + panel.width, max(tallest, panel.height)


def series(*rows: Series) -> tuple[Series, ...]:
    """Rows of one panel. Raises ValueError where two have one name: a formula could mean either."""
    names = [row.id for row in rows]
    if len(set(names)) != len(names):
        raise ValueError(f"series of the same name: {', '.join(names)}")
    return rows


def bottom(cells: Sequence[Cell], top: int) -> int:
    """The first line of the grid below these."""
    return max((cell.y + cell.height for cell in cells), default=top)
