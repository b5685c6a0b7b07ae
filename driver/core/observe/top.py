"""What an environment does right now: tasks, load, errors and the last release of each app, look after look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from driver.core.environment import app_of
from driver.core.observe import monitoring
from driver.core.ports import Glance, World
from driver.core.ports.metrics import Metrics
from driver.core.values.metrics import Metric, Minutes, metric
from driver.core.values.release import Release
from driver.errors import DriverError, NotReady
from model.monitoring.output import App, LoadBalancer, Monitoring, Queue, Service
from model.monitoring.queue_metrics import JOBS

RECENT = timedelta(minutes=5)
"""Values that are older say nothing of now."""
BEHIND = timedelta(minutes=10)
ASK_AGAIN = 30.0
"""Seconds for which values are kept: there is a new one a minute, and each that is asked for is paid for."""
READ_AGAIN = 300.0
"""Seconds after which the state is read again: services come and go by `up`."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One process. None is what nobody knows; `requests` and `errors` (the app's own 5xx) are of one minute.

    `cpu` and `memory` are percent of what its tasks have, `p95` is in milliseconds, and `jobs` wait or are worked on.
    """

    app: str
    process: str
    running: int | None = None
    desired: int | None = None
    cpu: float | None = None
    memory: float | None = None
    requests: float | None = None
    p95: float | None = None
    errors: float | None = None
    jobs: float | None = None


@dataclass(frozen=True, kw_only=True)
class Board:
    """One look. `releases` are the newest of each app, `refused` what load balancers answered themselves with a 5xx in
    the last minutes, and `notes` what could not be read."""

    env: str
    region: str
    at: datetime
    rows: tuple[Row, ...]
    releases: Mapping[str, Release] = field(default_factory=dict)
    refused: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "environment": self.env,
            "region": self.region,
            "at": self.at.isoformat(timespec="seconds"),
            "apps": {name: self._plain(name) for name in dict.fromkeys(row.app for row in self.rows)},
            "load_balancers": {name: {"errors_in_5_minutes": count} for name, count in self.refused.items()},
            "notes": list(self.notes),
        }

    def _plain(self, name: str) -> dict[str, object]:
        release = self.releases.get(name)
        newest = release and {
            "version": release.version,
            "kind": str(release.kind),
            "verdict": str(release.verdict),
            "who": release.who,
            "started": release.started.isoformat(timespec="seconds"),
            "finished": release.finished and release.finished.isoformat(timespec="seconds"),
        }
        processes = {row.process: _of_process(row) for row in self.rows if row.app == name}
        return {"release": newest or None, "processes": processes}


def _of_process(row: Row) -> dict[str, object]:
    return {
        "running": row.running,
        "desired": row.desired,
        "cpu_percent": row.cpu,
        "memory_percent": row.memory,
        "requests_per_minute": row.requests,
        "p95_milliseconds": row.p95,
        "errors_per_minute": row.errors,
        "jobs": row.jobs,
    }


class Watcher:
    """Looks again and again, at each thing as often as it changes."""

    def __init__(self, world: World, metrics: Metrics, app: str | None = None) -> None:
        self._world, self._metrics, self._app = world, metrics, app
        self._found: tuple[float, Monitoring] | None = None
        self._values: tuple[float, Mapping[Metric, Minutes]] | None = None

    def look(self) -> Board:
        """What there is now. Raises NotReady where the environment is not up, NotFound, Unreachable."""
        found, now = self._environment(), self._world.clock.utc()
        names = [service.name for app in found.apps.values() for service in app.services.values()]
        glances = self._world.services.glance(found.cluster.name, names)
        notes: list[str] = []
        values, releases = self._series(found, now, notes), self._releases(found, notes)
        return Board(
            env=found.environment,
            region=found.region,
            at=now,
            rows=tuple(rows(found, glances, values, now)),
            releases=releases,
            refused={name: count for name, count in _refused(found, values, now) if count},
            notes=tuple(notes),
        )

    def _environment(self) -> Monitoring:
        now = self._world.clock.now()
        if self._found is None or now - self._found[0] >= READ_AGAIN:
            env = self._world.settings.env
            if self._app is not None:
                app_of(self._world.settings, self._app)
            found = monitoring.read(env, self._world.stacks.read(env).outputs)
            self._found = now, found if self._app is None else _only(found, self._app)
        return self._found[1]

    def _series(self, found: Monitoring, now: datetime, notes: list[str]) -> Mapping[Metric, Minutes]:
        clock = self._world.clock.now()
        if self._values is None or clock - self._values[0] >= ASK_AGAIN:
            until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
            try:
                self._values = clock, self._metrics.minutes(wanted(found), until - BEHIND, until)
            except DriverError as error:
                notes.append(f"no new metrics: {error.message}")
                return {} if self._values is None else self._values[1]
        return self._values[1]

    def _releases(self, found: Monitoring, notes: list[str]) -> Mapping[str, Release]:
        newest = {}
        for name in found.apps:
            try:
                for release in self._world.ledger.releases(name, 1):
                    newest[name] = release
            except DriverError as error:
                # What is wrong with the ledger is wrong for all apps.
                notes.append(f"no releases: {error.message}")
                break
        return newest


def _only(found: Monitoring, app: str) -> Monitoring:
    if app not in found.apps:
        raise NotReady(
            f"{app} has no platform in {found.environment} yet", hint=f"Run `slipway up {found.environment}` first."
        )
    return found.model_copy(update={"apps": {app: found.apps[app]}})


def wanted(found: Monitoring) -> Sequence[Metric]:
    """All series that a look wants."""
    services = [service for app in found.apps.values() for service in app.services.values()]
    series = [one for service in services for one in (*_usage(found, service).values(), *_traffic(found, service))]
    series += [_jobs(queue) for app in found.apps.values() for queue in app.queues]
    return [*series, *(_own_errors(found, balancer) for balancer in _balancers(found).values())]


def _usage(found: Monitoring, service: Service) -> Mapping[str, Metric]:
    names = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}
    return {key: metric(found.dashboards.services, name, service.dimensions, "Average") for key, name in names.items()}


_TRAFFIC = (
    ("requests", "RequestCount", "Sum"),
    ("p95", "TargetResponseTime", "p95"),
    ("errors", "HTTPCode_Target_5XX_Count", "Sum"),
    ("hosts", "HealthyHostCount", "Minimum"),
)


def _by_group(found: Monitoring, service: Service) -> Iterator[dict[str, Metric]]:
    for group in service.target_groups:
        namespace = found.dashboards.load_balancers
        yield {key: metric(namespace, name, group.dimensions, stat) for key, name, stat in _TRAFFIC}


def _traffic(found: Monitoring, service: Service) -> Iterator[Metric]:
    return (one for group in _by_group(found, service) for one in group.values())


def _jobs(queue: Queue) -> Metric:
    return metric(queue.namespace, JOBS, queue.dimensions, "Maximum")


def _balancers(found: Monitoring) -> Mapping[str, LoadBalancer]:
    services = [service for app in found.apps.values() for service in app.services.values()]
    return {one.name: one for service in services if (one := service.load_balancer) is not None}


def _own_errors(found: Monitoring, balancer: LoadBalancer) -> Metric:
    return metric(found.dashboards.load_balancers, "HTTPCode_ELB_5XX_Count", balancer.dimensions, "Sum")


def _refused(found: Monitoring, values: Mapping[Metric, Minutes], now: datetime) -> Iterator[tuple[str, float]]:
    for name, balancer in _balancers(found).items():
        minutes = values.get(_own_errors(found, balancer), {})
        yield name, sum(value for at, value in minutes.items() if at > now - RECENT)


def rows(
    found: Monitoring, glances: Mapping[str, Glance], values: Mapping[Metric, Minutes], now: datetime
) -> Iterator[Row]:
    """One row for each process that is a service, app by app."""
    for name, app in found.apps.items():
        for process, service in app.services.items():
            glance = glances.get(service.name)
            usage = {key: _newest(values.get(one, {}), now)[1] for key, one in _usage(found, service).items()}
            yield Row(
                app=name,
                process=process,
                running=None if glance is None else glance.running,
                desired=None if glance is None else glance.desired,
                jobs=_waiting(app, process, values, now),
                **usage,
                **_load(found, service, values, now),
            )


def _waiting(app: App, process: str, values: Mapping[Metric, Minutes], now: datetime) -> float | None:
    queue = next((queue for queue in app.queues if queue.process == process), None)
    return None if queue is None else _newest(values.get(_jobs(queue), {}), now)[1]


def _load(
    found: Monitoring, service: Service, values: Mapping[Metric, Minutes], now: datetime
) -> Mapping[str, float | None]:
    """Requests, p95 and errors of one and the same minute, all target groups together.

    AWS tells nothing of requests where there were none, but of hosts it does: then there were none.
    """
    known: list[dict[str, float | None]] = []
    for group in _by_group(found, service):
        series = {key: values.get(one, {}) for key, one in group.items()}
        at, requests = _newest(series["requests"], now)
        if at is None:
            if _newest(series["hosts"], now)[0] is not None:
                known.append({"requests": 0.0, "p95": None, "errors": 0.0})
            continue
        p95 = series["p95"].get(at)
        errors = series["errors"].get(at, 0.0)
        known.append({"requests": requests, "p95": None if p95 is None else p95 * 1000, "errors": errors})
    slowest = [row["p95"] for row in known if row["p95"] is not None]
    return {
        "requests": sum(row["requests"] or 0.0 for row in known) if known else None,
        "p95": max(slowest, default=None),
        "errors": sum(row["errors"] or 0.0 for row in known) if known else None,
    }


def _newest(minutes: Minutes, now: datetime) -> tuple[datetime | None, float | None]:
    """The newest minute that is over, with its value; one that goes on where there is no other."""
    recent = sorted(at for at in minutes if at > now - RECENT)
    over = [at for at in recent if at + timedelta(minutes=1) <= now]
    at = next(reversed(over or recent), None)
    return at, None if at is None else minutes[at]
