"""Whose jobs are counted and how: the file beside this one that the platform writes, as values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "queues.json"
MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One process that scales on a queue.

    `name` is what its app calls it, `every` seconds between two values, `queue` a queue's ARN at SQS; `queues` are the
    names of queues in a report, none of them for all.
    """

    process: str
    service: str
    source: str
    measure: str
    every: int
    name: str = ""
    queue: str = ""
    queues: tuple[str, ...] = ()

    @property
    def latency(self) -> bool:
        """Whether its value is how long the oldest job has waited, in seconds, and not a number of jobs."""
        return self.measure == "latency"


@dataclass(frozen=True, kw_only=True)
class App:
    """An app with the address that it is asked at and the secret with its token, if it is asked at all."""

    name: str
    workers: tuple[Worker, ...]
    url: str = ""
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All apps of an environment. `limit` is the time that one app has for its answer, in seconds."""

    env: str
    cluster: str
    limit: float
    apps: tuple[App, ...]
    table: str = ""

    def passes(self) -> list[tuple[int, "Plan"]]:
        """When to count within the minute, in seconds from its start, and whom."""
        rates = {worker.every for app in self.apps for worker in app.workers}
        times = sorted({at for every in rates for at in range(0, MINUTE, every)} | {0})
        return [(at, self._at(at)) for at in times]

    def _at(self, at: int) -> "Plan":
        due = [
            (app, tuple(worker for worker in app.workers if at % worker.every == 0 and at < MINUTE))
            for app in self.apps
        ]
        apps = tuple(
            App(name=app.name, workers=workers, url=app.url, secret=app.secret) for app, workers in due if workers
        )
        return Plan(env=self.env, cluster=self.cluster, limit=self.limit, apps=apps, table=self.table)


def load(path: Path) -> Plan:
    """The plan from its file. Raises ValueError and KeyError for one that the platform has not written."""
    return read(json.loads(path.read_text(encoding="utf-8")))


def read(row: Mapping[str, Any]) -> Plan:
    """The plan from its plain form."""
    return Plan(
        env=row["env"],
        cluster=row["cluster"],
        limit=float(row["limit"]),
        apps=tuple(_app(each) for each in row["apps"]),
        table=row.get("table", ""),
    )


def _app(row: Mapping[str, Any]) -> App:
    workers: Sequence[Mapping[str, Any]] = row["workers"]
    return App(
        name=row["name"],
        workers=tuple(Worker(**{**each, "queues": tuple(each.get("queues", ()))}) for each in workers),
        url=row.get("url", ""),
        secret=row.get("secret", ""),
    )
