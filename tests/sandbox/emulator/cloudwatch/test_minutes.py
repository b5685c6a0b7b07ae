"""What services and load balancers tell CloudWatch of themselves."""

import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.balancer.test_traffic import ask, connected, serving
from tests.sandbox.emulator.cloud import Cloud, Web, until

pytestmark = pytest.mark.sandbox
ALB = "AWS/ApplicationELB"


def suffix(arn: str) -> str:
    return arn.partition("loadbalancer/")[2] or arn.rsplit(":", 1)[-1]


def answers(web: Web) -> bool:
    """Whether its listener is bound already, without asking it anything."""
    with connected(web) as connection, contextlib.suppress(ConnectionRefusedError):
        connection.connect()
        return True
    return False


class Metrics:
    """What CloudWatch says of one service and its load balancer."""

    def __init__(self, cloud: Cloud, web: Web) -> None:
        self.cloudwatch, self.began = cloud.client("cloudwatch"), datetime.now(UTC)
        self.service = {"ClusterName": cloud.name, "ServiceName": "svc"}
        self.balancer = {"LoadBalancer": suffix(web.balancer)}
        self.group = {**self.balancer, "TargetGroup": suffix(web.group)}

    def value(self, namespace: str, name: str, of: dict[str, str], stat: str = "Sum") -> float | None:
        """Over all the time since the test began; None where there is nothing."""
        metric = {
            "Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": k, "Value": v} for k, v in of.items()],
        }  # fmt: skip
        query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": stat}}
        start, end = self.began - timedelta(hours=1), datetime.now(UTC) + timedelta(minutes=1)
        values = self.cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=start, EndTime=end)
        return max(values["MetricDataResults"][0]["Values"], default=None)

    def alb(self, name: str, of: dict[str, str], stat: str = "Sum") -> float | None:
        return self.value(ALB, name, of, stat)

    def names(self) -> set[str]:
        """The metrics of the load balancer that there are at all."""
        dimensions = [{"Name": "LoadBalancer", "Value": self.balancer["LoadBalancer"]}]
        rows = self.cloudwatch.list_metrics(Namespace=ALB, Dimensions=dimensions)["Metrics"]
        return {row["MetricName"] for row in rows}


def test_services_and_load_balancers_tell_what_they_do_as_aws_has_it(cloud: Cloud) -> None:
    web = serving(cloud)
    metrics = Metrics(cloud, web)
    until(lambda: metrics.alb("HealthyHostCount", metrics.group, "Maximum") == 1)
    # Health checks are no requests, and without requests nothing is said of them; a target's share is always told.
    assert metrics.names() == {"HealthyHostCount", "UnHealthyHostCount", "RequestCountPerTarget"}
    assert metrics.alb("RequestCountPerTarget", metrics.group) == 0

    for _ in range(20):
        assert ask(web)[0] == 200
    assert ask(web, "/slow?seconds=0.4")[0] == 200
    until(lambda: metrics.alb("HTTPCode_Target_2XX_Count", metrics.group) == 21)
    assert [metrics.alb("RequestCount", of) for of in (metrics.balancer, metrics.group)] == [21, 21]
    assert metrics.alb("HTTPCode_Target_2XX_Count", metrics.balancer, "Maximum") == 1
    assert metrics.alb("RequestCountPerTarget", {"TargetGroup": suffix(web.group)}) == 21
    typical, slowest = (metrics.alb("TargetResponseTime", metrics.group, stat) for stat in ("p50", "p99"))
    assert typical is not None and slowest is not None
    assert 0 < typical < 0.2 < slowest < 2
    assert not {name for name in metrics.names() if "5XX" in name}

    cpu, memory = (
        metrics.value("AWS/ECS", f"{name}Utilization", metrics.service, "Maximum") for name in ("CPU", "Memory")
    )
    assert cpu is not None and memory is not None
    assert 0 < cpu <= 100
    assert 0.5 < memory < 50


def test_what_a_load_balancer_answers_by_itself_is_its_own_and_none_of_the_targets(cloud: Cloud) -> None:
    web = cloud.web()
    metrics = Metrics(cloud, web)
    until(lambda: answers(web))
    assert ask(web)[0] == 503
    until(lambda: metrics.alb("HTTPCode_ELB_503_Count", metrics.balancer) == 1)
    # Neither a target was chosen nor is one registered.
    assert metrics.names() == {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_503_Count"}
    assert metrics.alb("HTTPCode_ELB_5XX_Count", metrics.balancer) == 1


def test_a_service_that_is_busy_shows_it(cloud: Cloud) -> None:
    burn = "import time\nwhile True: sum(range(100_000))"
    definition = cloud.definition("x", entryPoint=["python3", "-c", burn])
    cloud.create(definition)
    service = {"ClusterName": cloud.name, "ServiceName": "svc"}
    metrics = Metrics(cloud, Web("", "loadbalancer/none", "", "none"))
    until(lambda: (metrics.value("AWS/ECS", "CPUUtilization", service, "Maximum") or 0) > 60, 20)
    cloud.update(desiredCount=0)
    until(lambda: not cloud.tasks())
    before = metrics.value("AWS/ECS", "CPUUtilization", service, "SampleCount")
    time.sleep(3)
    assert metrics.value("AWS/ECS", "CPUUtilization", service, "SampleCount") == before


def test_counts_of_tasks_come_with_container_insights_alone(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=2)
    service = {"ClusterName": cloud.name, "ServiceName": "svc"}
    metrics = Metrics(cloud, Web("", "loadbalancer/none", "", "none"))
    until(lambda: metrics.value("AWS/ECS", "CPUUtilization", service))
    assert metrics.value("ECS/ContainerInsights", "RunningTaskCount", service) is None
    cloud.ecs.update_cluster_settings(cluster=cloud.name, settings=[{"name": "containerInsights", "value": "enhanced"}])
    until(lambda: metrics.value("ECS/ContainerInsights", "RunningTaskCount", service, "Maximum") == 2)
    assert metrics.value("ECS/ContainerInsights", "DesiredTaskCount", service, "Maximum") == 2
