"""Deployments are watched by CloudWatch alarms, and go back or stop when one goes off."""

from typing import Any

import pytest

from tests.sandbox.emulator.cloud import BREAKER, Cloud, until

pytestmark = pytest.mark.sandbox


def put_alarm(cloud: Cloud, name: str, state: str = "OK") -> str:
    """An alarm that stays in the state that it is given."""
    made = f"{cloud.name}-{name}"
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=made, Namespace="Tests", MetricName=made, Statistic="Maximum", Period=60, EvaluationPeriods=1,
        Threshold=5, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
    )  # fmt: skip
    turn(cloud, made, state)
    return made


def turn(cloud: Cloud, name: str, state: str) -> None:
    cloud.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


def watched(*names: str, rollback: bool = True) -> dict[str, Any]:
    alarms = {"alarmNames": list(names), "enable": True, "rollback": rollback}
    return {"deploymentCircuitBreaker": BREAKER, "alarms": alarms}


def test_an_alarm_that_goes_off_takes_a_healthy_deployment_back_and_is_named(cloud: Cloud) -> None:
    sick, late = put_alarm(cloud, "sick"), put_alarm(cloud, "late")
    good = cloud.definition("worker")
    cloud.create(good, deploymentConfiguration=watched(sick, late))
    cloud.stable()
    cloud.update(taskDefinition=cloud.definition("worker", version="v2"))
    turn(cloud, sick, "ALARM")
    until(lambda: cloud.status() == "ROLLBACK_SUCCESSFUL")
    assert cloud.stable()["taskDefinition"] == good
    latest = cloud.history()[0]
    assert latest["alarms"] == {"status": "TRIGGERED", "alarmNames": [sick, late], "triggeredAlarmNames": [sick]}
    assert latest["deploymentCircuitBreaker"]["status"] == "MONITORING_COMPLETE"
    assert any(text.endswith("deployment failed: alarm detected.") for text in cloud.messages())


def test_an_alarm_that_rings_when_a_deployment_begins_is_not_looked_at_in_it(cloud: Cloud) -> None:
    sick = put_alarm(cloud, "sick", "ALARM")
    cloud.create(cloud.definition("worker"), deploymentConfiguration=watched(sick))
    cloud.stable()
    assert cloud.status() == "SUCCESSFUL"
    assert cloud.history()[0]["alarms"]["status"] == "MONITORING_COMPLETE"


def test_without_rollback_an_alarm_stops_a_deployment(cloud: Cloud) -> None:
    sick = put_alarm(cloud, "sick")
    cloud.create(cloud.definition("worker"), deploymentConfiguration=watched(sick, rollback=False))
    cloud.stable()
    cloud.update(taskDefinition=cloud.definition("worker", version="v2"))
    turn(cloud, sick, "ALARM")
    until(lambda: cloud.status() == "STOPPED")
    assert cloud.service()["deployments"][0]["rolloutState"] == "FAILED"
