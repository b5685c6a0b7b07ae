"""Application Auto Scaling keeps what it is told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud, until

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
    for nonsense in ("foo bar ? baz qux *", "cron(foo bar ? baz qux *)", "cron(0 8 * * MON *)", "at(tomorrow)"):
        with pytest.raises(ClientError, match="ValidationException"):
            scaling.put_scheduled_action(**{**action, "Schedule": nonsense})
    for good in (
        "at(2030-12-24T18:00:00)",
        "rate(1 day)",
        "cron(0/15 8-18 L JAN,7 ? 2026-2030)",
        "cron(0 9 ? * 2#1 *)",
    ):
        scaling.put_scheduled_action(**{**action, "Schedule": good})
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


def _scaled(cloud: Cloud, policy: dict[str, Any], *, least: int, most: int, desired: int) -> str:
    """A scaled service; the ARN of its policy."""
    cloud.create(cloud.definition("worker"), desired=desired)
    place = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cloud.name}/svc",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling = cloud.client("application-autoscaling")
    scaling.register_scalable_target(**place, MinCapacity=least, MaxCapacity=most)
    arn: str = scaling.put_scaling_policy(**place, PolicyName="p", **policy)["PolicyARN"]
    return arn


def _publish(cloud: Cloud, metric: str, value: float) -> int:
    """Publish a value, and the service's desired count."""
    dimensions = [{"Name": "Test", "Value": cloud.name}]
    cloud.client("cloudwatch").put_metric_data(
        Namespace="Tests", MetricData=[{"MetricName": metric, "Value": value, "Dimensions": dimensions}]
    )
    (service,) = cloud.ecs.describe_services(cluster=cloud.name, services=["svc"])["services"]
    count: int = service["desiredCount"]
    return count


def test_a_share_of_the_queue_adds_tasks_up_to_the_most_and_removes_them_when_it_is_small(cloud: Cloud) -> None:
    metric = {
        "Namespace": "Tests", "MetricName": "Share", "Statistic": "Average",
        "Dimensions": [{"Name": "Test", "Value": cloud.name}],
    }  # fmt: skip
    configuration = {
        "TargetValue": 10.0, "CustomizedMetricSpecification": metric, "ScaleOutCooldown": 0, "ScaleInCooldown": 0,
    }  # fmt: skip
    policy = {"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": configuration}
    _scaled(cloud, policy, least=1, most=3, desired=1)
    until(lambda: _publish(cloud, "Share", 500) == 3, 60)
    until(lambda: _publish(cloud, "Share", 0) == 1, 120)
    alarms = cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"TargetTracking-service/{cloud.name}/svc")
    assert {row["EvaluationPeriods"]: row["Threshold"] for row in alarms["MetricAlarms"]} == {3: 10, 15: 9}
    found = cloud.client("application-autoscaling").describe_scaling_activities(
        ServiceNamespace="ecs", ResourceId=f"service/{cloud.name}/svc"
    )
    assert len(found["ScalingActivities"]) >= 2


def test_a_worker_with_no_task_is_woken_by_a_step(cloud: Cloud) -> None:
    step = {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}
    configuration = {"AdjustmentType": "ChangeInCapacity", "Cooldown": 180, "StepAdjustments": [step]}
    policy = {"PolicyType": "StepScaling", "StepScalingPolicyConfiguration": configuration}
    arn = _scaled(cloud, policy, least=0, most=3, desired=0)
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{cloud.name}-wake-up", Namespace="Tests", MetricName="WakeUp", Statistic="Maximum", Period=60,
        Dimensions=[{"Name": "Test", "Value": cloud.name}], EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="notBreaching", AlarmActions=[arn],
    )  # fmt: skip
    until(lambda: _publish(cloud, "WakeUp", 1) == 1, 60)
