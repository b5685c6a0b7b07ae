"""What AWS has under our names, and who deleted what."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from driver.adapters.aws.inventory import AwsInventory
from model.names.pulumi_types import LOG_GROUP, SCALABLE, SECRET, SERVICE

AT = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)


@dataclass
class FakeAws:
    """Every client in one: what it has of each kind, and what CloudTrail tells by the name of the call."""

    services: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    trail: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    cluster: bool = True
    asked: list[str] = field(default_factory=list)
    operation: str = ""

    def client(self, _service: str) -> "FakeAws":
        return self

    def get_paginator(self, operation: str) -> "FakeAws":
        self.operation = operation
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        if self.operation == "describe_log_groups":
            prefix = asked["logGroupNamePrefix"]
            yield {"logGroups": [{"logGroupName": name} for name in self.groups if name.startswith(prefix)]}
        elif self.operation == "list_secrets":
            [row] = asked["Filters"]
            yield {"SecretList": [{"Name": name} for name in self.secrets if name.startswith(row["Values"][0])]}
        else:
            [attribute] = asked["LookupAttributes"]
            self.asked.append(attribute["AttributeValue"])
            yield {"Events": self.trail.get(attribute["AttributeValue"], [])}

    def describe_services(self, cluster: str, services: list[str]) -> dict[str, Any]:
        if not self.cluster:
            raise ClientError({"Error": {"Code": "ClusterNotFoundException", "Message": "no"}}, "DescribeServices")
        return {"services": [{"serviceName": name, "status": "ACTIVE"} for name in services if name in self.services]}


def inventory(aws: FakeAws) -> AwsInventory:
    return AwsInventory(aws)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "names", "there"),
    [
        (SERVICE, {"shop-web", "shop-worker"}, {"shop-web"}),
        (LOG_GROUP, {"/ecs/dev-shop-web", "/ecs/dev-shop-worker"}, {"/ecs/dev-shop-web"}),
        (SECRET, {"dev/shop", "dev/till"}, {"dev/shop"}),
        ("aws:sqs/queue:Queue", {"dev-shop"}, set()),
    ],
)
def test_those_of_our_names_that_aws_has_are_told(kind: str, names: set[str], there: set[str]) -> None:
    aws = FakeAws(
        services=("shop-web", "other"),
        groups=("/ecs/dev-shop-web", "/ecs/dev-other", "/ecs/prod-shop-worker"),
        secrets=("dev/shop", "dev/other", "prod/till"),
    )
    assert inventory(aws).there("dev", kind, names) == there


def test_a_cluster_that_is_gone_has_no_services() -> None:
    assert inventory(FakeAws(cluster=False)).there("dev", SERVICE, {"shop-web"}) == set()


def event(who: str, **parameters: Any) -> dict[str, Any]:
    return {"Username": who, "EventTime": AT, "CloudTrailEvent": json.dumps({"requestParameters": parameters})}


def test_who_deleted_a_resource_is_known_by_the_call_that_names_it_and_each_call_is_looked_up_once() -> None:
    deleted = [
        event("bob", logGroupName="/ecs/dev-shop-worker"),
        event("ann", logGroupName="/ecs/dev-shop-web"),
        event("old", logGroupName="/ecs/dev-shop-web"),
    ]
    aws = FakeAws(
        trail={
            "DeleteLogGroup": deleted,
            "DeleteService": [event("eve", cluster="dev", service="shop-web")],
            "DeregisterScalableTarget": [event("dan", resourceId="service/dev/shop-web")],
        }
    )
    port = inventory(aws)
    assert port.changed(LOG_GROUP, "/ecs/dev-shop-web", gone=True) == "ann, 2026-11-24 12:05 UTC"
    assert port.changed(LOG_GROUP, "/ecs/dev-shop-worker", gone=True) == "bob, 2026-11-24 12:05 UTC"
    assert port.changed(SERVICE, "arn:aws:ecs:eu-west-1:1:service/dev/shop-web", gone=True).startswith("eve")
    assert port.changed(SCALABLE, "service/dev/shop-web", gone=True).startswith("dan")
    assert port.changed(LOG_GROUP, "/ecs/dev-shop-web", gone=False) == ""
    assert port.changed("aws:sqs/queue:Queue", "x", gone=True) == ""
    assert aws.asked.count("DeleteLogGroup") == 1
