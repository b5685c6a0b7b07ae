"""ECS's events reach the log group of a rule, as far as CloudWatch Logs lets them."""

import json
from typing import Any

import pytest

from model.monitoring import ecs_events
from tests.sandbox.emulator.cloud import Cloud, until

pytestmark = pytest.mark.sandbox

Told = list[dict[str, Any]]


def listen(cloud: Cloud, *, leave: bool = True) -> str:
    """A rule on this test's cluster whose target is a log group; the group."""
    name, logs, bus = f"/slipway/{cloud.name}/ecs-events", cloud.client("logs"), cloud.client("events")
    cluster = cloud.ecs.create_cluster(clusterName=cloud.name)["cluster"]["clusterArn"]
    logs.create_log_group(logGroupName=name)
    group = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["arn"].removesuffix(":*")
    rule = bus.put_rule(Name=cloud.name, EventPattern=json.dumps(ecs_events.pattern(cluster)))["RuleArn"]
    bus.put_targets(Rule=cloud.name, Targets=[{"Id": "log-group", "Arn": group}])
    if leave:
        logs.put_resource_policy(policyName=cloud.name, policyDocument=json.dumps(ecs_events.delivery(group, rule)))
    return name


def told(cloud: Cloud, group: str, kind: str) -> Told:
    rows = cloud.client("logs").filter_log_events(logGroupName=group)["events"]
    return [
        event["detail"] for event in map(json.loads, (row["message"] for row in rows)) if event["detail-type"] == kind
    ]


def stopped(cloud: Cloud, group: str) -> Told:
    return [row for row in told(cloud, group, "ECS Task State Change") if row["lastStatus"] == "STOPPED"]


def test_a_task_that_ended_is_in_the_log_group_with_its_exit_code(cloud: Cloud) -> None:
    group = listen(cloud)
    task = cloud.ended(cloud.run(cloud.definition("crash", "0", "3"))["tasks"][0]["taskArn"])
    detail = until(lambda: [row for row in stopped(cloud, group) if "exitCode" in row["containers"][0]])[-1]
    assert detail["taskArn"] == task["taskArn"]
    assert (detail["stopCode"], detail["containers"][0]["exitCode"]) == ("EssentialContainerExited", 3)
    assert detail["taskDefinitionArn"] == task["taskDefinitionArn"]
    assert detail["stoppedAt"].endswith("Z")


def test_deployments_and_what_a_service_says_are_told_too(cloud: Cloud) -> None:
    group = listen(cloud)
    cloud.create(cloud.definition("worker"))
    cloud.stable()

    def names(kind: str) -> list[str]:
        return [row["eventName"] for row in told(cloud, group, kind)]

    until(lambda: names("ECS Service Action") == ["SERVICE_STEADY_STATE"])
    assert names("ECS Deployment State Change") == ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"]


def test_without_leave_nothing_is_written(cloud: Cloud) -> None:
    silent = listen(cloud, leave=False)
    other = Cloud(cloud.endpoint, f"{cloud.name}-b")
    heard = listen(other)
    definition = cloud.definition("crash", "0", "3")
    for place in (cloud, other):
        place.ended(place.run(definition)["tasks"][0]["taskArn"])
    # The same look at the tasks told of both clusters.
    until(lambda: stopped(other, heard))
    assert told(cloud, silent, "ECS Task State Change") == []
    clusters = {row["clusterArn"].rsplit("/", 1)[-1] for row in told(other, heard, "ECS Task State Change")}
    assert clusters == {other.name}
