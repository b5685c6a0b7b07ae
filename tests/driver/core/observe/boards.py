"""An environment with a web process and a worker, as `slipway top` finds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from driver.core.observe.top import Watcher
from driver.core.ports import Glance, World
from driver.core.values.checkpoint import StackState
from driver.core.values.metrics import Metric, Minutes
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import Unreachable
from model.monitoring import output
from model.monitoring.output import App, Cluster, Monitoring, Queue, Service
from tests.driver.core.fake_platform import Cloud, pin

PREFIX = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
BALANCER, GROUP = (
    f"{PREFIX}:loadbalancer/app/dev-public/50dc6c495c0c9188",
    f"{PREFIX}:targetgroup/shop-web/0123456789abcdef",
)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
"""When the fake clock begins."""
BEFORE, GOING_ON = NOW - timedelta(minutes=1), NOW


def environment() -> Monitoring:
    web = Service(
        name="shop-web",
        log_group="/ecs/dev-shop-web",
        dimensions={"ClusterName": "dev", "ServiceName": "shop-web"},
        load_balancer=output.load_balancer(BALANCER, "shop.example.com"),
        target_groups=(output.target_group(GROUP, BALANCER),),
    )
    worker = Service(
        name="shop-worker", log_group="/ecs/dev-shop-worker",
        dimensions={"ClusterName": "dev", "ServiceName": "shop-worker"},
    )  # fmt: skip
    queue = Queue(process="worker", namespace="Slipway/Queues", metric="BacklogPerTask", dimensions={"App": "shop"})
    release = output.Release(number=43, version="v43")
    apps = {
        "shop": App(release=release, services={"web": web, "worker": worker}, queues=(queue,)),
        "till": App(release=release, services={"worker": worker.model_copy(update={"name": "till-worker"})}),
    }
    cluster = Cluster(name="dev", arn="arn:aws:ecs:eu-west-1:123456789012:cluster/dev", dimensions={})
    return Monitoring(environment="dev", region="eu-west-1", account="123456789012", cluster=cluster, apps=apps)


VALUES: Mapping[tuple[str, str], Minutes] = {
    ("CPUUtilization", "shop-web"): {BEFORE: 91.6, GOING_ON: 3.0},
    ("MemoryUtilization", "shop-web"): {BEFORE: 41.2},
    ("CPUUtilization", "shop-worker"): {GOING_ON: 3.4},
    ("RequestCount", ""): {BEFORE: 1234.0},
    ("TargetResponseTime", ""): {BEFORE: 0.0351},
    ("HTTPCode_Target_5XX_Count", ""): {BEFORE: 2.0},
    ("HealthyHostCount", ""): {BEFORE: 2.0, GOING_ON: 2.0},
    ("Jobs", ""): {BEFORE: 500.0},
    ("HTTPCode_ELB_5XX_Count", ""): {BEFORE: 3.0, BEFORE - timedelta(minutes=6): 100.0},
}


@dataclass
class FakeMetrics:
    """CloudWatch, by metric and service, empty for what has none."""

    values: Mapping[tuple[str, str], Minutes] = field(default_factory=lambda: VALUES)
    asked: list[Sequence[Metric]] = field(default_factory=list)
    down: bool = False

    def minutes(self, metrics: Sequence[Metric], since: datetime, until: datetime) -> Mapping[Metric, Minutes]:
        self.asked.append(metrics)
        if self.down:
            raise Unreachable("AWS can't be reached: reading metrics", hint="Try again.")
        found = {}
        for metric in metrics:
            key = (metric.name, dict(metric.dimensions).get("ServiceName", ""))
            found[metric] = {at: value for at, value in self.values.get(key, {}).items() if since <= at < until}
        return found


@dataclass
class FakeEcs:
    """ECS as a glance finds it."""

    found: Mapping[str, Glance]

    def glance(self, cluster: str, names: Sequence[str]) -> Mapping[str, Glance]:
        return {name: row for name, row in self.found.items() if name in names}


@dataclass
class FakeStacks:
    """A stack whose outputs were read so many times."""

    found: Monitoring
    reads: int = 0

    def read(self, env: str) -> StackState:
        self.reads += 1
        return StackState(outputs={"monitoring": output.plain(self.found)})


def glance(name: str, running: int, desired: int) -> Glance:
    return Glance(name=name, task_definition=name, running=running, desired=desired)


def world() -> World:
    cloud = Cloud(pin(7))
    services: Any = FakeEcs({row.name: row for row in (glance("shop-web", 2, 2), glance("shop-worker", 0, 1))})
    stacks: Any = FakeStacks(environment())
    cloud.ledger.rows["shop", 7] = Release(
        app="shop", pin=pin(7), kind=Kind.DEPLOY, who="ann@ci", started=NOW - timedelta(hours=3, minutes=10),
        finished=NOW - timedelta(hours=3), verdict=Verdict.SUCCEEDED,
    )  # fmt: skip
    return replace(cloud.world, services=services, stacks=stacks)


def watcher(metrics: FakeMetrics | None = None, app: str | None = None) -> Watcher:
    return Watcher(world(), metrics or FakeMetrics(), app)
