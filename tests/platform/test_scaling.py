from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine

PACKER = {"Environment": "dev", "App": "till", "Process": "packer"}


def _policies(whole: Whole, service: str) -> dict[str, dict[str, Any]]:
    answer = whole.aws("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="ecs", ResourceId=f"service/dev/{service}"
    )
    return {row["PolicyName"]: row for row in answer["ScalingPolicies"]}


def _tracking(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = row["TargetTrackingScalingPolicyConfiguration"]
    return found


def test_a_web_process_is_scaled_on_cpu_memory_and_the_requests_of_its_own_target_group(whole: Whole) -> None:
    policies = _policies(whole, "shop-web")
    assert {name: _tracking(row)["TargetValue"] for name, row in policies.items()} == {
        "shop.web.cpu": 60, "shop.web.memory": 80, "shop.web.requests": 600,
    }  # fmt: skip
    label = _tracking(policies["shop.web.requests"])["PredefinedMetricSpecification"]["ResourceLabel"]
    balancer = whole.of_type("aws:lb/loadBalancer:LoadBalancer")["dev.public"]["outputs"]["arnSuffix"]
    group = whole.of_type("aws:lb/targetGroup:TargetGroup")["shop.web"]["outputs"]["arnSuffix"]
    assert label == f"{balancer}/{group}"


def test_a_worker_is_scaled_on_its_share_of_the_queue(whole: Whole) -> None:
    tracking = _tracking(_policies(whole, "till-packer")["till.packer.backlog"])
    (metric,) = [row["MetricStat"]["Metric"] for row in tracking["CustomizedMetricSpecification"]["Metrics"]
                 if "MetricStat" in row]  # fmt: skip
    assert (metric["Namespace"], metric["MetricName"]) == ("Slipway/Queues", "BacklogPerTask")
    assert {row["Name"]: row["Value"] for row in metric["Dimensions"]} == PACKER


def test_a_worker_whose_latency_is_measured_is_scaled_on_the_age_of_its_oldest_job(whole: Whole) -> None:
    (policy,) = _policies(whole, "till-printer").values()
    metric = _tracking(policy)["CustomizedMetricSpecification"]
    assert (metric["Namespace"], metric["MetricName"]) == ("Slipway/Queues", "OldestJobAge")
    assert {row["Name"]: row["Value"] for row in metric["Dimensions"]} == {**PACKER, "Process": "printer"}


def test_a_worker_that_may_sleep_is_woken_and_put_to_sleep_by_steps_and_not_by_proportion(whole: Whole) -> None:
    policies = _policies(whole, "till-packer")
    steps = {name: row["StepScalingPolicyConfiguration"] for name, row in policies.items() if "backlog" not in name}
    assert {name: row["AdjustmentType"] for name, row in steps.items()} == {
        "till.packer.wake-up": "ChangeInCapacity", "till.packer.sleep": "ExactCapacity",
    }  # fmt: skip
    alarms = whole.aws("cloudwatch").describe_alarms(AlarmNamePrefix="Scaling-dev-till-packer-")["MetricAlarms"]
    shown = {
        row["MetricName"]: row for row in alarms if row.get("Namespace") == "Slipway/Queues" and row["AlarmActions"]
    }
    assert (shown["WakeUp"]["EvaluationPeriods"], shown["WakeUp"]["Period"]) == (1, 20)
    assert (shown["Busy"]["EvaluationPeriods"], shown["Busy"]["Period"]) == (30, 60)
    assert shown["WakeUp"]["AlarmActions"] == [policies["till.packer.wake-up"]["PolicyARN"]]
    assert shown["Busy"]["AlarmActions"] == [policies["till.packer.sleep"]["PolicyARN"]]
    assert {row["TreatMissingData"] for row in shown.values()} == {"notBreaching"}


def test_the_range_follows_the_clock_in_its_own_time_zone(whole: Whole) -> None:
    answer = whole.aws("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace="ecs", ResourceId="service/dev/till-printer"
    )
    (action,) = answer["ScheduledActions"]
    assert (action["Schedule"], action["Timezone"]) == ("cron(0 8 ? * MON-FRI *)", "Europe/Berlin")
    assert action["ScalableTargetAction"] == {"MinCapacity": 1, "MaxCapacity": 6}


def test_limits_and_counts_that_somebody_changed_are_left_alone(whole: Whole) -> None:
    scaled = whole.slipway("scale", "dev", "till", "printer=2:7", "mailer=2", "--yes")
    assert scaled.returncode == 0, scaled.stderr
    assert "slipway scale dev till printer=1:3 mailer=1" in scaled.stderr
    rows = whole.aws("ecs").describe_services(cluster="dev", services=["till-printer", "till-mailer"])["services"]
    assert {row["serviceName"]: row["desiredCount"] for row in rows} == {"till-printer": 2, "till-mailer": 2}
    try:
        done = whole.slipway("preview", "dev")
        assert done.returncode == 0, done.stderr
        assert "no changes" in done.stdout + done.stderr
    finally:
        assert whole.slipway("scale", "dev", "till", "printer=1:1", "mailer=1", "--yes").returncode == 0
        assert whole.slipway("scale", "dev", "till", "printer=1:3", "--yes").returncode == 0
