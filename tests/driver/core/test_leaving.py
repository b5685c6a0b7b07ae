"""Rules of apps that have left the catalogue: asked about, unprotected, and gone but for their images."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from driver.core.leaving import Leaving, check_preview, leaving, let_go
from driver.core.ports import World
from driver.core.state import StackState, parse
from driver.errors import NotReady
from spec.tokens import APP, BALANCER, SERVICE
from tests.driver.core.cloud import Cloud, pin

STACK = "urn:pulumi:prod::slipway::"
BALANCER_ARN = "arn:aws:elasticloadbalancing:eu-west-1:0:loadbalancer/app/prod-till-web/1"


@dataclass
class Balancers:
    """Those whose protection was taken off."""

    unprotected: list[str]

    def unprotect(self, balancer_arn: str) -> None:
        self.unprotected.append(balancer_arn)


def row(name: str, kind: str, *, protect: bool = False, **outputs: object) -> dict[str, Any]:
    urn = f"{STACK}{APP}::{name}" if kind == APP else f"{STACK}{APP}${kind}::{name}"
    return {"urn": urn, "type": kind, "protect": protect, "outputs": outputs}


@pytest.fixture
def stack() -> StackState:
    return parse(
        {
            "resources": [
                row("shop", APP),
                row("shop.web", SERVICE, protect=True),
                row("till", APP),
                row("till.web", SERVICE, protect=True),
                row("till.web", BALANCER, arn=BALANCER_ARN, enableDeletionProtection=True),
                row("tilly", APP),
                row("tilly.web", SERVICE, protect=True),
            ]
        }
    )


def world(cloud: Cloud, balancers: Balancers) -> World:
    absent: Any = balancers
    return replace(cloud.world, targets=absent)


def test_an_app_takes_its_own_resources_along_and_no_other_apps(stack: StackState) -> None:
    found = {one.app: [each.name for each in one.resources] for one in leaving(Cloud(pin(1)).world, stack)}
    assert found == {"till": ["till.web", "till.web"], "tilly": ["tilly.web"]}


def test_somebody_is_asked_with_what_would_go_and_what_stays(stack: StackState) -> None:
    till = leaving(Cloud(pin(1)).world, stack)[0]
    assert till.question == (
        "till is not in the catalogue any more: delete its 2 resources, 1 of them protected? Its images stay."
    )


def test_protection_is_taken_off_at_aws_and_in_the_state(stack: StackState) -> None:
    cloud, balancers = Cloud(pin(1)), Balancers([])
    let_go(world(cloud, balancers), leaving(cloud.world, stack)[0])
    assert balancers.unprotected == [BALANCER_ARN]
    assert cloud.unprotected == (f"{STACK}{APP}${SERVICE}::till.web",)


def test_without_protection_there_is_nothing_to_take_off() -> None:
    cloud, balancers = Cloud(pin(1)), Balancers([])
    plain = parse({"resources": [row("till", APP), row("till.web", SERVICE)]})
    (till,) = leaving(cloud.world, plain)
    let_go(world(cloud, balancers), till)
    assert (cloud.unprotected, balancers.unprotected) == ((), [])
    check_preview("dev", [till])


def test_a_preview_that_the_engine_would_refuse_says_what_up_does_instead(stack: StackState) -> None:
    gone = [one for one in leaving(Cloud(pin(1)).world, stack) if isinstance(one, Leaving)]
    with pytest.raises(NotReady, match="till has left the catalogue of prod, and 1 of its 2 resources") as refused:
        check_preview("prod", gone)
    assert "`slipway up prod` asks first" in refused.value.hint
