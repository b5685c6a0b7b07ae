"""Each query names what is emitted, and what is emitted is on a dashboard: both lists are held against each other."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from driver.core.dashboards.document import document
from model.monitoring.dashboards import cloudwatch
from model.monitoring.dashboards.boards import boards
from model.monitoring.output import Monitoring
from tests.emitted import Asked, Series, account, complaints, of_function, series, unknown
from tests.watched import watched


def in_grafana(documents: list[dict[str, Any]]) -> Iterator[Asked]:
    """What dashboards of Grafana ask CloudWatch for."""
    for panel in (panel for row in documents for panel in row["panels"]):
        for query in panel.get("targets", []):
            if query["queryMode"] == "Metrics" and not query["expression"]:
                yield Asked(series(query["namespace"], query["dimensions"]), query["metricName"], query["statistic"])


def in_cloudwatch(bodies: dict[str, dict[str, object]]) -> Iterator[Asked]:
    """What dashboards of CloudWatch ask for."""
    for body in bodies.values():
        for namespace, metric, dimensions, stat in cloudwatch.asked(body):
            yield Asked(series(namespace, dimensions), metric, stat)


def told(found: Monitoring) -> Iterator[Series]:
    """What emits metrics, of all that an environment tells of."""
    yield from account()
    for app in found.apps.values():
        for service in app.services.values():
            yield series("AWS/ECS", service.dimensions)
            yield series("Slipway/Tasks", {"ClusterArn": found.cluster.arn, "Group": f"service:{service.name}"})
            if found.dashboards.container_insights is not None:
                yield series("ECS/ContainerInsights", service.dimensions)
            yield from (series("AWS/ApplicationELB", group.dimensions) for group in service.target_groups)
            if service.load_balancer is not None:
                yield series("AWS/ApplicationELB", service.load_balancer.dimensions)
        yield from (series(queue.namespace, queue.dimensions) for queue in app.queues)
        yield from (series(row.namespace, row.dimensions) for row in app.others)
    yield from (series(row.namespace, row.dimensions) for row in found.others if row.kind != "function")
    for row in (row for row in found.others if row.kind == "function"):
        yield from of_function(row.name, found.environment)


@pytest.mark.parametrize("insights", [True, False])
def test_what_is_asked_for_is_emitted_and_what_is_emitted_is_shown(insights: bool) -> None:
    found = watched(insights=insights)
    documents = [document(board) for board in boards(found)]
    assert complaints(in_grafana(documents), told(found)) == []
    assert complaints(in_cloudwatch(cloudwatch.bodies(found)), told(found)) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda query: query.update(metricName="CPUUtilisation"), "has no CPUUtilisation"),
        (lambda query: query.update(statistic="p95"), "has no p95"),
        (lambda query: query["dimensions"].pop("ServiceName"), "nothing emits AWS/ECS"),
        (lambda query: query["dimensions"].update(ServiceName="dev-shop-wbe"), "nothing emits AWS/ECS"),
        (lambda query: query.update(namespace="AWS/EC2"), "nothing emits AWS/EC2"),
    ],
)
def test_a_planted_fault_is_found(spoil: Callable[[dict[str, Any]], object], says: str) -> None:
    found = watched()
    documents = [document(board) for board in boards(found)]
    query = next(
        query
        for row in documents
        for panel in row["panels"]
        for query in panel.get("targets", [])
        if query.get("metricName") == "CPUUtilization"
    )
    spoil(query)
    assert any(says in line for line in complaints(in_grafana(documents), told(found)))


def test_a_thing_that_no_dashboard_shows_is_found() -> None:
    found = watched("shop", "till")
    documents = [document(board) for board in boards(watched("shop"))]
    assert any("dev-till-web" in line for line in complaints(in_grafana(documents), told(found)))


@pytest.mark.parametrize(
    ("namespace", "metric", "dimensions", "found"),
    [
        ("AWS/ECS", "CPUUtilization", {"ServiceName": "a", "ClusterName": "dev"}, False),
        ("AWS/ECS", "CPUUtilization", {"ServiceName": "a"}, True),
        ("AWS/ECS", "CpuUtilization", {"ServiceName": "a", "ClusterName": "dev"}, True),
        ("AWS/ApplicationELB", "HTTPCode_Target_2XX_Count", {"LoadBalancer": "a", "TargetGroup": "b"}, False),
        ("AWS/ApplicationELB", "HTTPCode_Target_2XX_Count", {"TargetGroup": "b"}, True),
        ("Tests", "Value", {}, False),
    ],
)
def test_a_metric_that_nobody_wrote_down_is_found(
    namespace: str, metric: str, dimensions: dict[str, str], found: bool
) -> None:
    assert unknown(namespace, metric, dimensions) is found
