"""What CloudWatch has of each thing: metrics, the dimensions that name a series, and statistics that mean something.

Written down from AWS's pages, apart from what asks for it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

USUAL = ("Average", "Minimum", "Maximum", "Sum", "SampleCount")
PERCENTILES = ("p50", "p95", "p99")
LEVEL, COUNT = ("Average", "Minimum", "Maximum"), ("Sum",)

Known = Mapping[str, tuple[str, ...]]

DOCUMENTED: Mapping[tuple[str, tuple[str, ...]], Known] = {
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
    ("AWS/ECS", ("ClusterName", "ServiceName")): {
        "CPUUtilization": (*LEVEL, "SampleCount"),
        "MemoryUtilization": (*LEVEL, "SampleCount"),
    },
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    ("ECS/ContainerInsights", ("ClusterName", "ServiceName")): {"DesiredTaskCount": LEVEL, "RunningTaskCount": LEVEL},
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    ("AWS/ApplicationELB", ("LoadBalancer", "TargetGroup")): {
        "RequestCount": COUNT,
        "RequestCountPerTarget": COUNT,
        "HTTPCode_Target_4XX_Count": COUNT,
        "HTTPCode_Target_5XX_Count": COUNT,
        "TargetConnectionErrorCount": COUNT,
        "TargetResponseTime": ("Average", *PERCENTILES),
        "HealthyHostCount": LEVEL,
        "UnHealthyHostCount": LEVEL,
    },
    ("AWS/ApplicationELB", ("LoadBalancer",)): {"HTTPCode_ELB_5XX_Count": COUNT, "RejectedConnectionCount": COUNT},
    # Ours: model/monitoring/queue_metrics.py, and the filter of ECS's events.
    ("Slipway/Queues", ("App", "Environment", "Process")): {
        "Jobs": LEVEL,
        "BacklogPerTask": LEVEL,
        "OldestJobAge": LEVEL,
    },
    ("Slipway/Queues", ("Environment",)): {
        "AppsSeen": LEVEL,
        "AppsFailed": LEVEL,
        "SlowestApp": LEVEL,
        "ValueAge": LEVEL,
    },
    ("Slipway/Tasks", ("ClusterArn", "Group")): {"Failures": COUNT},
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    ("AWS/Lambda", ("FunctionName",)): {
        "Invocations": COUNT,
        "Errors": COUNT,
        "Throttles": COUNT,
        "Duration": LEVEL,
        "AsyncEventAge": LEVEL,
    },
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    ("AWS/SQS", ("QueueName",)): {"ApproximateNumberOfMessagesVisible": LEVEL},
    # https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    ("AWS/NATGateway", ("NatGatewayId",)): {
        "BytesOutToDestination": COUNT,
        "BytesInFromDestination": COUNT,
        "ErrorPortAllocation": COUNT,
    },
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    ("AWS/RDS", ("DBInstanceIdentifier",)): {
        "CPUUtilization": LEVEL,
        "FreeStorageSpace": LEVEL,
        "FreeableMemory": LEVEL,
        "DatabaseConnections": LEVEL,
    },
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
    ("AWS/ElastiCache", ("CacheClusterId",)): {
        "EngineCPUUtilization": LEVEL,
        "DatabaseMemoryUsagePercentage": LEVEL,
        "Evictions": COUNT,
        "CurrConnections": LEVEL,
    },
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html
    ("AWS/Usage", ("Class", "Resource", "Service", "Type")): {"ResourceCount": LEVEL},
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
    ("AWS/Billing", ("Currency",)): {"EstimatedCharges": ("Maximum",)},
}
_WORKER, _BALANCER, _GROUP = ("App", "Environment", "Process"), ("LoadBalancer",), ("LoadBalancer", "TargetGroup")
NOT_SHOWN: Mapping[tuple[str, tuple[str, ...], str], str] = {
    ("Slipway/Queues", _WORKER, "WakeUp|Busy"): "wakes a worker or keeps it awake, which the count of tasks shows",
    ("AWS/ApplicationELB", _BALANCER, "RequestCount|Target.*|HTTPCode_Target_.*"): "the sum of what groups show",
    ("AWS/ApplicationELB", _BALANCER, "HTTPCode_ELB_([34]XX|50.)_Count|HTTP_.*_Count"): "5xx are shown in one line",
    ("AWS/ApplicationELB", _GROUP, "HTTPCode_Target_[23]XX_Count"): "answers that are as they should be",
    ("AWS/ApplicationELB", ("TargetGroup",), "RequestCountPerTarget"): "the same as with its load balancer",
    ("ECS/ContainerInsights", ("ClusterName", "ServiceName"), "PendingTaskCount"): "is wanted less running",
}
"""What is emitted and on no dashboard, by namespace, dimensions and a pattern of names, and why."""


@dataclass(frozen=True, order=True)
class Series:
    """Something that CloudWatch has series of."""

    namespace: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def known(self) -> Known | None:
        """Its metrics as documented, by the names of its dimensions."""
        return DOCUMENTED.get((self.namespace, tuple(name for name, _ in self.dimensions)))


@dataclass(frozen=True, order=True)
class Asked:
    """One query."""

    series: Series
    metric: str
    statistic: str


def series(namespace: str, dimensions: Mapping[str, str]) -> Series:
    """Dimensions in order of their names: CloudWatch knows no other."""
    return Series(namespace, tuple(sorted(dimensions.items())))


def of_function(name: str, env: str) -> Iterator[Series]:
    """A function, and what the one that counts jobs tells of its counting."""
    yield series("AWS/Lambda", {"FunctionName": name})
    if name == f"slipway-{env}-queue-metrics":
        yield series("Slipway/Queues", {"Environment": env})


def account() -> list[Series]:
    """What every account has."""
    usage = {"Service": "Fargate", "Type": "Resource", "Resource": "vCPU"}
    kinds = [{**usage, "Class": f"Standard/{kind}"} for kind in ("OnDemand", "Spot")]
    return [series("AWS/Billing", {"Currency": "USD"}), *(series("AWS/Usage", row) for row in kinds)]


def complaints(asked: Iterable[Asked], emitted: Iterable[Series]) -> list[str]:
    """What is asked for and not there, and what is there and not asked for."""
    queries, there = set(asked), set(emitted)
    wrong = [_wrong(one, there) for one in sorted(queries)]
    return [text for text in wrong if text] + list(_missing({(one.series, one.metric) for one in queries}, there))


def unknown(namespace: str, metric: str, dimensions: Mapping[str, str]) -> bool:
    """Whether CloudWatch has a metric that is neither written down nor left out for a reason."""
    if namespace not in {name for name, _ in DOCUMENTED}:
        return False
    one = series(namespace, dimensions)
    names = tuple(name for name, _ in one.dimensions)
    left_out = (
        (namespace, names) == (space, parts) and re.fullmatch(pattern, metric) for space, parts, pattern in NOT_SHOWN
    )
    return metric not in (one.known or {}) and not any(left_out)


def _wrong(one: Asked, there: set[Series]) -> str:
    known = one.series.known or {}
    if one.series not in there:
        return f"nothing emits {one.series.namespace} with {dict(one.series.dimensions)}: {one.metric}"
    if one.metric not in known:
        return f"{one.series.namespace} has no {one.metric} by {dict(one.series.dimensions)}"
    return "" if one.statistic in known[one.metric] else f"{one.metric} has no {one.statistic} that means anything"


def _missing(shown: set[tuple[Series, str]], there: set[Series]) -> Iterator[str]:
    for thing in sorted(there):
        if thing.known is None:
            yield f"no page of AWS has {thing.namespace} by {dict(thing.dimensions)}"
        # A function's lag is of those that are called asynchronously: the shipper alone.
        for metric in sorted(set(thing.known or {}) - {"AsyncEventAge"}):
            if (thing, metric) not in shown:
                yield f"no dashboard shows {metric} of {dict(thing.dimensions)}"
