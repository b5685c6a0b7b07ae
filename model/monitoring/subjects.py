"""What there is to watch: things that have alarms, and what CloudWatch tells their metrics apart by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from model.monitoring import queue_metrics
from model.names.names import ProcessNames, function
from model.settings.alarm_kinds import Subject
from model.settings.logs import FUNCTIONS, SHIPPER
from model.settings.queues import COUNTER, COUNTER_TIMEOUT, RECEIVER, RECEIVER_TIMEOUT


class Reference(Enum):
    """The value of a dimension that AWS gives when the thing is made."""

    LOAD_BALANCER = "load balancer"
    TARGET_GROUP = "target group"
    CLUSTER_ARN = "cluster"
    NAT = "NAT gateway"


Dimensions = Mapping[str, str | Reference]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What alarms are about: the beginning of their names, and the dimensions of its metrics.

    `timeout` is a function's, in seconds, and `process` an app's.
    """

    subject: Subject
    name: str
    logical: str
    dimensions: Dimensions
    timeout: float = 0
    process: str | None = None


def of_process(names: ProcessNames, *, insights: bool, web: bool, dedicated: bool, queue: bool) -> list[Thing]:
    """What there is to watch of one process: its service, its tasks, its load balancer and its queue.

    Running and desired counts are metrics of Container Insights alone, and failures come from ECS's events.
    """
    service: Dimensions = {"ClusterName": names.env, "ServiceName": names.service}
    balancer: Dimensions = {"LoadBalancer": Reference.LOAD_BALANCER}
    found: list[tuple[Subject, Dimensions]] = [(Subject.SERVICE, service)]
    if insights:
        found.append((Subject.COUNTS, service))
    found.append((Subject.TASKS, {"ClusterArn": Reference.CLUSTER_ARN, "Group": f"service:{names.service}"}))
    if dedicated:
        found.append((Subject.BALANCER, balancer))
    if web:
        found.append((Subject.TARGETS, {"TargetGroup": Reference.TARGET_GROUP, **balancer}))
    if queue:
        found.append((Subject.QUEUE, dict(queue_metrics.dimensions(names))))
    return [
        Thing(subject=kind, name=names.family, logical=names.logical, dimensions=of, process=names.process)
        for kind, of in found
    ]


def of_function(env: str, name: str, timeout: float, *, ships_logs: bool = False) -> list[Thing]:
    """What there is to watch of a Lambda function; `timeout` in seconds.

    Of one that is fed by a subscription the age of its asynchronous events is how far the archive lags.
    """
    kinds = [Subject.FUNCTION, Subject.SHIPPER] if ships_logs else [Subject.FUNCTION]
    return [
        Thing(subject=kind, name=name, logical=f"{env}.{name}", dimensions={"FunctionName": name}, timeout=timeout)
        for kind in kinds
    ]


def of_archive(env: str) -> list[Thing]:
    """What there is to watch of the log archive's functions."""
    return [
        thing
        for purpose, timeout in FUNCTIONS.items()
        for thing in of_function(env, function(env, purpose), timeout, ships_logs=purpose == SHIPPER)
    ]


def of_receiver(env: str) -> list[Thing]:
    """What there is to watch of the function that apps report to."""
    return of_function(env, function(env, RECEIVER), RECEIVER_TIMEOUT)


def of_counter(env: str) -> list[Thing]:
    """What there is to watch of the function that counts jobs, and of its counting."""
    name = function(env, COUNTER)
    counting = Thing(
        subject=Subject.COUNTING, name=name, logical=f"{env}.{name}", dimensions=queue_metrics.of_counting(env)
    )
    return [*of_function(env, name, COUNTER_TIMEOUT), counting]


def of_shared_balancer(env: str, kind: str) -> Thing:
    """What there is to watch of a load balancer that web processes share."""
    return Thing(
        subject=Subject.BALANCER,
        name=f"{env}-{kind}",
        logical=f"{env}.{kind}",
        dimensions={"LoadBalancer": Reference.LOAD_BALANCER},
    )


def of_nat(env: str, number: int) -> Thing:
    """What there is to watch of one NAT gateway, counted from 1."""
    name = f"nat-{number}"
    return Thing(
        subject=Subject.NAT, name=f"{env}-{name}", logical=f"{env}.{name}", dimensions={"NatGatewayId": Reference.NAT}
    )


def of_stores(env: str, databases: Iterable[str], caches: Iterable[str]) -> list[Thing]:
    """What there is to watch of databases and caches, by identifier."""
    rows = [(Subject.DATABASE, "DBInstanceIdentifier", name) for name in databases]
    rows += [(Subject.CACHE, "CacheClusterId", name) for name in caches]
    return [
        Thing(subject=kind, name=f"{env}-{name}", logical=f"{env}.{name}", dimensions={dimension: name})
        for kind, dimension, name in rows
    ]
