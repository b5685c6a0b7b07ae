import json
from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine

TOPIC = "arn:aws:sns:eu-west-1:000000000000:slipway-dev-alarms"


def _alarms(whole: Whole, prefix: str, kind: str = "MetricAlarm") -> dict[str, dict[str, Any]]:
    pages = whole.aws("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix, AlarmTypes=[kind])
    return {row["AlarmName"]: row for page in pages for row in page[f"{kind}s"]}


def test_a_storm_in_an_app_is_one_message(whole: Whole) -> None:
    singles, composites = _alarms(whole, "dev-shop-"), _alarms(whole, "dev-shop-", "CompositeAlarm")
    assert {name: row["AlarmActions"] for name, row in composites.items()} == {"dev-shop-any": [TOPIC]}
    assert composites["dev-shop-any"]["OKActions"] == [TOPIC]
    assert {name for name, row in singles.items() if row["AlarmActions"]} == set()
    rule = composites["dev-shop-any"]["AlarmRule"]
    assert all(f'ALARM("{name}")' in rule for name in singles)


def test_every_process_is_watched_and_a_load_balancer_that_they_share_once(whole: Whole) -> None:
    kinds = {name.removeprefix("dev-shop-web-") for name in _alarms(whole, "dev-shop-web-")}
    assert {"service-cpu", "service-memory", "service-below", "service-failures"} <= kinds
    assert {"targets-5xx", "targets-4xx", "targets-latency", "targets-unhealthy"} <= kinds
    assert set(_alarms(whole, "dev-public-")) == {"dev-public-balancer-5xx", "dev-public-balancer-rejected"}
    assert not {kind for kind in kinds if kind.startswith("balancer")}
    assert {name for name in _alarms(whole, "dev-shop-worker-") if "targets" in name} == set()
    assert "dev-till-printer-queue-age" in _alarms(whole, "dev-till-printer-")


def test_the_load_balancers_dimensions_are_those_that_aws_publishes_under(whole: Whole) -> None:
    alarm = _alarms(whole, "dev-shop-web-targets-5xx")["dev-shop-web-targets-5xx"]
    suffixes = {
        row["outputs"]["arnSuffix"]
        for kind in ("aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup")
        for row in whole.of_type(kind).values()
    }
    found = {row["Name"]: row["Value"] for row in alarm["Dimensions"]}
    assert set(found) == {"LoadBalancer", "TargetGroup"}
    assert set(found.values()) <= suffixes
    assert found["TargetGroup"].startswith("targetgroup/dev-shop-web-")


def test_every_alarm_says_what_no_data_means(whole: Whole) -> None:
    rows = whole.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert rows
    assert {name for name, row in rows.items() if "treatMissingData" not in row["inputs"]} == set()


def test_thresholds_and_kinds_are_settings(whole: Whole) -> None:
    alarm = _alarms(whole, "dev-shop-web-service-cpu")["dev-shop-web-service-cpu"]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (80, 5)
    assert _alarms(whole, "dev-nat-") == {}


def test_databases_and_caches_are_watched_by_their_identifier(whole: Whole) -> None:
    found = _alarms(whole, "dev-orders-") | _alarms(whole, "dev-sessions-001-")
    dimensions = {(row["Name"], row["Value"]) for alarm in found.values() for row in alarm["Dimensions"]}
    assert dimensions == {("DBInstanceIdentifier", "orders"), ("CacheClusterId", "sessions-001")}
    (composite,) = _alarms(whole, "slipway-dev-", "CompositeAlarm").values()
    assert all(f'ALARM("{name}")' in composite["AlarmRule"] for name in found)


def test_the_topics_key_lets_alarms_in_and_mail_gets_them(whole: Whole) -> None:
    sns = whole.aws("sns")
    key = sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["KmsMasterKeyId"]
    policy = json.loads(whole.aws("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    trusted = [row for row in policy["Statement"] if row["Principal"].get("Service") == "cloudwatch.amazonaws.com"]
    assert [row["Action"] for row in trusted] == [["kms:Decrypt", "kms:GenerateDataKey"]]
    rows = sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert [row["Endpoint"] for row in rows if row["Protocol"] == "email"] == ["ops@example.org"]


def test_failed_tasks_are_counted_from_what_ecs_tells(whole: Whole) -> None:
    (found,) = whole.aws("logs").describe_metric_filters(logGroupName="/slipway/dev/ecs-events")["metricFilters"]
    (metric,) = found["metricTransformations"]
    alarm = _alarms(whole, "dev-till-web-service-failures")["dev-till-web-service-failures"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["metricNamespace"], metric["metricName"])
    assert {row["Name"] for row in alarm["Dimensions"]} == set(metric["dimensions"])
