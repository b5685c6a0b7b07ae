"""Every kind of alarm, with what it looks at and when it rings by default. docs/alarms.md lists the same."""

from dataclasses import dataclass
from enum import StrEnum

from model.monitoring import queue_metrics
from model.monitoring.ecs_events import FAILURES, TASKS


class Subject(StrEnum):
    """What an alarm is about. Each subject has dimensions of its own."""

    SERVICE = "service"
    COUNTS = "counts"
    TASKS = "tasks"
    BALANCER = "balancer"
    TARGETS = "targets"
    QUEUE = "queue"
    COUNTING = "counting"
    FUNCTION = "function"
    SHIPPER = "shipper"
    NAT = "nat"
    DATABASE = "database"
    CACHE = "cache"


class Missing(StrEnum):
    """What no data means: NOT_BREACHING where only trouble is counted, MISSING where silence says nothing.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data
    """

    NOT_BREACHING = "notBreaching"
    MISSING = "missing"


class Comparison(StrEnum):
    """How a value is held against its threshold, in CloudWatch's words."""

    ABOVE = "GreaterThanThreshold"
    BELOW = "LessThanThreshold"

    @property
    def sign(self) -> str:
        """As a sign."""
        return ">" if self is Comparison.ABOVE else "<"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric without its dimensions; `stat` is CloudWatch's word, a percentile included."""

    namespace: str
    name: str
    stat: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of alarm. `scale` is what a threshold in `unit` is multiplied by for CloudWatch;
    with `of_timeout` it is percents of a function's timeout.

    `whole`: the minutes are one period, as for counts; otherwise each minute must be beyond the threshold.
    """

    key: str
    subject: Subject
    threshold: float
    unit: str
    minutes: int
    missing: Missing
    says: str
    metrics: dict[str, Metric]
    expression: str = ""
    comparison: Comparison = Comparison.ABOVE
    whole: bool = False
    scale: float = 1
    of_timeout: bool = False


def _one(namespace: str, name: str, stat: str) -> dict[str, Metric]:
    return {"value": Metric(namespace=namespace, name=name, stat=stat)}


_ECS, _INSIGHTS, _ALB, _LAMBDA = "AWS/ECS", "ECS/ContainerInsights", "AWS/ApplicationELB", "AWS/Lambda"
_RDS, _CACHE = "AWS/RDS", "AWS/ElastiCache"
_GIB = 1024.0**3
_QUIET, _SILENT = Missing.NOT_BREACHING, Missing.MISSING

KINDS: tuple[Kind, ...] = (
    Kind(
        key="service_cpu", subject=Subject.SERVICE, threshold=90, unit="%", minutes=10, missing=_SILENT,
        says="The tasks have no CPU left", metrics=_one(_ECS, "CPUUtilization", "Average"),
    ),
    Kind(
        key="service_memory", subject=Subject.SERVICE, threshold=90, unit="%", minutes=10, missing=_SILENT,
        says="The tasks are about to run out of memory", metrics=_one(_ECS, "MemoryUtilization", "Average"),
    ),
    Kind(
        key="service_below", subject=Subject.COUNTS, threshold=0, unit="tasks", minutes=10, missing=_SILENT,
        says="Fewer tasks run than are wanted",
        metrics={
            "desired": Metric(namespace=_INSIGHTS, name="DesiredTaskCount", stat="Average"),
            "running": Metric(namespace=_INSIGHTS, name="RunningTaskCount", stat="Average"),
        },
        expression="desired - running",
    ),
    Kind(
        key="service_failures", subject=Subject.TASKS, threshold=2, unit="tasks", minutes=5, missing=_QUIET,
        says="Tasks fail, one after the other", metrics=_one(TASKS, FAILURES, "Sum"), whole=True,
    ),
    Kind(
        key="balancer_5xx", subject=Subject.BALANCER, threshold=10, unit="answers", minutes=5, missing=_QUIET,
        says="The load balancer itself answers with errors: no healthy task, or one that hangs up",
        metrics=_one(_ALB, "HTTPCode_ELB_5XX_Count", "Sum"), whole=True,
    ),
    Kind(
        key="balancer_rejected", subject=Subject.BALANCER, threshold=0, unit="connections", minutes=5, missing=_QUIET,
        says="The load balancer is at its limit and turns clients away",
        metrics=_one(_ALB, "RejectedConnectionCount", "Sum"), whole=True,
    ),
    Kind(
        key="targets_5xx", subject=Subject.TARGETS, threshold=10, unit="answers", minutes=5, missing=_QUIET,
        says="The app answers with errors", metrics=_one(_ALB, "HTTPCode_Target_5XX_Count", "Sum"), whole=True,
    ),
    Kind(
        key="targets_4xx", subject=Subject.TARGETS, threshold=25, unit="%", minutes=10, missing=_QUIET,
        says="Many requests are refused: a broken client, a lost session store, or somebody who tries doors",
        metrics={
            "refused": Metric(namespace=_ALB, name="HTTPCode_Target_4XX_Count", stat="Sum"),
            "requests": Metric(namespace=_ALB, name="RequestCount", stat="Sum"),
        },
        # A few requests make no ratio.
        expression="IF(requests >= 100, 100 * FILL(refused, 0) / requests, 0)", whole=True,
    ),
    Kind(
        key="targets_latency", subject=Subject.TARGETS, threshold=2, unit="s", minutes=10, missing=_QUIET,
        says="One request in twenty takes longer", metrics=_one(_ALB, "TargetResponseTime", "p95"),
    ),
    Kind(
        key="targets_unhealthy", subject=Subject.TARGETS, threshold=0, unit="tasks", minutes=5, missing=_QUIET,
        says="Tasks fail their health check", metrics=_one(_ALB, "UnHealthyHostCount", "Maximum"),
    ),
    Kind(
        key="queue_age", subject=Subject.QUEUE, threshold=600, unit="s", minutes=5, missing=_SILENT,
        says="The oldest job waits too long", metrics=_one(queue_metrics.NAMESPACE, queue_metrics.OLDEST, "Maximum"),
    ),
    Kind(
        key="queues_failed", subject=Subject.COUNTING, threshold=0, unit="apps", minutes=10, missing=_QUIET,
        says="The jobs of an app can't be counted, so its workers are not scaled",
        metrics=_one(queue_metrics.NAMESPACE, queue_metrics.FAILED, "Maximum"),
    ),
    Kind(
        key="queues_stale", subject=Subject.COUNTING, threshold=1800, unit="s", minutes=5, missing=_SILENT,
        says="The jobs of an app have not been counted for long",
        metrics=_one(queue_metrics.NAMESPACE, queue_metrics.AGE, "Maximum"),
    ),
    Kind(
        key="function_errors", subject=Subject.FUNCTION, threshold=0, unit="runs", minutes=5, missing=_QUIET,
        says="A function failed", metrics=_one(_LAMBDA, "Errors", "Sum"), whole=True,
    ),
    Kind(
        key="function_throttles", subject=Subject.FUNCTION, threshold=0, unit="runs", minutes=15, missing=_QUIET,
        says="A function was not let run", metrics=_one(_LAMBDA, "Throttles", "Sum"), whole=True,
    ),
    Kind(
        key="function_duration", subject=Subject.FUNCTION, threshold=80, unit="% of its timeout", minutes=5,
        missing=_QUIET, says="A function is about to be cut off", metrics=_one(_LAMBDA, "Duration", "Maximum"),
        whole=True, of_timeout=True,
    ),
    Kind(
        key="shipper_lag", subject=Subject.SHIPPER, threshold=300, unit="s", minutes=15, missing=_QUIET,
        says="Log lines reach the archive late", metrics=_one(_LAMBDA, "AsyncEventAge", "Maximum"), whole=True,
        scale=1000,
    ),
    Kind(
        key="nat_bytes", subject=Subject.NAT, threshold=20, unit="GiB", minutes=60, missing=_QUIET,
        says="Much goes through a NAT gateway, which is paid by the byte",
        metrics=_one("AWS/NATGateway", "BytesOutToDestination", "Sum"), whole=True, scale=_GIB,
    ),
    Kind(
        key="database_cpu", subject=Subject.DATABASE, threshold=80, unit="%", minutes=15, missing=_SILENT,
        says="The database has no CPU left", metrics=_one(_RDS, "CPUUtilization", "Average"),
    ),
    Kind(
        key="database_storage", subject=Subject.DATABASE, threshold=10, unit="GiB", minutes=15, missing=_SILENT,
        says="The database's disk is nearly full", metrics=_one(_RDS, "FreeStorageSpace", "Minimum"),
        comparison=Comparison.BELOW, scale=_GIB,
    ),
    Kind(
        key="database_memory", subject=Subject.DATABASE, threshold=0.25, unit="GiB", minutes=15, missing=_SILENT,
        says="The database is about to run out of memory", metrics=_one(_RDS, "FreeableMemory", "Average"),
        comparison=Comparison.BELOW, scale=_GIB,
    ),
    Kind(
        key="cache_cpu", subject=Subject.CACHE, threshold=80, unit="%", minutes=15, missing=_SILENT,
        says="The cache's one thread has no CPU left", metrics=_one(_CACHE, "EngineCPUUtilization", "Average"),
    ),
    Kind(
        key="cache_memory", subject=Subject.CACHE, threshold=80, unit="%", minutes=15, missing=_SILENT,
        says="The cache is nearly full", metrics=_one(_CACHE, "DatabaseMemoryUsagePercentage", "Average"),
    ),
    Kind(
        key="cache_evictions", subject=Subject.CACHE, threshold=0, unit="keys", minutes=15, missing=_QUIET,
        says="The cache throws keys away to make room", metrics=_one(_CACHE, "Evictions", "Sum"), whole=True,
    ),
)  # fmt: skip

BY_KEY = {kind.key: kind for kind in KINDS}
