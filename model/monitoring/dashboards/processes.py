"""What there is to see of one process of an app: its service, its load balancer, its queue."""

from collections.abc import Sequence
from dataclasses import dataclass

from model.monitoring import ecs_events, queue_metrics
from model.monitoring.dashboards.board import Formula, Limit, Panel, Query, Row, Series, Unit, series
from model.monitoring.output import Alarm, App, Monitoring, Queue, Service, TargetGroup
from model.settings.alarm_kinds import BY_KEY

COUNTED = 300
"""Seconds that counts are put together for, where no alarm says otherwise."""
ALB = "AWS/ApplicationELB"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A process, and the environment that it is in."""

    found: Monitoring
    app: str
    process: str

    @property
    def of(self) -> App:
        """Its app."""
        return self.found.apps[self.app]

    @property
    def service(self) -> Service:
        """Its service."""
        return self.of.services[self.process]

    @property
    def queue(self) -> Queue | None:
        """The queue that it scales on."""
        return next((row for row in self.of.queues if row.process == self.process), None)

    def alarm(self, kind: str) -> Alarm | None:
        """Its alarm of a kind."""
        rows = (row for row in self.of.alarms if row.process == self.process and row.severity == kind)
        return next(rows, None)


def row(seen: Seen) -> Row:
    """All panels of one process."""
    panels = [tasks(seen), *used(seen), *failures(seen)]
    for group in seen.service.target_groups[:1]:
        panels += [requests(seen, group), errors(seen, group), latency(seen, group), hosts(seen, group)]
    if seen.queue is not None:
        panels += backlog(seen, seen.queue)
    return Row(title=seen.process, panels=tuple(panels))


def limit(alarm: Alarm | None, kind: str, scale: float = 1) -> Limit | None:
    """Where an alarm rings, divided by `scale`; None where there is none, or an older program told of it."""
    if alarm is None or alarm.threshold is None:
        return None
    below = BY_KEY[kind].comparison.sign == "<"
    return Limit(value=alarm.threshold / scale, label=f"alarm {alarm.name}", below=below)


def period(alarm: Alarm | None) -> int:
    """For how many seconds counts are put together: as the alarm does."""
    return COUNTED if alarm is None or alarm.period is None else alarm.period


def pairs(dimensions: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Dimensions as a value."""
    return tuple(dimensions.items())


def running(namespaces: Monitoring, service: Service, name: str, label: str) -> list[Series]:
    """How many tasks of a service run: as Container Insights counts them, or as many as tell of their CPU a minute.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
    """
    insights, dimensions = namespaces.dashboards.container_insights, pairs(service.dimensions)
    if insights is not None:
        return [
            Query(
                id=name, label=label, namespace=insights, metric="RunningTaskCount", dimensions=dimensions,
                stat="Average",
            )
        ]  # fmt: skip
    told = Query(
        id=f"{name}told", label=label, namespace=namespaces.dashboards.services, metric="CPUUtilization",
        dimensions=dimensions, stat="SampleCount", hidden=True,
    )  # fmt: skip
    return [told, Formula(id=name, label=label, expression=f"{name}told / (PERIOD({name}told) / 60)")]


def tasks(seen: Seen) -> Panel:
    """Wanted and running tasks."""
    insights = seen.found.dashboards.container_insights
    rows = running(seen.found, seen.service, "running", "running")
    if insights is not None:
        wanted = Query(
            id="desired", label="wanted", namespace=insights, metric="DesiredTaskCount",
            dimensions=pairs(seen.service.dimensions), stat="Average",
        )  # fmt: skip
        rows.insert(0, wanted)
    says = "Tasks that ECS wants and that run" if insights is not None else "Tasks that run, by what tells of its CPU"
    return Panel(title="Tasks", unit=Unit.COUNT, series=series(*rows), says=says)


def used(seen: Seen) -> list[Panel]:
    """CPU and memory, of what the tasks have reserved."""
    shown = (
        ("CPU", "CPUUtilization", "service_cpu", "beyond 100 % only where the platform lends some"),
        ("Memory", "MemoryUtilization", "service_memory", "a task at 100 % is ended"),
    )
    return [
        Panel(
            title=title,
            unit=Unit.PERCENT,
            series=series(
                *(
                    Query(
                        id=name, label=label, namespace=seen.found.dashboards.services, metric=metric,
                        dimensions=pairs(seen.service.dimensions), stat=stat,
                    )
                    for name, label, stat in (("mean", "all tasks", "Average"), ("most", "busiest task", "Maximum"))
                )
            ),
            says=f"Part of what the tasks have reserved: {remark}",
            limit=limit(seen.alarm(kind), kind),
            top=100,
        )
        for title, metric, kind, remark in shown
    ]  # fmt: skip


def failures(seen: Seen) -> list[Panel]:
    """Tasks that failed, where ECS's events are counted."""
    if seen.found.dashboards.task_failures is None:
        return []
    alarm = seen.alarm("service_failures")
    dimensions = {"ClusterArn": seen.found.cluster.arn, "Group": f"service:{seen.service.name}"}
    query = Query(
        id="failed", label="failed", namespace=seen.found.dashboards.task_failures, metric=ecs_events.FAILURES,
        dimensions=pairs(dimensions), stat="Sum", period=period(alarm),
    )  # fmt: skip
    return [
        Panel(
            title="Failed tasks", unit=Unit.COUNT, series=series(query), bars=True,
            says="Tasks that ended by themselves, never started or failed their health check",
            limit=limit(alarm, "service_failures"),
        )
    ]  # fmt: skip


def requests(seen: Seen, group: TargetGroup) -> Panel:
    """Requests by the minute."""
    shown = (("all", "RequestCount"), ("for each task", "RequestCountPerTarget"))
    rows = [
        Query(
            id=f"m{number}", label=label, namespace=ALB, metric=metric, dimensions=pairs(group.dimensions), stat="Sum",
            period=60,
        )
        for number, (label, metric) in enumerate(shown, 1)
    ]  # fmt: skip
    says = "Requests that the load balancer passed on to the tasks"
    return Panel(title="Requests a minute", unit=Unit.COUNT, series=series(*rows), says=says)


def errors(seen: Seen, group: TargetGroup) -> Panel:
    """Answers of 5xx by who gave them. Those of a load balancer are of all that stand behind it."""
    alarm = seen.alarm("targets_5xx")
    of_balancer = {"LoadBalancer": group.dimensions["LoadBalancer"]}
    shown = (
        ("app", "the app", "HTTPCode_Target_5XX_Count", group.dimensions),
        ("refused", "the app: 4xx", "HTTPCode_Target_4XX_Count", group.dimensions),
        ("balancer", "the load balancer", "HTTPCode_ELB_5XX_Count", of_balancer),
        ("hungup", "tasks that could not be reached", "TargetConnectionErrorCount", group.dimensions),
    )
    rows = [
        Query(
            id=name, label=label, namespace=ALB, metric=metric, dimensions=pairs(dimensions), stat="Sum",
            period=period(alarm),
        )
        for name, label, metric, dimensions in shown
    ]  # fmt: skip
    return Panel(
        title="Errors by origin", unit=Unit.COUNT, series=series(*rows), bars=True,
        says="Answers of 5xx by who gave them; the load balancer's own are of all that stand behind it",
        limit=limit(alarm, "targets_5xx"),
    )  # fmt: skip


def latency(seen: Seen, group: TargetGroup) -> Panel:
    """How long the tasks take to answer."""
    rows = [
        Query(
            id=stat, label=stat, namespace=ALB, metric="TargetResponseTime", dimensions=pairs(group.dimensions),
            stat=stat,
        )
        for stat in ("p50", "p95", "p99")
    ]  # fmt: skip
    return Panel(
        title="Response time", unit=Unit.SECONDS, series=series(*rows),
        says="From when a request has left the load balancer to when an answer begins",
        limit=limit(seen.alarm("targets_latency"), "targets_latency"),
    )  # fmt: skip


def hosts(seen: Seen, group: TargetGroup) -> Panel:
    """Tasks by what the health check says."""
    shown = (
        ("healthy", "healthy", "HealthyHostCount", "Minimum"),
        ("unhealthy", "unhealthy", "UnHealthyHostCount", "Maximum"),
    )
    rows = [
        Query(id=name, label=label, namespace=ALB, metric=metric, dimensions=pairs(group.dimensions), stat=stat)
        for name, label, metric, stat in shown
    ]
    return Panel(
        title="Tasks by health check", unit=Unit.COUNT, series=series(*rows),
        says="Tasks that the load balancer sends requests to, and those that it does not",
    )  # fmt: skip


def backlog(seen: Seen, queue: Queue) -> list[Panel]:
    """Jobs, jobs for each task, and how long the oldest waits."""
    shown: Sequence[tuple[str, Unit, str, str, str]] = (
        ("Jobs", Unit.COUNT, queue_metrics.JOBS, "Maximum", "Jobs that wait or are being worked on"),
        ("Jobs for each task", Unit.COUNT, queue_metrics.BACKLOG, "Average", "Jobs, divided by tasks that run"),
        ("Oldest job", Unit.SECONDS, queue_metrics.OLDEST, "Maximum", "How long the oldest job has waited"),
    )
    found = []
    for title, unit, metric, stat, says in shown:
        query = Query(
            id="value", label=title.lower(), namespace=queue.namespace, metric=metric,
            dimensions=pairs(queue.dimensions), stat=stat,
        )  # fmt: skip
        line = limit(seen.alarm("queue_age"), "queue_age") if metric == queue_metrics.OLDEST else None
        found.append(Panel(title=title, unit=unit, series=series(query), says=says, limit=line))
    return found
