"""Schedules that start tasks, as EventBridge Scheduler does."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud, until

pytestmark = pytest.mark.sandbox


def schedule(cloud: Cloud, name: str, definition: str, queue: str) -> None:
    """One that is due at once."""
    cluster = cloud.ecs.describe_clusters(clusters=[cloud.name])["clusters"][0]["clusterArn"]
    cloud.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": cluster,
            "RoleArn": "arn:aws:iam::000000000000:role/scheduler",
            "DeadLetterConfig": {"Arn": queue},
            "EcsParameters": {
                "TaskDefinitionArn": definition,
                "CapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
                "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-1"]}},
            },
        },
    )


def test_a_schedule_runs_its_task_and_what_can_not_be_started_is_a_dead_letter(cloud: Cloud) -> None:
    cloud.ecs.create_cluster(clusterName=cloud.name)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=f"{cloud.name}-dead")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    definition = cloud.definition("crash", "0", "0")
    schedule(cloud, f"{cloud.name}-good", definition, queue)
    schedule(cloud, f"{cloud.name}-bad", f"{definition.rsplit(':', 1)[0]}:99", queue)
    ran = {"cluster": cloud.name, "family": cloud.name, "desiredStatus": "STOPPED"}
    (task,) = until(lambda: cloud.ecs.list_tasks(**ran)["taskArns"])
    assert cloud.ended(task)["containers"][0]["exitCode"] == 0
    letters = until(lambda: sqs.receive_message(QueueUrl=url).get("Messages", []))
    assert "TaskDefinition" in letters[0]["Body"] or "task definition" in letters[0]["Body"].lower()


@pytest.mark.parametrize("name", ["x" * 65, "a/b", "mañana"])
def test_a_name_that_is_none_is_refused(cloud: Cloud, name: str) -> None:
    cloud.ecs.create_cluster(clusterName=cloud.name)
    with pytest.raises(ClientError) as caught:
        schedule(cloud, name, cloud.definition(), "arn:aws:sqs:eu-west-1:000000000000:dead")
    # A slash is another path, which the service knows nothing of.
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404, 405}
