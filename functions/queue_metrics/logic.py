"""From jobs and tasks to the metrics of a worker, and to those of the counting itself; no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.queue_metrics.plan import MINUTE, App, Worker

NAMESPACE = "Slipway/Queues"
JOBS, BACKLOG, WAKE_UP, OLDEST, BUSY = "Jobs", "BacklogPerTask", "WakeUp", "OldestJobAge", "Busy"
SEEN, FAILED, SLOWEST, AGE = "AppsSeen", "AppsFailed", "SlowestApp", "ValueAge"
BATCH = 500
"""Values in one PutMetricData, which takes 1,000 of them and 1 MB.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""
FRESH = 90.0
"""Seconds after which a report says nothing any more: apps report every ten."""
Datum = dict[str, Any]
Finding = float | str
"""A value, or in words why there is none."""


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """How many tasks of a service are wanted, and how many run."""

    desired: int
    running: int


def of_worker(env: str, app: str, worker: Worker, finding: Finding, tasks: Tasks | None, at: float) -> list[Datum]:
    """The values of one worker. No data is not zero: where its jobs are not known, all that is said is that it may be
    busy, so that nothing is put to sleep.
    """
    dimensions = {"Environment": env, "App": app, "Process": worker.process}
    values: list[tuple[str, float, str]] = []
    if isinstance(finding, str):
        values.append((BUSY, 1, "None"))
    else:
        values.append((BUSY, float(finding > 0), "None"))
        values.append((OLDEST, finding, "Seconds") if worker.latency else (JOBS, finding, "Count"))
        if tasks is not None and not worker.latency:
            values.append((BACKLOG, finding / max(1, tasks.running), "Count"))
        if tasks is not None:
            values.append((WAKE_UP, float(finding > 0 and tasks.desired == 0), "None"))
    fine = {"StorageResolution": 1} if worker.every < MINUTE else {}
    return [_datum(name, value, unit, dimensions, at) | fine for name, value, unit in values]


@dataclass(frozen=True, kw_only=True)
class Health:
    """How one pass went: apps that gave all their values, that did not, the slowest in seconds, and for how long the
    app that is worst off has given none, in seconds.
    """

    seen: int
    failed: int
    slowest: float
    age: float


def of_health(env: str, health: Health, at: float) -> list[Datum]:
    """The metrics of the counting itself."""
    rows = [
        (SEEN, health.seen, "Count"), (FAILED, health.failed, "Count"),
        (SLOWEST, health.slowest, "Seconds"), (AGE, health.age, "Seconds"),
    ]  # fmt: skip
    return [_datum(name, value, unit, {"Environment": env}, at) for name, value, unit in rows]


def _datum(name: str, value: float, unit: str, dimensions: Mapping[str, str], at: float) -> Datum:
    return {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
        "Timestamp": at,
        "Value": float(value),
        "Unit": unit,
    }


def batches(data: Sequence[Datum], size: int = BATCH) -> Iterator[Sequence[Datum]]:
    """As many values as one call takes, in order."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def of_app(app: App, said: Mapping[str, Finding]) -> dict[str, Finding]:
    """What an app's list says of each of its workers, by process. Names that are nobody's are none of our business."""
    return {
        worker.process: said.get(worker.name, f"does not name {worker.name}")
        for worker in app.workers
        if worker.source == "hirefire"
    }


def reported(worker: Worker, report: Mapping[str, tuple[float, float]], now: float) -> Finding:
    """What an app's own reports say of a worker: `report` has value and Unix time by `<measurement>#<queue>`.

    `qd` jobs wait and `busy` ones are worked on; `qt` is how long the oldest has waited, in milliseconds.
    """
    wanted = ("qt",) if worker.latency else ("qd", "busy")
    found = {}
    for key, (value, at) in report.items():
        measurement, _, queue = key.partition("#")
        if measurement in wanted and queue and (not worker.queues or queue in worker.queues) and now - at <= FRESH:
            found[measurement, queue] = value
    if not any(measurement == wanted[0] for measurement, _ in found):
        return "has not reported its jobs lately"
    if missing := [queue for queue in worker.queues if (wanted[0], queue) not in found]:
        return f"has not reported {', '.join(missing)} lately"
    return max(found.values()) / 1000 if worker.latency else sum(found.values())
