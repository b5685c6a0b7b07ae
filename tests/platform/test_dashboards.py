"""Dashboards of a real environment, and what of it emits metrics."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.driver.core.dashboards.test_queries import in_cloudwatch, in_grafana
from tests.emitted import Series, account, complaints, of_function, series, unknown
from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def emitted(whole: Whole) -> list[Series]:
    """What emits metrics by the engine's state: each kind of resource by what CloudWatch tells it apart by."""
    # Databases and caches are somebody else's, which the stack file names.
    stores = {"AWS/RDS": ("DBInstanceIdentifier", "orders"), "AWS/ElastiCache": ("CacheClusterId", "sessions-001")}
    others = [series(namespace, {dimension: name}) for namespace, (dimension, name) in stores.items()]
    return [*account(), *others, *of_services(whole), *of_single_things(whole), *of_queues(whole)]


def of_services(whole: Whole) -> Iterator[Series]:
    """Services, their failed tasks and their target groups; a backdoor that is closed runs nothing."""
    for row in (row["outputs"] for row in whole.of_type("aws:ecs/service:Service").values()):
        if not row["name"].endswith("-backdoor"):
            names = {"ClusterName": "dev", "ServiceName": row["name"]}
            yield series("AWS/ECS", names)
            yield series("ECS/ContainerInsights", names)
            yield series("Slipway/Tasks", {"ClusterArn": cluster(whole), "Group": f"service:{row['name']}"})
            for standing in row.get("loadBalancers") or []:
                yield series("AWS/ApplicationELB", balanced(whole, standing["targetGroupArn"]))


def of_single_things(whole: Whole) -> Iterator[Series]:
    """Whatever has one dimension."""
    for kind, namespace, dimension, output in (
        ("aws:ec2/natGateway:NatGateway", "AWS/NATGateway", "NatGatewayId", "id"),
        ("aws:sqs/queue:Queue", "AWS/SQS", "QueueName", "name"),
    ):
        for row in whole.of_type(kind).values():
            yield series(namespace, {dimension: row["id"] if output == "id" else row["outputs"][output]})
    for row in whole.of_type("aws:lambda/function:Function").values():
        yield from of_function(row["outputs"]["name"], "dev")
    for row in whole.of_type("aws:lb/loadBalancer:LoadBalancer").values():
        arn = row["outputs"]["arn"]
        yield series("AWS/ApplicationELB", {"LoadBalancer": arn.split(":loadbalancer/")[1]})


def of_queues(whole: Whole) -> Iterator[Series]:
    """What workers are scaled on, as the policies themselves name it."""
    for row in whole.of_type("aws:appautoscaling/policy:Policy").values():
        for metric in metrics(row["inputs"]):
            yield series(metric["namespace"], {one["name"]: one["value"] for one in metric["dimensions"]})


def metrics(value: Any) -> Iterator[dict[str, Any]]:
    """Every metric that is named anywhere in it."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and {"namespace", "dimensions"} <= set(value):
        yield value
    for part in below:
        yield from metrics(part)


def cluster(whole: Whole) -> str:
    """The cluster's ARN."""
    (row,) = whole.of_type("aws:ecs/cluster:Cluster").values()
    return str(row["outputs"]["arn"])


def balanced(whole: Whole, group: str) -> dict[str, str]:
    """Target group and load balancer, as CloudWatch names them."""
    (found,) = whole.aws("elbv2").describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    (balancer,) = found["LoadBalancerArns"]
    return {"TargetGroup": group.rsplit(":", 1)[-1], "LoadBalancer": balancer.split(":loadbalancer/")[1]}


def kept(whole: Whole) -> dict[str, dict[str, object]]:
    """The dashboards that CloudWatch has."""
    client = whole.aws("cloudwatch")
    names = [row["DashboardName"] for row in client.list_dashboards()["DashboardEntries"]]
    return {name: json.loads(client.get_dashboard(DashboardName=name)["DashboardBody"]) for name in names}


def test_each_query_names_what_the_stack_emits_and_each_thing_is_shown(whole: Whole) -> None:
    documents: dict[str, Any] = json.loads(whole.well("dashboards", "build", "dev"))
    assert complaints(in_grafana(list(documents.values())), emitted(whole)) == []
    assert complaints(in_cloudwatch(kept(whole)), emitted(whole)) == []


def test_up_has_made_those_of_cloudwatch(whole: Whole) -> None:
    assert kept(whole) == json.loads(whole.well("dashboards", "build", "dev", "--format", "cloudwatch"))
    assert set(kept(whole)) == {"dev-eu-west-1", "dev-eu-west-1-shop", "dev-eu-west-1-till"}


def test_what_cloudwatch_has_of_the_environment_is_known_by_its_dimensions(whole: Whole) -> None:
    pages = whole.aws("cloudwatch").get_paginator("list_metrics").paginate()
    found = [
        (row["Namespace"], row["MetricName"], {part["Name"]: part["Value"] for part in row["Dimensions"]})
        for page in pages
        for row in page["Metrics"]
    ]
    assert [row for row in found if unknown(*row)] == []
    # Services and load balancers tell of themselves each minute.
    assert {namespace for namespace, _, _ in found} >= {"AWS/ECS", "AWS/ApplicationELB", "ECS/ContainerInsights"}
