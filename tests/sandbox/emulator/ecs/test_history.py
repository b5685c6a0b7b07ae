"""The service deployments API: what superseding, stopping and deleting do to a history."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud, until

pytestmark = pytest.mark.sandbox
DAY = timedelta(days=1)


def test_a_user_can_stop_a_deployment_with_a_rollback(cloud: Cloud) -> None:
    web = cloud.web()
    good = cloud.definition("web")
    cloud.create(good, web=web)
    cloud.stable()
    cloud.update(taskDefinition=cloud.definition("web", health=503), healthCheckGracePeriodSeconds=600)
    arn = until(lambda: cloud.status() == "IN_PROGRESS" and cloud.history()[0]["serviceDeploymentArn"])
    cloud.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
    seen: set[str] = set()

    def over() -> bool:
        seen.add(cloud.status())
        return "ROLLBACK_SUCCESSFUL" in seen

    until(over)
    assert seen <= {"ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"}
    assert cloud.stable()["taskDefinition"] == good
    latest, _ = cloud.history()
    assert latest["serviceDeploymentArn"] == arn
    with pytest.raises(ClientError, match="ConflictException"):
        cloud.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")


def test_a_first_deployment_cannot_be_stopped(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    arn = cloud.history()[0]["serviceDeploymentArn"]
    with pytest.raises(ClientError, match="ConflictException"):
        cloud.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")


def test_a_newer_deployment_stops_the_one_under_way(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    cloud.stable()
    second, third = cloud.definition("worker", version="v2"), cloud.definition("worker", version="v3")
    cloud.update(taskDefinition=second)
    cloud.update(taskDefinition=third)
    assert cloud.stable()["taskDefinition"] == third
    assert [row["status"] for row in cloud.history()] == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]
    assert {task["taskDefinitionArn"] for task in cloud.tasks()} == {third}


def test_arns_revisions_and_filters_are_as_on_aws(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=0)
    cloud.stable()
    digest = "hashicorp/http-echo@sha256:" + "a" * 64
    second = cloud.definition("worker", image=digest)
    cloud.update(taskDefinition=second)
    cloud.stable()
    latest, first = cloud.history()
    path = f"{cloud.name}/svc"
    assert re.search(rf":service-deployment/{path}/[\w-]{{22}}$", latest["serviceDeploymentArn"])
    arn = latest["targetServiceRevision"]["arn"]
    assert re.search(rf":service-revision/{path}/\d{{19}}$", arn)
    assert [row["arn"] for row in latest["sourceServiceRevisions"]] == [first["targetServiceRevision"]["arn"]]
    found = cloud.ecs.describe_service_revisions(serviceRevisionArns=[arn, arn + "0"])
    revision = found["serviceRevisions"][0]
    assert revision["taskDefinition"] == second
    assert revision["containerImages"] == [
        {"containerName": "app", "image": digest, "imageDigest": "sha256:" + "a" * 64}
    ]
    assert found["failures"] == [{"arn": arn + "0", "reason": "MISSING"}]
    assert cloud.service()["currentServiceRevisions"][0]["arn"] == arn


def test_the_list_is_filtered_and_paged(cloud: Cloud) -> None:
    service = cloud.create(cloud.definition("worker"), desired=0)
    for _ in range(2):
        cloud.stable()
        cloud.update(forceNewDeployment=True)
    cloud.stable()
    listed = cloud.ecs.list_service_deployments
    names = {"cluster": cloud.name, "service": service["serviceArn"]}
    assert len(listed(**names, status=["SUCCESSFUL"])["serviceDeployments"]) == 3
    assert listed(**names, status=["STOPPED"])["serviceDeployments"] == []
    assert listed(**names, createdAt={"after": datetime.now(UTC) + DAY})["serviceDeployments"] == []
    assert len(listed(**names, createdAt={"before": datetime.now(UTC) + DAY})["serviceDeployments"]) == 3
    page = listed(**names, maxResults=2)
    assert len(page["serviceDeployments"]) == 2
    assert len(listed(**names, nextToken=page["nextToken"])["serviceDeployments"]) == 1


def test_only_what_aws_says_starts_a_deployment(cloud: Cloud) -> None:
    definition = cloud.definition("worker")
    cloud.create(definition, desired=0)
    cloud.stable()
    same = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}}
    other = {"awsvpcConfiguration": {"subnets": ["subnet-2", "subnet-1"]}}
    cloud.update(
        taskDefinition=definition, networkConfiguration=same, enableExecuteCommand=True, healthCheckGracePeriodSeconds=9
    )
    cloud.update(deploymentConfiguration={"maximumPercent": 150}, propagateTags="SERVICE")
    assert len(cloud.history()) == 1
    cloud.update(networkConfiguration=other)
    assert len(cloud.history()) == 2
    kept = cloud.service()
    assert kept["deploymentConfiguration"]["maximumPercent"] == 150
    assert kept["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"]
    assert kept["propagateTags"] == "SERVICE"
    assert kept["availabilityZoneRebalancing"] == "ENABLED"


def test_another_strategy_needs_a_forced_deployment(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=0)
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    with pytest.raises(ClientError, match="you must force a new deployment"):
        cloud.update(capacityProviderStrategy=spot)
    cloud.update(capacityProviderStrategy=spot, forceNewDeployment=True)
    assert cloud.service()["capacityProviderStrategy"][0]["capacityProvider"] == "FARGATE_SPOT"
    cloud.update(capacityProviderStrategy=[{**spot[0], "base": 0}])


def test_a_deregistered_task_definition_serves_on_and_is_in_the_history_but_nothing_moves_to_it(cloud: Cloud) -> None:
    first = cloud.definition("worker")
    cloud.create(first)
    cloud.stable()
    cloud.ecs.deregister_task_definition(taskDefinition=first)
    cloud.update(desiredCount=2)
    until(lambda: cloud.stable()["runningCount"] == 2)
    (arn,) = [row["targetServiceRevision"]["arn"] for row in cloud.history()]
    (revision,) = cloud.ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"]
    assert revision["taskDefinition"] == first
    cloud.update(taskDefinition=cloud.definition("worker", version="v2"))
    cloud.stable()
    with pytest.raises(ClientError, match="TaskDefinition is inactive"):
        cloud.update(taskDefinition=first)


def test_a_deleted_service_takes_its_history_along(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    cloud.stable()
    arn = cloud.history()[0]["serviceDeploymentArn"]
    with pytest.raises(ClientError, match="scaled above 0"):
        cloud.ecs.delete_service(cluster=cloud.name, service="svc")
    assert cloud.ecs.delete_service(cluster=cloud.name, service="svc", force=True)["service"]["status"] == "DRAINING"
    until(lambda: cloud.service()["status"] == "INACTIVE")
    found = cloud.ecs.describe_service_deployments(serviceDeploymentArns=[arn])
    assert (found["serviceDeployments"], found["failures"]) == ([], [{"arn": arn, "reason": "MISSING"}])
    cloud.create(cloud.definition("worker"), desired=0)
    assert len(cloud.history()) == 1


def test_what_the_scheduler_cannot_do_is_refused(cloud: Cloud) -> None:
    definition = cloud.definition("worker")
    with pytest.raises(ClientError, match="strategy can only be ROLLING in the sandbox, not BLUE_GREEN"):
        cloud.create(definition, deploymentConfiguration={"strategy": "BLUE_GREEN"})
    cloud.create(definition, desired=0)
    with pytest.raises(ClientError, match=r"InvalidParameterException.*not idempotent"):
        cloud.create(definition, desired=0)
