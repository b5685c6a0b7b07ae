"""How services are put back, and how CloudTrail says who changed them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from driver.adapters.aws.ecs.service_config import EcsShapes, request
from driver.core.drift.service_config import Aspect, Shape

AT = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
SHAPE = Shape(
    task_definition="arn:task-definition/shop:1",
    count=2,
    limits=(1, 4),
    subnets=("a", "b"),
    groups=("g",),
    public=False,
    strategy=(("FARGATE", 1, 0),),
    percentages=(100, 200),
    breaker=(True, True),
)


@dataclass
class FakeAws:
    """Every client in one: CloudTrail's events by name of the call, and what was written."""

    trail: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refuses: bool = False
    written: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    confirmed: int = 0

    def client(self, _service: str) -> "FakeAws":
        return self

    def get_paginator(self, operation: str) -> "FakeAws":
        assert operation == "lookup_events"
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "LookupEvents")
        yield {"Events": self.trail.get(asked["LookupAttributes"][0]["AttributeValue"], [])}

    def update_service(self, **asked: Any) -> None:
        self.written.append(("update_service", asked))

    def register_scalable_target(self, **asked: Any) -> None:
        self.written.append(("register_scalable_target", asked))

    def confirm(self) -> None:
        self.confirmed += 1


def port(aws: FakeAws) -> EcsShapes:
    return EcsShapes(aws, aws.confirm)  # type: ignore[arg-type]


def event(who: str, minute: int, **parameters: Any) -> dict[str, Any]:
    body = json.dumps({"requestParameters": parameters})
    return {"Username": who, "EventTime": AT.replace(minute=minute), "CloudTrailEvent": body}


def test_each_aspect_is_put_down_to_the_newest_call_that_set_it_on_this_very_service() -> None:
    here = {"cluster": "dev", "service": "shop-web"}
    arns = {"cluster": "arn:cluster/dev", "service": "arn:service/dev/shop-web"}
    aws = FakeAws(
        {
            "UpdateService": [
                event("eve", 9, **here, desiredCount=3),
                event("dan", 8, cluster="dev", service="shop-web-two", taskDefinition="x"),
                event("cid", 7, cluster="prod", service="shop-web", taskDefinition="x"),
                event("bob", 6, **arns, taskDefinition="x"),
                event("ann", 5, **here, taskDefinition="x"),
            ],
            "RegisterScalableTarget": [
                event("fay", 4, resourceId="service/dev/shop-webx"),
                event("gus", 3, resourceId="service/dev/shop-web"),
            ],
        }
    )
    asked = [Aspect.TASK, Aspect.COUNT, Aspect.LIMITS, Aspect.BREAKER]
    assert port(aws).changed("dev", "shop-web", asked) == {
        Aspect.TASK: "bob, 2026-11-24 12:06 UTC",
        Aspect.COUNT: "eve, 2026-11-24 12:09 UTC",
        Aspect.LIMITS: "gus, 2026-11-24 12:03 UTC",
    }


def test_who_may_not_look_into_cloudtrail_is_told_the_rest() -> None:
    assert port(FakeAws(refuses=True)).changed("dev", "shop-web", [Aspect.TASK]) == {}


def test_limits_are_put_back_before_the_count_and_each_write_is_confirmed() -> None:
    aws = FakeAws()
    port(aws).put("dev", "shop-web", SHAPE, [Aspect.COUNT, Aspect.LIMITS])
    assert [name for name, _ in aws.written] == ["register_scalable_target", "update_service"]
    assert aws.written[0][1]["ResourceId"] == "service/dev/shop-web"
    assert (aws.written[0][1]["MinCapacity"], aws.written[0][1]["MaxCapacity"]) == (1, 4)
    assert aws.written[1][1] == {"cluster": "dev", "service": "shop-web", "desiredCount": 2}
    assert aws.confirmed == 2


@pytest.mark.parametrize(
    ("aspect", "asked"),
    [
        (Aspect.TASK, {"taskDefinition": SHAPE.task_definition}),
        (Aspect.LIMITS, {}),
        (
            Aspect.SUBNETS,
            {
                "networkConfiguration": {
                    "awsvpcConfiguration": {
                        "subnets": ["a", "b"],
                        "securityGroups": ["g"],
                        "assignPublicIp": "DISABLED",
                    }
                }
            },
        ),
        (
            Aspect.STRATEGY,
            {
                "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
                "forceNewDeployment": True,
            },
        ),
        (
            Aspect.BREAKER,
            {
                "deploymentConfiguration": {
                    "minimumHealthyPercent": 100,
                    "maximumPercent": 200,
                    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                }
            },
        ),
    ],
)
def test_an_update_asks_for_what_differs_and_for_the_whole_of_that(aspect: Aspect, asked: dict[str, Any]) -> None:
    assert request(SHAPE, [aspect]) == asked
