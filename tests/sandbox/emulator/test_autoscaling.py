"""Application Auto Scaling keeps what it is told."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox
TRACKING = {
    "TargetValue": 60.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
}


def test_targets_and_policies_are_made_changed_described_and_removed(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=0)
    scaling = cloud.client("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cloud.name}/svc",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    arn = scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=4, Tags={"a": "1"})["ScalableTargetARN"]
    scaling.register_scalable_target(**target, MaxCapacity=6)
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[target["ResourceId"]])
    assert [(row["MinCapacity"], row["MaxCapacity"]) for row in found["ScalableTargets"]] == [(1, 6)]
    scaling.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"b": "2"}
    policy = {**target, "PolicyName": "cpu"}
    made = scaling.put_scaling_policy(
        **policy, PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=TRACKING
    )
    rows = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=target["ResourceId"])["ScalingPolicies"]
    assert [(row["PolicyARN"], row["TargetTrackingScalingPolicyConfiguration"]) for row in rows] == [
        (made["PolicyARN"], TRACKING)
    ]
    scaling.delete_scaling_policy(**policy)
    scaling.deregister_scalable_target(**target)
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        scaling.deregister_scalable_target(**target)
    with pytest.raises(ClientError, match="GetPredictiveScalingForecast isn't in the sandbox"):
        scaling.get_predictive_scaling_forecast(
            **policy, StartTime=datetime(2026, 1, 1, tzinfo=UTC), EndTime=datetime(2026, 1, 2, tzinfo=UTC)
        )


def test_scheduled_actions_are_kept_until_their_target_goes(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=0)
    scaling = cloud.client("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cloud.name}/svc",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    action = {**target, "ScheduledActionName": "morning", "Schedule": "cron(0 8 ? * MON-FRI *)"}
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        scaling.put_scheduled_action(**action)
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=4)
    scaling.put_scheduled_action(**action, ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 8})
    found = scaling.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=target["ResourceId"])
    assert [row["ScalableTargetAction"] for row in found["ScheduledActions"]] == [{"MinCapacity": 2, "MaxCapacity": 8}]
    scaling.deregister_scalable_target(**target)
    found = scaling.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=target["ResourceId"])
    assert found["ScheduledActions"] == []


def test_a_service_that_is_not_there_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*ECS service doesn't exist"):
        cloud.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs", ResourceId="service/none/svc", ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=1, MaxCapacity=2,
        )  # fmt: skip
