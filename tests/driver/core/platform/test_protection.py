"""Rules of protection that is taken off for an update: at AWS and in the state, and put on again where that fails."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from driver.core.platform.protection import let_go
from driver.core.platform.removal import Leaving
from driver.core.ports import World
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import EngineFailed, Unreachable
from model.names.pulumi_types import BALANCER, SERVICE
from tests.driver.core.fake_platform import Cloud, pin

WEB = Resource(urn="urn:web", kind=SERVICE, name="till.web", parent="", outputs={}, protect=True)
LOG = Resource(urn="urn:log", kind="aws:cloudwatch/logGroup:LogGroup", name="till.web", parent="", outputs={})
BALANCER_OUTPUTS = {"arn": "arn:till", "enableDeletionProtection": True}
FRONT = Resource(urn="urn:front", kind=BALANCER, name="till.web", parent="", outputs=BALANCER_OUTPUTS)
GONE = (Leaving(what="app till", resources=(WEB, LOG, FRONT), aside="its images stay"),)
OFF = [("urn:web", False), ("arn:till", False)]


@dataclass
class Account:
    """The state and the load balancers of an environment, and what was switched on and off there, in order."""

    there: list[Resource]
    switched: list[tuple[str, bool]] = field(default_factory=list)
    broken: bool = False

    def read(self, env: str) -> StackState:
        if self.broken:
            raise Unreachable("AWS does not answer")
        return StackState(resources=self.there)

    def set_protection(self, what: str, urns: Collection[str] = (), *, on: bool) -> None:
        self.switched += [(one, on) for one in (urns or [what])]

    @property
    def world(self) -> World:
        account: Any = self
        return replace(Cloud(pin(1)).world, stacks=account, targets=account)


def test_protection_is_taken_off_at_aws_and_in_the_state() -> None:
    account, told = Account([WEB, LOG, FRONT]), list[str]()
    with let_go(account.world, GONE, told.append):
        assert sorted(account.switched) == sorted(OFF)
    assert (sorted(account.switched), told) == (sorted(OFF), [])


@pytest.mark.parametrize("failure", [EngineFailed("ECS refuses"), KeyboardInterrupt()])
def test_where_the_update_fails_what_still_stands_is_protected_again_and_named(failure: BaseException) -> None:
    account, told = Account([WEB, LOG, FRONT]), list[str]()
    with pytest.raises(type(failure)), let_go(account.world, GONE, told.append):
        raise failure
    assert account.switched[2:] == [("urn:web", True), ("arn:till", True)]
    assert told == [
        "protected again: Service till.web, LoadBalancer till.web; the next `slipway up dev` asks about it anew"
    ]


def test_what_the_update_has_deleted_before_it_failed_is_left_out() -> None:
    account, told = Account([FRONT]), list[str]()
    with pytest.raises(EngineFailed), let_go(account.world, GONE, told.append):
        raise EngineFailed("EC2 refuses")
    assert account.switched[2:] == [("arn:till", True)]
    assert "Service" not in told[0]


def test_what_can_not_be_protected_again_is_said_to_be_unprotected() -> None:
    account, told = Account([WEB, FRONT]), list[str]()
    with pytest.raises(EngineFailed, match="ECS refuses"), let_go(account.world, GONE, told.append):
        account.broken = True
        raise EngineFailed("ECS refuses")
    assert "not protected any more" in told[0]
    assert "AWS does not answer" in told[0] and "Service till.web" in told[0]


def test_where_nothing_leaves_nothing_is_asked_and_nothing_said() -> None:
    account, told = Account([WEB], broken=True), list[str]()
    with pytest.raises(EngineFailed), let_go(account.world, (), told.append):
        raise EngineFailed("ECS refuses")
    assert (account.switched, told) == ([], [])
