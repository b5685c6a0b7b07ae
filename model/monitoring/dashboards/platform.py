"""What there is to see of an environment beside its apps: functions, stores, gateways, the account."""

from collections.abc import Iterable, Mapping, Sequence

from model.monitoring import queue_metrics
from model.monitoring.dashboards.board import Formula, Panel, Query, Row, Series, Unit, series
from model.monitoring.dashboards.processes import COUNTED, limit, pairs
from model.monitoring.output import Alarm, Monitoring, Watched
from model.names import names
from model.settings.logs import SHIPPER

COUNTER = "queue-metrics"
"""The function that counts the jobs of workers."""
BILLED = "us-east-1"
"""The region that has the metrics of what an account costs, whatever regions it uses."""

Shown = tuple[str, Unit, str, str, str, str]
"""A panel with a series for each thing: title, unit, metric, statistic, kind of alarm, and what it says."""

_FUNCTION: tuple[Shown, ...] = (
    ("Runs", Unit.COUNT, "Invocations", "Sum", "", "How often the functions ran"),
    ("Runs that failed", Unit.COUNT, "Errors", "Sum", "function_errors", "Runs that ended with an error"),
    ("Runs that were not let run", Unit.COUNT, "Throttles", "Sum", "function_throttles", "For want of concurrency"),
    ("Longest run", Unit.MILLISECONDS, "Duration", "Maximum", "function_duration", "The longest run of each function"),
)
_DATABASE: tuple[Shown, ...] = (
    ("Database CPU", Unit.PERCENT, "CPUUtilization", "Average", "database_cpu", "Of the instance"),
    ("Database: free disk", Unit.BYTES, "FreeStorageSpace", "Minimum", "database_storage", "Its disk that is left"),
    ("Database: free memory", Unit.BYTES, "FreeableMemory", "Average", "database_memory", "Memory that is left"),
    ("Database: connections", Unit.COUNT, "DatabaseConnections", "Maximum", "", "Connections that are open"),
)
_CACHE: tuple[Shown, ...] = (
    ("Cache CPU", Unit.PERCENT, "EngineCPUUtilization", "Average", "cache_cpu", "Of its one thread"),
    ("Cache: memory", Unit.PERCENT, "DatabaseMemoryUsagePercentage", "Average", "cache_memory", "Part that is taken"),
    ("Cache: keys thrown away", Unit.COUNT, "Evictions", "Sum", "cache_evictions", "Keys that had to make room"),
    ("Cache: connections", Unit.COUNT, "CurrConnections", "Maximum", "", "Clients that are connected"),
)
_GATEWAY: tuple[Shown, ...] = (
    ("NAT: bytes out", Unit.BYTES, "BytesOutToDestination", "Sum", "nat_bytes", "Paid by the byte"),
    ("NAT: bytes in", Unit.BYTES, "BytesInFromDestination", "Sum", "", "Answers, paid by the byte too"),
    ("NAT: no port left", Unit.COUNT, "ErrorPortAllocation", "Sum", "", "Connections that got no port"),
)
_OF_KIND: Mapping[str, tuple[Shown, ...]] = {
    "function": _FUNCTION,
    "rds": _DATABASE,
    "elasticache": _CACHE,
    "nat": _GATEWAY,
}
_HEADINGS = (("rds", "Databases"), ("elasticache", "Caches"), ("nat", "Network"), ("function", "Functions"))


def rows(found: Monitoring) -> list[Row]:
    """A row for each kind of thing that is there, the archive's lag with the functions."""
    made = []
    for kind, heading in _HEADINGS:
        things = [row for row in found.others if row.kind == kind]
        panels = [_panel(found, things, shown) for shown in _OF_KIND[kind]] if things else []
        if kind == "function":
            panels += archive(found)
        if panels:
            made.append(Row(title=heading, panels=tuple(panels)))
    return made


def _panel(found: Monitoring, things: Sequence[Watched], shown: Shown) -> Panel:
    title, unit, metric, stat, kind, says = shown
    alarm = _common(found, things, kind)
    counted = stat == "Sum"
    period = (alarm.period if alarm is not None else None) or COUNTED
    queries = [
        Query(
            id=f"m{number}", label=thing.name, namespace=thing.namespace, metric=metric,
            dimensions=pairs(thing.dimensions), stat=stat, period=period if counted else None,
        )
        for number, thing in enumerate(things, 1)
    ]  # fmt: skip
    return Panel(title=title, unit=unit, says=says, bars=counted, limit=limit(alarm, kind), series=series(*queries))


def _common(found: Monitoring, things: Sequence[Watched], kind: str) -> Alarm | None:
    """The alarm of a kind, if all things have the same threshold: one line can't stand for several."""
    alarms = [row for thing in things for row in found.alarms if row.name == alarm_name(thing.name, kind)]
    return alarms[0] if alarms and len({row.threshold for row in alarms}) == 1 else None


def alarm_name(thing: str, kind: str) -> str:
    """What the alarm of a kind on a thing is called."""
    return f"{thing}-{kind.replace('_', '-')}"


def archive(found: Monitoring) -> list[Panel]:
    """How far the log archive lags, and what did not get there."""
    shipper = names.function(found.environment, SHIPPER)
    made = []
    for thing in found.others:
        if thing.kind == "function" and thing.name == shipper:
            query = _one(thing, "AsyncEventAge", "Maximum", label="age of the oldest delivery")
            alarm = _common(found, [thing], "shipper_lag")
            says = "How long lines wait for the function that ships them to the archive"
            made.append(
                Panel(
                    title="Archive lag", unit=Unit.MILLISECONDS, series=(query,), says=says,
                    limit=limit(alarm, "shipper_lag"),
                )
            )  # fmt: skip
    says = "Deliveries that failed to the end and wait to be looked at"
    return [*made, *failed(found.others, "Failed deliveries", says)]


def failed(others: Iterable[Watched], title: str, says: str) -> list[Panel]:
    """What waits in queues for things that failed to the end."""
    queues = [thing for thing in others if thing.namespace == "AWS/SQS"]
    rows = [
        Query(
            id=f"m{number}", label=thing.name, namespace=thing.namespace, metric="ApproximateNumberOfMessagesVisible",
            dimensions=pairs(thing.dimensions), stat="Maximum",
        )
        for number, thing in enumerate(queues, 1)
    ]  # fmt: skip
    return [Panel(title=title, unit=Unit.COUNT, series=series(*rows), says=says)] if rows else []


def counting(found: Monitoring) -> Row:
    """How the counting of jobs goes, where a function counts them; functions/queue_metrics says what each is."""
    counter = names.function(found.environment, COUNTER)
    shown = (
        ("Apps asked for their jobs", Unit.COUNT, (("answered", "AppsSeen"), ("did not", "AppsFailed")), "Each minute"),
        ("Slowest app", Unit.SECONDS, (("slowest", "SlowestApp"),), "How long the slowest app took to answer"),
        ("Age of the last value", Unit.SECONDS, (("age", "ValueAge"),), "For how long the worst app has told nothing"),
    )
    panels = [
        Panel(
            title=title, unit=unit, says=says,
            series=series(
                *(
                    Query(
                        id=f"m{number}", label=label, namespace=queue_metrics.NAMESPACE, metric=metric,
                        dimensions=(("Environment", found.environment),), stat="Maximum",
                    )
                    for number, (label, metric) in enumerate(metrics, 1)
                )
            ),
        )
        for title, unit, metrics, says in shown
    ]  # fmt: skip
    there = any(thing.kind == "function" and thing.name == counter for thing in found.others)
    return Row(title="Counting of jobs", panels=tuple(panels) if there else ())


def _one(thing: Watched, metric: str, stat: str, *, label: str) -> Query:
    return Query(
        id="value", label=label, namespace=thing.namespace, metric=metric, dimensions=pairs(thing.dimensions), stat=stat
    )


def account() -> Row:
    """Quotas and cost of the account, which other environments may share.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
    """
    quota: list[Series] = []
    for name, label, kind in (("demand", "on demand", "OnDemand"), ("spot", "Spot", "Spot")):
        dimensions = {"Service": "Fargate", "Type": "Resource", "Resource": "vCPU", "Class": f"Standard/{kind}"}
        used = Query(
            id=f"{name}used", label=f"{label}: vCPU", namespace="AWS/Usage", metric="ResourceCount",
            dimensions=pairs(dimensions), stat="Maximum", period=COUNTED, hidden=True,
        )  # fmt: skip
        part = Formula(id=name, label=label, expression=f"100 * {name}used / SERVICE_QUOTA({name}used)")
        quota += [used, part]
    cost = Query(
        id="cost", label="so far", namespace="AWS/Billing", metric="EstimatedCharges",
        dimensions=(("Currency", "USD"),), stat="Maximum", period=6 * 3600, region=BILLED,
    )  # fmt: skip
    return Row(
        title="Account",
        panels=(
            Panel(
                title="Fargate vCPU, of the quota", unit=Unit.PERCENT, series=series(*quota), top=100, width=12,
                says="What all of the account's tasks in the region take of its quota",
            ),
            Panel(
                title="Cost of the month", unit=Unit.DOLLARS, series=(cost,), width=12,
                says="The whole account's, as billed so far; it is there once billing alerts are switched on",
            ),
        ),
    )  # fmt: skip
