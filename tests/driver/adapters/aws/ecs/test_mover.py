"""Who moved a service, by the calls that CloudTrail has."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from driver.adapters.aws.ecs.mover import EcsMover

AT = datetime(2026, 11, 24, 12, 5, 7, 900_000, tzinfo=UTC)


@dataclass
class FakeTrail:
    """CloudTrail: calls of UpdateService, newest first."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def quick(self) -> "FakeTrail":
        return self

    def client(self, _service: str) -> "FakeTrail":
        return self

    def lookup_events(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "LookupEvents")
        rows = [(who, json.dumps({"requestParameters": body})) for who, body in self.calls]
        return {"Events": [{"Username": who, "EventTime": AT, "CloudTrailEvent": body} for who, body in rows]}


def mover(trail: FakeTrail) -> EcsMover:
    return EcsMover(trail)  # type: ignore[arg-type]


def test_the_newest_call_that_gave_this_very_service_another_task_definition_is_the_one() -> None:
    here = {"cluster": "arn:cluster/dev", "service": "arn:service/dev/shop-web"}
    trail = FakeTrail(
        [
            ("eve", {**here, "desiredCount": 3}),
            ("dan", {"cluster": "dev", "service": "shop-web-two", "taskDefinition": "x"}),
            ("bob", {**here, "taskDefinition": "x"}),
            ("ann", {**here, "taskDefinition": "x"}),
        ]
    )
    assert mover(trail)("dev", "shop-web", AT) == "bob, 2026-11-24 12:05 UTC"
    assert trail.asked[0]["StartTime"] == AT.replace(microsecond=0)


def test_where_nobody_may_look_or_nothing_was_called_nobody_is_named() -> None:
    assert mover(FakeTrail(refuses=True))("dev", "shop-web", None) == ""
    assert mover(FakeTrail())("dev", "shop-web", None) == ""
