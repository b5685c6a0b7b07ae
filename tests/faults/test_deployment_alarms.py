"""A release that starts and answers, and that CloudWatch's alarms say is bad all the same."""

import json
from collections.abc import Iterator

import pytest

from tests.faults.app_environment import APP, Town
from tests.projects import edited_catalogue
from tests.sandbox_project import ended, until_it_says

pytestmark = pytest.mark.engine

WEB = f"{APP}-web"
ALARM = "parcels-are-lost"
METRIC = "LostParcels"
LATEST = 1_000
"""So many looks of ours at an alarm are enough."""


@pytest.fixture
def watched(town: Town) -> Iterator[Town]:
    """The town whose web is watched by an alarm of its own while it rolls out."""
    cloudwatch = town.aws("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=ALARM, Namespace="Shop", MetricName=METRIC, Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching",
    )  # fmt: skip
    path = town.project / "Pulumi.yaml"
    text = path.read_text()
    with edited_catalogue(town.project) as apps:
        apps[APP]["processes"]["web"]["rollout"] = {"alarms": [ALARM]}
    town.well("up", "dev", "--yes")
    yield town
    path.write_text(text)
    town.well("up", "dev", "--yes")
    cloudwatch.delete_alarms(AlarmNames=[ALARM])


def ring(town: Town) -> None:
    """Lose parcels until the alarm has gone off."""
    cloudwatch = town.aws("cloudwatch")
    for _ in range(LATEST):
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": METRIC, "Value": 1}])
        if cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]["StateValue"] == "ALARM":
            return
    raise AssertionError("the alarm does not go off")


def test_a_release_whose_alarm_goes_off_goes_back_with_all_processes_and_the_alarm_is_named(watched: Town) -> None:
    before = watched.settled("good")
    asked = watched.aws("ecs").describe_services(cluster="dev", services=[WEB])["services"][0]
    alarms = {"alarmNames": [ALARM], "enable": True, "rollback": True}
    assert asked["deploymentConfiguration"]["alarms"] == alarms
    with watched.started("deploy", "dev", APP, "--image", watched.image("better")) as deploy:
        until_it_says(deploy, f"{WEB}: rolling")
        ring(watched)
        done = ended(deploy)
    watched.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert f"In ALARM: {ALARM}" in done.stderr
    rows = json.loads(watched.well("releases", "dev", APP, "--json"))
    assert f"In ALARM: {ALARM}" in rows[1]["reason"]
