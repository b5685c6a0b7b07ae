"""What the autoscaler libraries of apps send, read and bounded; no I/O.

Judoscale's clients post `/v3/reports` every ten seconds, HireFire's the queue times of the last second to `/`.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST = 262_144
"""Bytes that are read of a report."""
QUEUES, LONGEST = 60, 100
"""Queues of one app, and bytes of a queue's name, beyond which nothing is kept."""
MEASUREMENTS = ("qd", "busy", "qt")
"""Jobs that wait, jobs that are worked on, and for how long the oldest has waited, in milliseconds."""
REACHES = 1e12
"""The largest number that is believed."""
HOUR_MS = 3_600_000
VALUES = 150
"""Different values in one datum of PutMetricData.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
"""
STEERING = {
    "HireFire-Resource-Dispatch-Interval": "10",
    "HireFire-Resource-Dispatch-Timeout": "5",
    "HireFire-Resource-Buffer-TTL": "60",
}
"""What HireFire's clients do as they are told: to report every ten seconds and not each second."""


class Refused(Exception):
    """A request that is none; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in: whose token it has, what kind it is, and its body."""

    token: str = field(repr=False)
    judoscale: bool
    body: bytes = field(repr=False)


@dataclass(kw_only=True)
class Report:
    """What an app says: by `<measurement>#<queue>` the jobs of its queues, and how often requests waited so many ms."""

    jobs: dict[str, float] = field(default_factory=dict)
    waits: Counter[int] = field(default_factory=Counter)


def request(event: Mapping[str, Any]) -> Request:
    """A call of a function URL. Raises Refused.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    """
    if event.get("requestContext", {}).get("http", {}).get("method") != "POST":
        raise Refused(404)
    parts = str(event.get("rawPath", "/")).strip("/").split("/")
    headers = {str(name).lower(): str(text) for name, text in (event.get("headers") or {}).items()}
    judoscale = parts[1:] == ["v3", "reports"]
    token = parts[0] if judoscale else headers.get("hirefire-token", "")
    if not token or not (judoscale or parts == [""]):
        raise Refused(404)
    return Request(token=token, judoscale=judoscale, body=_body(event))


def _body(event: Mapping[str, Any]) -> bytes:
    text = str(event.get("body") or "")
    if len(text) > 2 * MOST:
        raise Refused(413)
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except ValueError:
        raise Refused(400) from None
    if len(body) > MOST:
        raise Refused(413)
    return body


def report(asked: Request) -> Report:
    """What is in it; what is none of it is left out. Raises Refused for a body that is no report at all."""
    try:
        made = json.loads(asked.body)
    except (ValueError, RecursionError):
        raise Refused(400) from None
    if not isinstance(made, dict) or (asked.judoscale and not isinstance(made.get("metrics"), list)):
        raise Refused(400)
    if asked.judoscale:
        return _of_judoscale(made["metrics"])
    return Report(waits=_counted(ms for values in made.values() if isinstance(values, list) for ms in values))


def _of_judoscale(rows: Sequence[Any]) -> Report:
    """Each row is the time, the value, the measurement, and the queue or, of requests, null."""
    found, waits = Report(), []
    for row in rows:
        if not isinstance(row, list) or len(row) != 4:
            continue
        _, value, measurement, queue = row
        if measurement == "qt" and queue is None:
            waits.append(value)
        elif _is_number(value) and measurement in MEASUREMENTS and _is_queue(queue):
            found.jobs[f"{measurement}#{queue}"] = float(value)
    found.jobs = dict(list(found.jobs.items())[: QUEUES * len(MEASUREMENTS)])
    found.waits = _counted(waits)
    return found


def _is_queue(name: object) -> bool:
    """A text that is a name: DynamoDB takes no half of a surrogate pair."""
    return isinstance(name, str) and 0 < len(name.encode("utf-8", "replace")) <= LONGEST and _is_text(name)


def _is_text(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _counted(values: Iterator[Any] | Sequence[Any]) -> Counter[int]:
    return Counter(min(round(value), HOUR_MS) for value in values if _is_number(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= REACHES


def data(env: str, waits: Mapping[str, Counter[int]]) -> list[dict[str, Any]]:
    """The queue times of requests as CloudWatch takes them, by app."""
    found = []
    for app, counted in sorted(waits.items()):
        dimensions = [{"Name": "Environment", "Value": env}, {"Name": "App", "Value": app}]
        pairs = sorted(counted.items())
        for start in range(0, len(pairs), VALUES):
            part = pairs[start : start + VALUES]
            found.append(
                {
                    "MetricName": "RequestQueueTime",
                    "Dimensions": dimensions,
                    "Unit": "Milliseconds",
                    "Values": [float(ms) for ms, _ in part],
                    "Counts": [float(times) for _, times in part],
                }
            )
    return found
