"""Dashboards that CloudWatch refuses: what it would not draw it does not keep.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import cloudwatch

from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {"ministack.services.cloudwatch": ("_error", "_p", "_put_dashboard")}

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
COLUMNS, MOST_HIGH, MOST_WIDGETS, MOST_METRICS, MOST_IN_ALL = 24, 1000, 500, 500, 2500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"""
PROPERTIES = {
    "metric": ("region",),
    "text": ("markdown",),
    "log": ("query", "region"),
    "alarm": ("alarms",),
    "explorer": ("metrics",),
    "custom": ("endpoint",),
}
"""The kinds of widget, and which properties each must have."""
PERIODS = {1, 5, 10, 20, 30}
"""Periods in seconds beside multiples of a minute."""


def install() -> None:
    """Refuse them from now on."""
    replace(cloudwatch, "_put_dashboard", _checking)


def _checking(original: Callable[..., Any]) -> Callable[..., Any]:
    def put(params: Record, data: Record, is_cbor: bool, is_json: bool = False) -> Any:  # noqa: ANN401 - ministack's
        given = (data or {}) if is_cbor or is_json else {key: cloudwatch._p(params, key) for key in _KEYS}
        wrong = list(complaints(str(given.get(_KEYS[0], "")), str(given.get(_KEYS[1], ""))))
        if wrong:
            said = f"The dashboard body is invalid, there are {len(wrong)} validation errors: {'; '.join(wrong)}"
            return cloudwatch._error("InvalidParameterInput", said, 400, use_json=is_json, use_cbor=is_cbor)
        return original(params, data, is_cbor, is_json)

    return put


_KEYS = ("DashboardName", "DashboardBody")


def complaints(name: str, body: str) -> Iterator[str]:
    """What is wrong with a dashboard, each with its place."""
    if not NAME.fullmatch(name):
        yield f"DashboardName: {name!r} has other characters than A-Z, a-z, 0-9, _ and -"
    try:
        found = json.loads(body)
    except ValueError:
        yield "The field DashboardBody must be a valid JSON object"
        return
    widgets = found.get("widgets") if isinstance(found, dict) else None
    if not isinstance(widgets, list):
        yield "/: should have required property 'widgets'"
        return
    if len(widgets) > MOST_WIDGETS:
        yield f"/widgets: should NOT have more than {MOST_WIDGETS} items"
    for number, widget in enumerate(widgets):
        for wrong in _widget(widget):
            yield f"/widgets/{number}{wrong}"
    metrics = [widget["properties"].get("metrics") or [] for widget in widgets if _is_metric(widget)]
    if sum(map(len, metrics)) > MOST_IN_ALL:
        yield f"/widgets: more than {MOST_IN_ALL} metrics"


def _is_metric(widget: Any) -> bool:  # noqa: ANN401 - as given
    return isinstance(widget, dict) and widget.get("type") == "metric" and isinstance(widget.get("properties"), dict)


def _widget(widget: Any) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(widget, dict) or not isinstance(widget.get("properties"), dict):
        yield ": should have required property 'properties'"
        return
    if widget.get("type") not in PROPERTIES:
        yield f"/type: should be one of {', '.join(PROPERTIES)}"
        return
    yield from _place(widget)
    for key in PROPERTIES[widget["type"]]:
        if key not in widget["properties"]:
            yield f"/properties: should have required property '{key}'"
    if widget["type"] == "metric":
        yield from _metrics(widget["properties"])


def _place(widget: Record) -> Iterator[str]:
    limits = {"x": (0, COLUMNS - 1), "y": (0, None), "width": (1, COLUMNS), "height": (1, MOST_HIGH)}
    for key, (least, most) in limits.items():
        value = widget.get(key, least)
        if not isinstance(value, int) or value < least or (most is not None and value > most):
            yield f"/{key}: should be an integer from {least} to {most if most is not None else 'any'}"


def _metrics(properties: Record) -> Iterator[str]:
    rows = properties.get("metrics", [])
    if not rows and not properties.get("annotations"):
        yield "/properties: should have metrics or annotations"
    if len(rows) > MOST_METRICS:
        yield f"/properties/metrics: should NOT have more than {MOST_METRICS} items"
    ids: set[str] = set()
    for number, row in enumerate(rows):
        options = row[-1] if isinstance(row, list) and row and isinstance(row[-1], dict) else {}
        words = [word for word in row if isinstance(word, str)] if isinstance(row, list) else []
        if "expression" not in options and (len(words) < 2 or len(words) % 2):
            yield f"/properties/metrics/{number}: should be namespace, metric, and names and values of dimensions"
        name = options.get("id")
        if name is not None and (name in ids or not re.fullmatch(r"[a-z][a-zA-Z0-9_]*", str(name))):
            yield f"/properties/metrics/{number}: the id {name} is there twice, or does not begin with a small letter"
        ids.add(str(name))
        period = options.get("period", 60)
        if not (isinstance(period, int) and period > 0 and (period % 60 == 0 or period in PERIODS)):
            yield f"/properties/metrics/{number}: the period {period} is none"
