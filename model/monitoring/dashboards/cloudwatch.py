"""Dashboards as CloudWatch has them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from model.monitoring.dashboards.board import (
    COLUMNS,
    AlarmPanel,
    AnyPanel,
    Board,
    Cell,
    Formula,
    LogPanel,
    Panel,
    Query,
    Series,
    bottom,
    placed,
)
from model.monitoring.dashboards.boards import boards
from model.monitoring.output import Monitoring

Widget = dict[str, Any]

SHOWN: tuple[type[AnyPanel], ...] = (Panel, LogPanel, AlarmPanel)
"""What CloudWatch can show; the marks of releases are Grafana's."""
PERIOD = 60
"""Seconds, where the range of time does not ask for more."""
RED = "#d62728"


def bodies(found: Monitoring) -> dict[str, dict[str, object]]:
    """The body of each dashboard of an environment, by name."""
    return {board.name: body(board) for board in boards(found)}


def body(board: Board) -> dict[str, object]:
    """One dashboard."""
    widgets: list[Widget] = []
    top = 0
    if board.others:
        links = " ".join(f"[button:{name}](#dashboards:name={name})" for name in board.others)
        widgets.append(_text(f"{board.says} {links}", top, height=2))
        top += 2
    for row in board.rows:
        shown = list(placed(row, SHOWN, top + 1))
        if not shown:
            continue
        widgets.append(_text(f"## {row.title}", top))
        widgets += [_widget(panel, cell, board) for panel, cell in shown]
        top = bottom([cell for _, cell in shown], top + 1)
    return {"start": "-PT6H", "periodOverride": "auto", "widgets": widgets}


def _text(markdown: str, top: int, height: int = 1) -> Widget:
    place = {"x": 0, "y": top, "width": COLUMNS, "height": height}
    return {"type": "text", **place, "properties": {"markdown": markdown, "background": "transparent"}}


def _widget(panel: AnyPanel, cell: Cell, board: Board) -> Widget:
    place = {"x": cell.x, "y": cell.y, "width": cell.width, "height": cell.height}
    match panel:
        case Panel():
            return {"type": "metric", **place, "properties": _metrics(panel, board)}
        case LogPanel():
            query = f"SOURCE '{panel.group}' | {panel.query}"
            shown = {"query": query, "region": board.region, "title": panel.title, "view": "table"}
            return {"type": "log", **place, "properties": shown}
        case AlarmPanel():
            return {"type": "alarm", **place, "properties": {"title": panel.title, "alarms": list(panel.alarms)}}
    raise TypeError(panel)


def _metrics(panel: Panel, board: Board) -> Widget:
    axis: Widget = {"min": 0, "label": panel.unit.value, "showUnits": False}
    shown: Widget = {
        "title": panel.title,
        "region": board.region,
        "view": "timeSeries",
        "stacked": False,
        "stat": "Average",
        "period": _period(panel.queries),
        "metrics": [_series(row) for row in panel.series],
        "yAxis": {"left": axis},
    }
    if panel.limit is not None:
        line = {"value": panel.limit.value, "label": panel.limit.label, "color": RED}
        shown["annotations"] = {"horizontal": [line]}
    return shown


def _period(queries: Iterable[Query]) -> int:
    return max((query.period for query in queries if query.period is not None), default=PERIOD)


def _series(row: Series) -> list[object]:
    options: dict[str, object] = {"id": row.id, "label": row.label}
    if row.region is not None:
        options["region"] = row.region
    if isinstance(row, Formula):
        return [{**options, "expression": row.expression}]
    options |= {"stat": row.stat} | ({} if row.period is None else {"period": row.period})
    if row.hidden:
        options["visible"] = False
    return [row.namespace, row.metric, *(text for pair in row.dimensions for text in pair), options]


def asked(found: Mapping[str, object]) -> list[tuple[str, str, dict[str, str], str]]:
    """What a body asks CloudWatch for: namespace, metric, dimensions and statistic of each series."""
    rows = []
    for widget in found["widgets"]:  # type: ignore[attr-defined]
        for metric in widget["properties"].get("metrics", []):
            if len(metric) > 1:
                *words, options = metric
                rows.append((words[0], words[1], dict(zip(words[2::2], words[3::2], strict=True)), options["stat"]))
    return rows
