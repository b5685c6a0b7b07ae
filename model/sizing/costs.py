"""What an environment costs a month before anybody uses it, by its settings."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from model.settings.app import Process
from model.settings.cluster import Insights
from model.settings.environment import Settings
from model.settings.process import Architecture
from model.sizing.prices import CHECKED, DATED, HOURS, Prices, prices
from model.sizing.quota_needs import UNITS, gateways, secrets

LOG_GB = 1.0
"""Gigabytes that a task is assumed to log in a month."""
PACKED = 0.15
"""The part of its size that a log takes once it is kept: CloudWatch packs it."""
IMAGES, IMAGE_GB = 20, 0.3
"""So many images, of so many gigabytes beyond layers that they share, are assumed to be kept of an app."""
QUEUE_METRICS = 4
"""Of each worker that scales on its queue; `model/monitoring/queue_metrics.py` names them."""
COUNTING_METRICS = 4
"""Of the counting itself."""
INSIGHTS = {Insights.ENABLED: (8, 19, 0), Insights.ENHANCED: (17, 33, 50)}
"""Metrics of the cluster, of a service and of a running task, as assumed."""

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
KEY = "aws:kms/key:Key"
ZONE = "aws:route53/zone:Zone"
HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck"
COUNTED = (ALARM, COMPOSITE, KEY, ZONE, HEALTH_CHECK)
"""What is counted in the state, since it follows from many settings at once."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """So many units of something at a price by the hour, or by the month where `hours` is 1."""

    what: str
    amount: float
    unit: str
    price: float
    hours: int = HOURS

    @property
    def monthly(self) -> float:
        """US dollars a month."""
        return self.amount * self.price * self.hours

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "what": self.what,
            "amount": round(self.amount, 4),
            "unit": self.unit,
            "price": self.price,
            "per": "month" if self.hours == 1 else "hour",
            "monthly": round(self.monthly, 2),
        }


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """All lines, and what they take for granted."""

    region: str
    lines: Sequence[Line]
    assumptions: Sequence[str]

    @property
    def total(self) -> float:
        """US dollars a month."""
        return sum(line.monthly for line in self.lines)

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "region": self.region,
            "prices": DATED,
            "currency": "USD",
            "lines": [line.plain() for line in self.lines],
            "monthly": round(self.total, 2),
            "assumptions": list(self.assumptions),
        }


def estimate(settings: Settings, counted: Mapping[str, int] | None = None) -> Estimate:
    """The fixed cost at the smallest scale; `counted` is how many there are of COUNTED, None before it is up."""
    price = prices(settings.region)
    rows = [*_tasks(settings, price), *_network(settings, price), *_watching(settings, price, counted or {})]
    return Estimate(
        region=price.region,
        lines=[line for line in rows if line.amount > 0],
        assumptions=_assumptions(settings, price, up=counted is not None),
    )


def least(process: Process) -> int:
    """The tasks of a process at its smallest scale."""
    return process.initial_count if process.scaling is None else process.scaling.lowest


def _processes(settings: Settings) -> Iterator[Process]:
    for app in settings.apps.values():
        yield from app.services.values()


def _tasks(settings: Settings, price: Prices) -> Iterator[Line]:
    vcpu: dict[tuple[bool, bool], float] = defaultdict(float)
    memory: dict[tuple[bool, bool], float] = defaultdict(float)
    for process in _processes(settings):
        weights, arm = settings.capacity_of(process), process.architecture is Architecture.ARM64
        spot = weights.spot / (weights.fargate + weights.spot)
        for cheap, share in ((False, 1 - spot), (True, spot)):
            vcpu[arm, cheap] += least(process) * share * process.cpu / UNITS
            memory[arm, cheap] += least(process) * share * process.memory / UNITS
    for arm, cheap in sorted(vcpu):
        kind = f"Fargate {'Spot ' * cheap}{'ARM64 ' * arm}"
        factor = (price.arm if arm else 1.0) * (price.spot if cheap else 1.0)
        yield Line(what=f"{kind}vCPU", amount=vcpu[arm, cheap], unit="vCPU", price=price.vcpu_hour * factor)
        yield Line(what=f"{kind}memory", amount=memory[arm, cheap], unit="GB", price=price.gb_hour * factor)


def _network(settings: Settings, price: Prices) -> Iterator[Line]:
    zones, nats = len(settings.network.zones), gateways(settings)
    public, internal = settings.balancer_count(public=True), settings.balancer_count(public=False)
    addresses = nats + zones * public
    endpoints = len(settings.network.endpoints) * zones
    yield Line(what="NAT gateways", amount=nats, unit="gateway", price=price.nat_hour)
    yield Line(what="load balancers", amount=public + internal, unit="balancer", price=price.balancer_hour)
    yield Line(what="public IPv4 addresses", amount=addresses, unit="address", price=price.address_hour)
    yield Line(what="interface endpoints", amount=endpoints, unit="endpoint in a zone", price=price.endpoint_hour)


def _watching(settings: Settings, price: Prices, counted: Mapping[str, int]) -> Iterator[Line]:
    apps, tasks = len(settings.apps), sum(map(least, _processes(settings)))
    months = settings.log_days / 30
    images = apps * IMAGES * IMAGE_GB if settings.registry.owner == settings.env else 0
    insights = settings.cluster.insights
    metric = price.enhanced_metric if insights is Insights.ENHANCED else price.metric
    monthly = (
        ("secrets", secrets(settings), "secret", price.secret),
        ("alarms of scaling", _scaling_alarms(settings), "alarm", price.alarm),
        ("alarms", counted.get(ALARM, 0), "alarm", price.alarm),
        ("composite alarms", counted.get(COMPOSITE, 0), "alarm", price.composite_alarm),
        ("dashboards", (1 + apps) * settings.dashboards.cloudwatch, "dashboard", price.dashboard),
        ("metrics of queues", _queue_metrics(settings), "metric", price.metric),
        ("Container Insights", _insights(settings, tasks), "metric", metric),
        ("logs written", tasks * LOG_GB, "GB", price.log_gb),
        ("logs kept", tasks * LOG_GB * PACKED * months, "GB", price.log_gb_kept),
        ("images kept", images, "GB", price.image_gb),
        ("KMS keys", counted.get(KEY, 0), "key", price.key),
        ("hosted zones", counted.get(ZONE, 0), "zone", price.zone),
        ("health checks", counted.get(HEALTH_CHECK, 0), "check", price.health_check),
    )
    for what, amount, unit, cost in monthly:
        yield Line(what=what, amount=amount, unit=unit, price=cost, hours=1)


def _scaling_alarms(settings: Settings) -> int:
    """Target tracking makes two alarms for each thing that is held.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
    """
    rows = [process.scaling for process in _processes(settings) if process.scaling is not None]
    return 2 * sum(len(row.held) + (row.backlog is not None) for row in rows)


def _queue_metrics(settings: Settings) -> int:
    workers = sum(len(app.queues) for app in settings.apps.values())
    return QUEUE_METRICS * workers + COUNTING_METRICS * settings.counts_jobs


def _insights(settings: Settings, tasks: int) -> int:
    cluster, service, task = INSIGHTS.get(settings.cluster.insights, (0, 0, 0))
    return cluster + service * len(list(_processes(settings))) + task * tasks


def _assumptions(settings: Settings, price: Prices, *, up: bool) -> list[str]:
    known = f"list prices of {price.region} as of {DATED}, without taxes, discounts and free tiers"
    if price.region != settings.region:
        known += f"; those of {settings.region} are not listed here, and are likely higher"
    elif price.region not in CHECKED:
        known += "; nobody has compared them with AWS's own list"
    return [
        known,
        f"{HOURS} hours a month, every process at its smallest scale, nothing in a deploy",
        f"Spot by its weight, at {price.spot:.0%} of the price on demand, which moves",
        f"{LOG_GB:g} GB of logs a task and month, kept for {settings.log_days} days at {PACKED:.0%} of their size",
        f"{IMAGES} images an app at {IMAGE_GB:g} GB each, in the environment that owns the repositories",
        "Container Insights by an assumed number of metrics, where it is on",
        "alarms, KMS keys, zones and health checks as counted in the state"
        if up
        else "it is not up yet: no alarms but those of scaling, no KMS keys, zones and health checks",
        "not counted: traffic (NAT, LCUs, between zones, to the internet, flow logs), one-off tasks, the ledger's"
        " table, buckets, Vault, databases",
    ]
