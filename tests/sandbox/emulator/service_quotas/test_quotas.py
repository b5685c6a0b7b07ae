"""Service Quotas answers as AWS does, also where that is a trap."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox import quotas
from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox
VPCS = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
BALANCERS = {"ServiceCode": "elasticloadbalancing", "QuotaCode": "L-53DA6B97"}


def elsewhere(cloud: Cloud, region: str) -> Any:
    return boto3.client(
        "service-quotas", endpoint_url=cloud.endpoint, region_name=region,
        aws_access_key_id="test", aws_secret_access_key="test",
    )  # fmt: skip


def test_a_quota_without_an_applied_value_has_its_default_only(cloud: Cloud) -> None:
    client = cloud.client("service-quotas")
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        client.get_service_quota(**VPCS)
    found = client.get_aws_default_service_quota(**VPCS)["Quota"]
    assert (found["QuotaName"], found["Value"], found["Adjustable"]) == ("VPCs per Region", 5, True)
    assert client.list_service_quotas(ServiceCode="vpc")["Quotas"] == []
    names = {row["QuotaName"] for row in client.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]}
    assert {"VPCs per Region", "Subnets per VPC"} <= names


def test_an_increase_is_pending_until_somebody_applies_it_and_is_not_taken_twice(cloud: Cloud) -> None:
    client, target = elsewhere(cloud, "eu-north-1"), {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"}
    client.request_service_quota_increase(**target, DesiredValue=8)
    with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
        client.request_service_quota_increase(**target, DesiredValue=9)
    rows = client.list_requested_service_quota_change_history_by_quota(**target)["RequestedQuotas"]
    assert [(row["Status"], row["DesiredValue"]) for row in rows] == [("PENDING", 8)]
    quotas.change(cloud.endpoint, "eu-north-1", "ec2", "L-0263D0A3", value=8)
    assert client.get_service_quota(**target)["Quota"]["Value"] == 8
    rows = client.list_requested_service_quota_change_history_by_quota(**target)["RequestedQuotas"]
    assert [row["Status"] for row in rows] == ["APPROVED"]
    with pytest.raises(ClientError, match="must be greater"):
        client.request_service_quota_increase(**target, DesiredValue=8)


def test_roles_are_known_in_one_region_only(cloud: Cloud) -> None:
    roles = {"ServiceCode": "iam", "QuotaCode": "L-FE177D64"}
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        cloud.client("service-quotas").get_aws_default_service_quota(**roles)
    assert elsewhere(cloud, "us-east-1").get_aws_default_service_quota(**roles)["Quota"]["Value"] == 1000


def test_the_usage_that_is_set_is_what_the_quotas_own_metric_says(cloud: Cloud) -> None:
    quotas.change(cloud.endpoint, "eu-west-1", "elasticloadbalancing", "L-53DA6B97", usage=44)
    metric = cloud.client("service-quotas").get_aws_default_service_quota(**BALANCERS)["Quota"]["UsageMetric"]
    rows = cloud.client("cloudwatch").list_metrics(Namespace=metric["MetricNamespace"])["Metrics"]
    wanted = {key: value for key, value in metric["MetricDimensions"].items()}
    assert wanted in [{pair["Name"]: pair["Value"] for pair in row["Dimensions"]} for row in rows]
