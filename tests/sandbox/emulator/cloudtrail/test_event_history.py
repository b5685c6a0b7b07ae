"""CloudTrail tells who changed a service, and nothing of what was only looked at."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox


def told(cloud: Cloud, event: str) -> list[dict[str, object]]:
    attributes = [{"AttributeKey": "EventName", "AttributeValue": event}]
    rows = cloud.client("cloudtrail").lookup_events(LookupAttributes=attributes)["Events"]
    assert {row["Username"] for row in rows} <= {"test"}
    parameters = [json.loads(row["CloudTrailEvent"])["requestParameters"] for row in rows]
    return [row for row in parameters if cloud.name in json.dumps(row)]


def test_changes_of_a_service_and_of_its_limits_are_told_newest_first(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=0)
    for count in (1, 0):
        cloud.ecs.update_service(cluster=cloud.name, service="svc", desiredCount=count)
    with pytest.raises(ClientError):
        cloud.ecs.update_service(cluster=cloud.name, service="none", desiredCount=1)
    cloud.ecs.describe_services(cluster=cloud.name, services=["svc"])
    target = {"ServiceNamespace": "ecs", "ResourceId": f"service/{cloud.name}/svc"}
    cloud.client("application-autoscaling").register_scalable_target(
        **target, ScalableDimension="ecs:service:DesiredCount", MinCapacity=0, MaxCapacity=2
    )
    assert [row["desiredCount"] for row in told(cloud, "UpdateService")] == [0, 1]
    assert [(row["resourceId"], row["maxCapacity"]) for row in told(cloud, "RegisterScalableTarget")] == [
        (target["ResourceId"], 2)
    ]
    assert told(cloud, "DescribeServices") == []


def test_what_was_deleted_is_told_with_what_it_was_called(cloud: Cloud) -> None:
    group, secret = f"/ecs/{cloud.name}", f"{cloud.name}/shop"
    cloud.create(cloud.definition("worker"), desired=0)
    logs, secrets = cloud.client("logs"), cloud.client("secretsmanager")
    logs.create_log_group(logGroupName=group)
    logs.put_retention_policy(logGroupName=group, retentionInDays=7)
    logs.delete_log_group(logGroupName=group)
    with pytest.raises(ClientError):
        logs.delete_log_group(logGroupName=group)
    secrets.create_secret(Name=secret)
    secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    cloud.ecs.delete_service(cluster=cloud.name, service="svc", force=True)
    assert [row["retentionInDays"] for row in told(cloud, "PutRetentionPolicy")] == [7]
    assert [row["logGroupName"] for row in told(cloud, "DeleteLogGroup")] == [group]
    assert [row["secretId"] for row in told(cloud, "DeleteSecret")] == [secret]
    assert [row["service"] for row in told(cloud, "DeleteService")] == ["svc"]
