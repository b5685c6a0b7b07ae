"""Jobs are put into the example's queue, and its worker's tasks come and go: counted, alarmed and scaled as on AWS."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.projects import edited_catalogue, project_copy
from tests.sandbox_project import SENTINEL, Site, sandboxed

pytestmark = pytest.mark.engine

WORKER = "example-worker"
DIMENSIONS = [{"Name": name, "Value": text} for name, text in
              (("Environment", "dev"), ("App", "example"), ("Process", "worker"))]  # fmt: skip
PATIENCE = 90.0
MOST = 3


def lay_project(folder: Path) -> Path:
    """The example, whose worker has no task while there are no jobs."""
    project_copy(folder)
    with edited_catalogue(folder) as apps:
        scaling = {"min": 0, "max": MOST, "backlog": 50, "quiet": 2, "out_cooldown": 0}
        apps["example"]["processes"]["worker"] = {"cpu": 256, "memory": 512, "stop_timeout": 5, "scaling": scaling}
    return folder


@pytest.fixture(scope="module")
def queued(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example released, with a token for whoever counts its jobs."""
    with sandboxed(tmp_path_factory.mktemp("queued"), engine, lay_project) as site:
        site.well("up", "dev", "--yes")
        site.configure()
        site.well("config", "import", "dev", "example", "-", stdin=f"HIREFIRE_TOKEN={SENTINEL}\n")
        site.push("v1")
        site.story["deploy"] = site.slipway("deploy", "dev", "example", "--image", "v1")
        assert site.story["deploy"].returncode == 0, site.story["deploy"].stderr
        yield site


def manage(site: Site, *arguments: str) -> str:
    """A command of the example on the database that its tasks have."""
    variables = {
        "SECRET_KEY": "x",
        "ALLOWED_HOSTS": "x",
        "DATABASE_URL": f"sqlite:///{site.folder / 'example.sqlite3'}",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=site.folder / "example-v1", env={**os.environ, **variables},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def wanted(site: Site) -> int:
    """How many tasks of the worker are wanted."""
    return int(site.services(WORKER)[WORKER]["desiredCount"])


def until(ask: Callable[[], Any]) -> Any:
    """Once there is an answer."""
    end = time.monotonic() + PATIENCE
    while not (found := ask()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.2)
    return found


def values(site: Site, metric: dict[str, Any]) -> list[float]:
    """What a metric had, the oldest first."""
    now = datetime.now(UTC)
    answer = site.aws("cloudwatch").get_metric_statistics(
        **metric, StartTime=now - timedelta(minutes=10), EndTime=now + timedelta(minutes=1), Period=1,
        Statistics=["Maximum"],
    )  # fmt: skip
    rows = sorted(answer["Datapoints"], key=lambda row: row["Timestamp"])
    return [row["Maximum"] for row in rows]


def counted(site: Site, name: str) -> list[float]:
    return values(site, {"Namespace": "Slipway/Queues", "MetricName": name, "Dimensions": DIMENSIONS})


def test_five_hundred_jobs_wake_a_worker_that_grows_and_sleeps_again_when_they_are_done(queued: Site) -> None:
    until(lambda: 0 in counted(queued, "Jobs"))
    assert wanted(queued) == 0
    manage(queued, "add_jobs", "500", "--seconds", "0.05")
    assert until(lambda: wanted(queued)) == 1
    assert until(lambda: wanted(queued) > 1 and wanted(queued)) <= MOST
    until(lambda: counted(queued, "Jobs")[-1] == 0)
    until(lambda: wanted(queued) == 0)
    # It was woken by jobs and no task, and held by the metric that its own policy names.
    assert max(counted(queued, "Jobs")) >= 400
    assert 1 in counted(queued, "WakeUp")
    policies = queued.aws("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="ecs", ResourceId=f"service/dev/{WORKER}"
    )["ScalingPolicies"]
    (tracking,) = [row for row in policies if row["PolicyType"] == "TargetTrackingScaling"]
    configuration = tracking["TargetTrackingScalingPolicyConfiguration"]
    (metric,) = [
        row["MetricStat"]["Metric"] for row in configuration["CustomizedMetricSpecification"]["Metrics"]
        if "MetricStat" in row
    ]  # fmt: skip
    assert max(values(queued, metric)) > configuration["TargetValue"]
    assert "500" in manage(queued, "shell", "-c", "from jobs.queue import counts; print(counts())")


def test_a_token_is_in_its_own_secret_and_nowhere_else_that_it_should_not_be(queued: Site) -> None:
    secret = queued.aws("secretsmanager").get_secret_value(SecretId="dev/example/hirefire")["SecretString"]
    assert json.loads(secret) == {"HIREFIRE_TOKEN": SENTINEL}
    assert SENTINEL not in json.dumps(queued.state())
    deploy = queued.story["deploy"]
    assert SENTINEL not in deploy.stdout + deploy.stderr
    logs = queued.aws("logs")
    group = "/aws/lambda/slipway-dev-queue-metrics"
    for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
        lines = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        assert SENTINEL not in json.dumps(lines)


def test_who_counts_has_metrics_of_its_own(queued: Site) -> None:
    own = [{"Name": "Environment", "Value": "dev"}]
    found = {
        name: values(queued, {"Namespace": "Slipway/Queues", "MetricName": name, "Dimensions": own})
        for name in ("AppsSeen", "AppsFailed", "SlowestApp", "ValueAge")
    }
    assert found["AppsSeen"][-1] == 1
    assert found["AppsFailed"][-1] == 0
    assert 0 < found["SlowestApp"][-1] < 12
    assert found["ValueAge"][-1] < 60
