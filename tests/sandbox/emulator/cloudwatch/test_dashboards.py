"""Dashboards that CloudWatch refuses are refused here too."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from model.monitoring.dashboards import cloudwatch
from sandbox.emulator.cloudwatch.dashboards import complaints
from tests.sandbox.emulator.cloud import Cloud
from tests.watched import watched

GRAPH: dict[str, Any] = {"metrics": [["AWS/ECS", "CPUUtilization", "ClusterName", "dev"]], "region": "eu-west-1"}


def wrong(*widgets: Any, name: str = "dev") -> str:
    """What is wrong with these widgets."""
    return "; ".join(complaints(name, json.dumps({"widgets": widgets})))


def graph(**properties: Any) -> dict[str, Any]:
    return {"type": "metric", "properties": {**GRAPH, **properties}}


def test_ours_are_taken() -> None:
    for name, body in cloudwatch.bodies(watched()).items():
        assert list(complaints(name, json.dumps(body))) == []


@pytest.mark.parametrize(
    ("widget", "says"),
    [
        ({"type": "metric"}, "required property 'properties'"),
        ({"type": "chart", "properties": {}}, "should be one of"),
        ({"type": "text", "properties": {}}, "'markdown'"),
        ({"type": "log", "properties": {"query": "fields @message"}}, "'region'"),
        ({**graph(), "x": 24}, "/x: should be"),
        ({**graph(), "width": 25}, "/width: should be"),
        ({**graph(), "y": -1}, "/y: should be"),
        (graph(metrics=[]), "metrics or annotations"),
        (graph(metrics=[["AWS/ECS", "CPUUtilization", "ClusterName"]]), "names and values"),
        (graph(metrics=[["AWS/ECS", "A", {"id": "Cpu"}]]), "small letter"),
        (graph(metrics=[["AWS/ECS", "A", {"id": "a"}], ["AWS/ECS", "B", {"id": "a"}]]), "there twice"),
        (graph(metrics=[["AWS/ECS", "A", {"period": 90}]]), "the period 90"),
        (graph(metrics=[["AWS/ECS", "A"]] * 501), "more than 500"),
    ],
)
def test_what_would_not_be_drawn_is_told_with_its_place(widget: Any, says: str) -> None:
    assert says in wrong(widget)
    assert wrong(graph(), widget).startswith("/widgets/1")


def test_names_bodies_and_too_many_are_told() -> None:
    assert "other characters" in wrong(graph(), name="dev shop")
    assert "valid JSON" in "".join(complaints("dev", "{"))
    assert "widgets" in "".join(complaints("dev", "[]"))
    assert "more than 500" in wrong(*[{"type": "text", "properties": {"markdown": ""}}] * 501)
    assert "more than 2500" in wrong(*[graph(metrics=[["AWS/ECS", "A"]] * 500)] * 6)


@pytest.mark.sandbox
def test_the_api_refuses_with_aws_s_own_code_and_keeps_nothing(cloud: Cloud) -> None:
    client = cloud.client("cloudwatch")
    with pytest.raises(ClientError) as refused:
        client.put_dashboard(DashboardName=cloud.name, DashboardBody='{"widgets": [{}]}')
    assert "/widgets/0" in str(refused.value)
    body = json.dumps({"widgets": [graph(title="<CPU> & more")]})
    client.put_dashboard(DashboardName=cloud.name, DashboardBody=body)
    assert client.get_dashboard(DashboardName=cloud.name)["DashboardBody"] == body
