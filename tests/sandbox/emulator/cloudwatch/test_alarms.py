"""Alarms look at their own dimensions, through metric math, and reach topics whose key CloudWatch may use."""

import json
from typing import Any

import pytest

from model.iam import alarm_topic
from tests.sandbox.emulator.cloud import Cloud, until

pytestmark = pytest.mark.sandbox
ACCOUNT = "000000000000"
ONE = {"Namespace": "Tests", "MetricName": "Value", "Statistic": "Maximum", "Period": 60}
ALARM: dict[str, Any] = {
    "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}  # fmt: skip


def _dimensions(name: str) -> list[dict[str, str]]:
    return [{"Name": "Test", "Value": name}]


def _put(cloud: Cloud, metric: str, value: float, name: str = "") -> None:
    data = {"MetricName": metric, "Value": value, "Dimensions": _dimensions(name or cloud.name)}
    cloud.client("cloudwatch").put_metric_data(Namespace="Tests", MetricData=[data])


def _state(cloud: Cloud, name: str) -> str:
    found: str = cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]
    return found


def test_an_alarm_rings_for_its_own_dimensions_only_and_stops_when_data_does(cloud: Cloud) -> None:
    mine, other = f"{cloud.name}-mine", f"{cloud.name}-other"
    for name in (mine, other):
        cloud.client("cloudwatch").put_metric_alarm(AlarmName=name, Dimensions=_dimensions(name), **ONE, **ALARM)

    def ringing() -> bool:
        _put(cloud, "Value", 9, mine)
        return _state(cloud, mine) == "ALARM"

    until(ringing)
    assert _state(cloud, other) != "ALARM"
    until(lambda: _state(cloud, mine) == "OK")


def test_an_alarm_rings_for_what_its_expression_makes_of_several_metrics(cloud: Cloud) -> None:
    queries = [
        {
            "Id": name.lower(),
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "Tests", "MetricName": name, "Dimensions": _dimensions(cloud.name)},
                "Period": 60,
                "Stat": "Average",
            },
        }
        for name in ("Desired", "Running")
    ]
    value = {"Id": "value", "Expression": "desired - running", "ReturnData": True}
    cloud.client("cloudwatch").put_metric_alarm(AlarmName=cloud.name, Metrics=[*queries, value], **ALARM)

    def ringing() -> bool:
        _put(cloud, "Desired", 10)
        _put(cloud, "Running", 1)
        return _state(cloud, cloud.name) == "ALARM"

    until(ringing)


@pytest.mark.parametrize("key", ["alias/aws/sns", "own"])
def test_alarms_never_reach_a_topic_under_the_key_of_sns_itself(cloud: Cloud, key: str) -> None:
    if key == "own":
        policy = json.dumps(alarm_topic.key(ACCOUNT))
        key = cloud.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    under_key = sns.create_topic(Name=cloud.name, Attributes={"KmsMasterKeyId": key})["TopicArn"]
    plain = sns.create_topic(Name=f"{cloud.name}-plain")["TopicArn"]
    queue = sqs.create_queue(QueueName=cloud.name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for topic in (under_key, plain):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "false"})
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=cloud.name, Dimensions=_dimensions(cloud.name), AlarmActions=[under_key, plain], **ONE, **ALARM
    )
    heard: set[str] = set()

    def told() -> bool:
        _put(cloud, "Value", 9)
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            heard.add(json.loads(message["Body"])["TopicArn"])
        return plain in heard

    until(told)
    # Actions go out in their order, so the first one's message would be there by now.
    assert heard == ({plain} if key == "alias/aws/sns" else {plain, under_key})


def test_an_alarm_that_can_not_be_judged_stops_no_other(cloud: Cloud) -> None:
    # Alarms are looked at in the order in which they were made; none of the first one's values is its own.
    bad, good = f"{cloud.name}-bad", f"{cloud.name}-good"
    metric = {"Namespace": "Tests", "MetricName": "Value", "Dimensions": _dimensions(good)}
    hidden = {"Id": "hidden", "ReturnData": False, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
    cloud.client("cloudwatch").put_metric_alarm(AlarmName=bad, Metrics=[hidden], **ALARM)
    cloud.client("cloudwatch").put_metric_alarm(AlarmName=good, Dimensions=_dimensions(good), **ONE, **ALARM)

    def ringing() -> bool:
        _put(cloud, "Value", 9, good)
        return _state(cloud, good) == "ALARM"

    until(ringing)
