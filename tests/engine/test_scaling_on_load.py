"""A web process is scaled on real load through its load balancer, out and in again."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.projects import edited_catalogue, project_copy
from tests.sandbox_project import Site, sandboxed

pytestmark = pytest.mark.engine

# Fifteen quiet minutes come before a task is taken away; here a minute lasts 1.2 s.
PACE = 0.02
HELD = 20
"""Requests a minute that each task may get."""
SERVICE = "shop-web"


def lay_project(folder: Path) -> Path:
    """The repository's own project with one app of a web process, which runs on the bootstrap image."""
    made = project_copy(folder)
    with edited_catalogue(made) as apps:
        apps.clear()
        scaling = {"min": 1, "max": 3, "cpu": 95, "requests": HELD}
        apps["shop"] = {"processes": {"web": {"cpu": 256, "memory": 512, "port": 8000, "scaling": scaling}}}
    return made


@pytest.fixture(scope="module")
def site(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sandboxed(tmp_path_factory.mktemp("load"), engine, lay_project, PACE) as made:
        made.well("up", "dev", "--yes")
        yield made


@dataclass
class Visitors:
    """Some clients that ask on one connection each, 20 times a second at most."""

    url: str
    answers: list[int] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Visitors":
        self._threads = [threading.Thread(target=self._visit) for _ in range(5)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gone.set()
        for thread in self._threads:
            thread.join()

    def _visit(self) -> None:
        address = urlsplit(self.url)
        with closing(http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=20)) as connection:
            while not self.gone.wait(0.05):
                connection.request("GET", "/")
                answer = connection.getresponse()
                answer.read()
                self.answers.append(answer.status)


def until(look: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
        time.sleep(0.2)


def most_requests(site: Site) -> float:
    """The largest value of the metric that the policy itself names."""
    (policy,) = (
        row
        for row in site.aws("application-autoscaling").describe_scaling_policies(
            ServiceNamespace="ecs", ResourceId=f"service/dev/{SERVICE}"
        )["ScalingPolicies"]
        if row["PolicyName"].endswith(".requests")
    )
    specification = policy["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
    balancer, _, group = specification["ResourceLabel"].partition("/targetgroup/")
    dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
    metric = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "RequestCountPerTarget",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    now = datetime.now(UTC)
    found = site.aws("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 1, "Stat": "Sum"}}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
    )
    return float(max(found["MetricDataResults"][0]["Values"]))


def test_load_adds_tasks_up_to_the_most_and_quiet_takes_them_away_again(site: Site) -> None:
    def wanted() -> int:
        return int(site.services(SERVICE)[SERVICE]["desiredCount"])

    assert wanted() == 1
    with Visitors(site.url("shop")) as visitors:
        until(lambda: wanted() == 3, 30)
        until(lambda: site.services(SERVICE)[SERVICE]["runningCount"] == 3, 20)
        seen = json.loads(site.well("top", "dev", "--json"))["apps"]["shop"]["processes"]["web"]
        text = site.well("top", "dev", "shop", "--once").splitlines()
    assert set(visitors.answers) == {200}
    assert (seen["running"], seen["desired"], seen["errors_per_minute"]) == (3, 3, 0)
    assert 0 < seen["requests_per_minute"] <= len(visitors.answers)
    assert 0 < seen["p95_milliseconds"] < 5000
    assert 0 < seen["cpu_percent"] <= 100 and 0 < seen["memory_percent"] < 100
    assert text[2].split()[:3] == ["shop", "web", "3/3"]
    assert most_requests(site) > HELD
    until(lambda: wanted() == 1, 60)
    done = site.aws("application-autoscaling").describe_scaling_activities(
        ServiceNamespace="ecs", ResourceId=f"service/dev/{SERVICE}"
    )["ScalingActivities"]
    assert {"Setting desired count to 3.", "Setting desired count to 1."} <= {row["Description"] for row in done}
