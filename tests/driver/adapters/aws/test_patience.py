"""How long AWS is asked again by itself, against a sandbox that throttles."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from driver.adapters.aws.ecs.services import EcsServices
from driver.adapters.aws.session import Session
from driver.errors import Unavailable
from sandbox.faults import client
from sandbox.faults.rules import Fault, Kind

pytestmark = pytest.mark.sandbox

TIMES = 3


@pytest.fixture
def left(folder: Path) -> Iterator[Callable[[], int]]:
    """How many more requests an ECS will throttle."""
    endpoint = client.endpoint(folder)
    client.add(endpoint, Fault(service="ecs", operation="DescribeServices", kind=Kind.THROTTLE, count=TIMES))
    yield lambda: sum(TIMES - row.hits for row in client.standing(endpoint))
    client.clear(endpoint)


def test_who_watches_hears_at_once_that_aws_is_asked_too_often(session: Session, left: Callable[[], int]) -> None:
    with pytest.raises(Unavailable):
        EcsServices(session, lambda: None).quick.describe("dev", ["shop-web"])
    assert left() == TIMES - 2


def test_anybody_else_is_answered_once_the_throttling_is_over(session: Session, left: Callable[[], int]) -> None:
    session.client("ecs").create_cluster(clusterName="dev")
    assert EcsServices(session, lambda: None).describe("dev", ["shop-web"]) == {}
    assert left() == 0
