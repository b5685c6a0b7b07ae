"""What there is to watch in an environment: the `monitoring` output. docs/monitoring.schema.json is made from it.

It holds names, ARNs, addresses and CloudWatch dimensions, so that dashboards and alarms elsewhere need not guess any,
and never a value of an app's config.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from model import base

VERSION: Literal[1] = 1
"""Counts changes that break a reader; a field that is added breaks none."""


class Model(base.Model):
    """What a newer program wrote can be read: a field that is not known here is passed over."""

    model_config = ConfigDict(extra="ignore")


def _sorted(found: dict[str, Any]) -> dict[str, Any]:
    """Keys in order: the engine gives them back in any."""
    return dict(sorted(found.items()))


Dimensions = Annotated[dict[str, str], AfterValidator(_sorted)]
"""What CloudWatch tells a metric's series apart by, ready for a query.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension
"""


class Cluster(Model):
    """The ECS cluster."""

    name: str
    arn: str
    dimensions: Dimensions


class LoadBalancer(Model):
    """A load balancer before a service; several services may stand behind one."""

    name: str
    arn: str
    dns_name: str
    dimensions: Dimensions


class TargetGroup(Model):
    """A target group of a service; its dimensions name the load balancer too, as most metrics want."""

    name: str
    arn: str
    dimensions: Dimensions


class Service(Model):
    """One process of an app. `url` is where its load balancer answers."""

    name: str
    log_group: str
    dimensions: Dimensions
    url: str | None = None
    load_balancer: LoadBalancer | None = None
    target_groups: tuple[TargetGroup, ...] = ()


class LogGroup(Model):
    """A CloudWatch log group; `process` is the one that writes to it. `archived` when its lines go to S3 too."""

    name: str
    process: str | None = None
    retention_days: int
    archived: bool = False


class Alarm(Model):
    """A CloudWatch alarm. `severity` is what it was made for; a composite alarm stands for several others.

    It rings beyond `threshold`, in the metric's own unit, of values over `period` seconds.
    """

    name: str
    arn: str
    process: str | None = None
    severity: str | None = None
    composite: bool = False
    threshold: float | None = None
    period: int | None = None


class Queue(Model):
    """The metric of a queue that workers are scaled on."""

    process: str
    namespace: str
    metric: str
    dimensions: Dimensions


class Watched(Model):
    """Anything else with metrics: `kind` is nat, function, rds, elasticache, queue and what may come."""

    kind: str
    name: str
    namespace: str
    dimensions: Dimensions


class Release(Model):
    """The release that an app shall run. Before the first one the number is 0 and there is no image."""

    number: int
    version: str
    image: str | None = None
    branch: str | None = None
    commit: str | None = None


class App(Model):
    """One app: its services by process, and what its own components added."""

    release: Release
    services: Annotated[dict[str, Service], AfterValidator(_sorted)]
    log_groups: tuple[LogGroup, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    queues: tuple[Queue, ...] = ()
    others: tuple[Watched, ...] = ()


class Dashboards(Model):
    """Where a dashboard finds the metrics of each kind: CloudWatch's namespaces.

    That of tasks which failed is there where somebody hears of alarms: they are counted for these.
    """

    services: str = "AWS/ECS"
    load_balancers: str = "AWS/ApplicationELB"
    container_insights: str | None = None
    task_failures: str | None = None


class Monitoring(Model):
    """Everything that there is to watch in one environment."""

    version: Literal[1] = VERSION
    environment: str
    region: str
    account: str
    cluster: Cluster
    apps: Annotated[dict[str, App], AfterValidator(_sorted)] = Field(default_factory=dict)
    log_groups: tuple[LogGroup, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    others: tuple[Watched, ...] = ()
    dashboards: Dashboards = Dashboards()


def load_balancer(arn: str, dns_name: str) -> LoadBalancer:
    """A load balancer by its ARN, `…:loadbalancer/app/<name>/<id>`.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    suffix = _suffix(arn)
    return LoadBalancer(name=suffix.split("/")[1], arn=arn, dns_name=dns_name, dimensions={"LoadBalancer": suffix})


def target_group(arn: str, balancer_arn: str) -> TargetGroup:
    """A target group by its ARN, `…:targetgroup/<name>/<id>`, behind a load balancer."""
    resource = arn.rsplit(":", 1)[-1]
    dimensions = {"LoadBalancer": _suffix(balancer_arn), "TargetGroup": resource}
    return TargetGroup(name=resource.split("/")[1], arn=arn, dimensions=dimensions)


def _suffix(balancer_arn: str) -> str:
    return balancer_arn.split(":loadbalancer/", 1)[-1]


def plain(found: Model) -> dict[str, Any]:
    """As the engine and JSON hold it: nothing that is unset."""
    return found.model_dump(mode="json", exclude_none=True)


def schema() -> dict[str, Any]:
    """Its JSON Schema: of what is written, so that a field with a default is always there unless it may be null."""
    made: dict[str, Any] = Monitoring.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
