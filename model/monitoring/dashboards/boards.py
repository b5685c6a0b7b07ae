"""The dashboards of an environment: one of the whole, and one of each app."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from model.monitoring import queue_metrics
from model.monitoring.dashboards import platform, processes
from model.monitoring.dashboards.board import (
    AlarmPanel,
    AnyPanel,
    Board,
    LogPanel,
    Panel,
    Query,
    ReleasePanel,
    Row,
    Series,
    Unit,
    series,
)
from model.monitoring.dashboards.processes import ALB, COUNTED, Seen, pairs
from model.monitoring.output import Alarm, Monitoring, Service
from model.names.names import dashboard, ecs_events_group, shorten

UID = 40
"""Characters of a UID of Grafana.

https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/#identifier-id-vs-unique-identifier-uid
"""
MOST_SERIES = 200
"""Series in one panel of the whole: CloudWatch takes 500 in one, and 2,500 in all of a dashboard.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
"""
VERDICTS = "fields @timestamp, detail.eventName, detail.reason, resources.0"
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html"""


def boards(found: Monitoring) -> list[Board]:
    """All dashboards of an environment, that of the whole first."""
    return [overview(found), *(of_app(found, name) for name in found.apps)]


def place(found: Monitoring) -> str:
    """What stands for account and region in UIDs: one Grafana may show environments of the same name in several."""
    return hashlib.sha256(f"{found.account}:{found.region}".encode()).hexdigest()[:6]


def folder_uid(found: Monitoring) -> str:
    """The UID of the folder in Grafana. No environment is called slipway, so no dashboard has it."""
    return f"slipway-{found.environment}-{place(found)}"


def uid(found: Monitoring, app: str | None) -> str:
    """The UID of a dashboard, which stays as long as the app is called so."""
    whole = f"{found.environment}-{place(found)}"
    return whole if app is None else shorten(f"{whole}-{app}", UID)


def of_app(found: Monitoring, name: str) -> Board:
    """The dashboard of one app: a row for each of its services."""
    app, env = found.apps[name], found.environment
    rows = [processes.row(Seen(found=found, app=name, process=process)) for process in app.services]
    services = [service.name for service in app.services.values()]
    says = "Starts by the clock that AWS could not carry out, and that wait to be looked at"
    if late := platform.failed(app.others, "Starts that failed", says):
        rows.append(Row(title="Schedules", panels=tuple(late)))
    return Board(
        uid=uid(found, name),
        name=dashboard(env, found.region, name),
        title=f"{name} in {env}",
        says=f"Tasks, traffic, queues and releases of {name} in {env}.",
        env=env,
        region=found.region,
        account=found.account,
        app=name,
        rows=(*_alarms(app.alarms), *rows, _releases(found, services, (f"app:{name}",))),
    )


def overview(found: Monitoring) -> Board:
    """The dashboard of the whole environment."""
    env = found.environment
    shared = [platform.counting(found), *platform.rows(found), platform.account()]
    rows = [_apps(found), _traffic(found), _queues(found), *shared]
    return Board(
        uid=uid(found, None),
        name=dashboard(env, found.region),
        title=f"{env}: overview",
        says=f"All apps of {env}, and what they stand on.",
        env=env,
        region=found.region,
        account=found.account,
        app=None,
        rows=(*_alarms(found.alarms), *(row for row in rows if row.panels), _releases(found, [], ())),
        others=tuple(dashboard(env, found.region, app) for app in found.apps),
    )


def _alarms(alarms: tuple[Alarm, ...]) -> tuple[Row, ...]:
    """The composite alarms: each stands for all of its kinds."""
    shown = tuple(row.arn for row in alarms if row.composite)
    return (Row(title="Alarms", panels=(AlarmPanel(title="Alarms", alarms=shown),)),) if shown else ()


def _services(found: Monitoring) -> Iterator[tuple[int, str, Service]]:
    """All services, counted from 1, by what they are called in a legend."""
    rows = ((f"{name}.{key}", of) for name, app in found.apps.items() for key, of in app.services.items())
    for number, (label, service) in enumerate(rows, 1):
        yield number, label, service


def _apps(found: Monitoring) -> Row:
    running: list[Series] = []
    for number, label, service in _services(found):
        running += processes.running(found, service, f"m{number}", label)
    panels: list[AnyPanel] = [_of_many("Running tasks", Unit.COUNT, running, "Tasks of each service")]
    for title, metric in (("CPU", "CPUUtilization"), ("Memory", "MemoryUtilization")):
        rows = [
            Query(
                id=f"m{number}", label=label, namespace=found.dashboards.services, metric=metric,
                dimensions=pairs(service.dimensions), stat="Average",
            )
            for number, label, service in _services(found)
        ]  # fmt: skip
        says = "Part of what the tasks of each service have reserved"
        panels.append(_of_many(title, Unit.PERCENT, rows, says, top=100))
    return Row(title="Apps", panels=tuple(panels) if running else ())


def _traffic(found: Monitoring) -> Row:
    """Of each target group; errors of load balancers once for each, however many services stand behind it."""
    shown = (
        ("Requests a minute", Unit.COUNT, "RequestCount", "Sum", 60, "Requests that were passed on to tasks"),
        ("Response time, p95", Unit.SECONDS, "TargetResponseTime", "p95", None, "One in twenty takes longer"),
        ("Unhealthy tasks", Unit.COUNT, "UnHealthyHostCount", "Maximum", None, "Tasks that fail their health check"),
    )
    groups = [
        (number, label, group.dimensions)
        for number, label, service in _services(found)
        for group in service.target_groups[:1]
    ]
    panels: list[AnyPanel] = []
    for title, unit, metric, stat, period, says in shown:
        rows = [_balanced(f"m{at}", label, metric, of, stat, period) for at, label, of in groups]
        panels.append(_of_many(title, unit, rows, says))
    balancers = {of["LoadBalancer"]: {"LoadBalancer": of["LoadBalancer"]} for _, _, of in groups}
    errors = [_balanced(f"m{at}", label, "HTTPCode_Target_5XX_Count", of, "Sum", COUNTED) for at, label, of in groups]
    errors += [
        _balanced(f"b{at}", f"load balancer {name.split('/')[1]}", "HTTPCode_ELB_5XX_Count", of, "Sum", COUNTED)
        for at, (name, of) in enumerate(balancers.items(), 1)
    ]
    refused = [
        _balanced(f"b{at}", name.split("/")[1], "RejectedConnectionCount", of, "Sum", COUNTED)
        for at, (name, of) in enumerate(balancers.items(), 1)
    ]
    says = "Answers of 5xx by who gave them: apps and load balancers"
    panels.append(_of_many("Errors by origin", Unit.COUNT, errors, says))
    says = "Connections that a load balancer turned away at its limit"
    panels.append(_of_many("Turned away", Unit.COUNT, refused, says))
    return Row(title="Traffic", panels=tuple(panels) if groups else ())


def _balanced(
    name: str, label: str, metric: str, dimensions: dict[str, str], stat: str, period: int | None
) -> Query:  # fmt: skip
    return Query(
        id=name, label=label, namespace=ALB, metric=metric, dimensions=pairs(dimensions), stat=stat, period=period
    )


def _queues(found: Monitoring) -> Row:
    queues = [(f"{name}.{queue.process}", queue) for name, app in found.apps.items() for queue in app.queues]
    shown = (
        ("Jobs", Unit.COUNT, queue_metrics.JOBS, "Jobs that wait or are being worked on"),
        ("Oldest job", Unit.SECONDS, queue_metrics.OLDEST, "How long the oldest job has waited"),
    )
    panels = []
    for title, unit, metric, says in shown:
        rows = [
            Query(
                id=f"m{number}", label=label, namespace=queue.namespace, metric=metric,
                dimensions=pairs(queue.dimensions), stat="Maximum",
            )
            for number, (label, queue) in enumerate(queues, 1)
        ]  # fmt: skip
        panels.append(replace(_of_many(title, unit, rows, says), width=12))
    return Row(title="Queues", panels=tuple(panels) if queues else ())


def _releases(found: Monitoring, services: list[str], tags: tuple[str, ...]) -> Row:
    """What ECS decided of each deployment, and the releases that Slipway has marked."""
    wanted = ['filter `detail-type` = "ECS Deployment State Change"']
    if services:
        wanted.append(rf"filter resources.0 like /\/({'|'.join(services)})$/")
    query = " | ".join([VERDICTS, *wanted, "sort @timestamp desc", "limit 50"])
    env = found.environment
    return Row(
        title="Releases",
        panels=(
            LogPanel(
                title="Deployments, as ECS decided", group=ecs_events_group(env), query=query,
                says="Each deployment of a service: in progress, completed, or failed and why",
            ),
            ReleasePanel(title="Releases", tags=("slipway", f"env:{env}", *tags), says="Marked by slipway:notify"),
        ),
    )  # fmt: skip


def _of_many(title: str, unit: Unit, rows: Sequence[Series], says: str, *, top: float | None = None) -> Panel:
    """A panel with a series for each thing, as far as they fit; it says so where they don't."""
    if len(rows) > MOST_SERIES:
        says = f"{says}; of {len(rows)} series the first {MOST_SERIES}"
    bars = any(isinstance(row, Query) and row.stat == "Sum" for row in rows)
    return Panel(title=title, unit=unit, series=series(*rows[:MOST_SERIES]), says=says, bars=bars, top=top)
