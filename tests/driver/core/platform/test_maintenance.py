from dataclasses import replace
from typing import Any

import pytest

from driver.adapters.aws.gates import free, ours
from driver.core.platform import maintenance
from driver.core.ports.gates import Way
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import InvalidInput, NotFound, NotReady
from model.names.pulumi_types import APP, LISTENER, LISTENER_RULE
from tests.driver.core.fake_platform import STACK, Cloud, pin

FORWARD, REDIRECT = ({"defaultActions": [{"type": kind}]} for kind in ("forward", "redirect"))
RULE = {
    "listenerArn": "arn:shared",
    "priority": 12.0,
    "conditions": [{"hostHeader": {"values": ["shop.example.com", "www.example.com"]}}],
}


class Stacks:
    def __init__(self, *rows: tuple[str, str, dict[str, Any]]) -> None:
        self.rows = rows

    def read(self, env: str) -> StackState:
        app = f"{STACK}{APP}::shop"
        made = [Resource(urn=app, kind=APP, name="shop", parent="", outputs={"pin": pin(7).plain()})]
        for kind, name, outputs in self.rows:
            made.append(Resource(urn=f"{STACK}{APP}${kind}::{name}", kind=kind, name=name, parent=app, outputs=outputs))
        return StackState(resources=made if self.rows else [])


def ways(*rows: tuple[str, str, dict[str, Any]]) -> tuple[Way, ...]:
    stacks: Any = Stacks(*rows)
    return maintenance.ways(replace(Cloud(pin(7)).world, stacks=stacks), "shop")


def test_a_way_is_a_rule_on_a_shared_load_balancer_or_a_listener_that_leads_to_the_app() -> None:
    assert ways(
        (LISTENER_RULE, "shop.web", RULE),
        (LISTENER, "shop.api", {"arn": "arn:own", **REDIRECT}),
        (LISTENER, "shop.api.https", {"arn": "arn:https", **FORWARD}),
    ) == (
        Way(process="web", listener="arn:shared", hosts=("shop.example.com", "www.example.com"), below=12),
        Way(process="api", listener="arn:https"),
    )


def test_an_app_that_takes_no_requests_or_is_not_up_is_a_sentence() -> None:
    with pytest.raises(NotFound, match="no process of shop takes requests"):
        ways((LISTENER, "shop.web", {"arn": "arn", **REDIRECT}))
    with pytest.raises(NotReady, match="shop has no platform in dev yet"):
        ways()


def rule(priority: object, *hosts: str, status: str | None = None, field: str = "HostHeaderConfig") -> dict[str, Any]:
    action = {"Type": "forward"} if status is None else {"FixedResponseConfig": {"StatusCode": status}}
    conditions = [{"Field": "host-header", field: {"Values": list(hosts)}}] if hosts else []
    return {"Priority": str(priority), "RuleArn": f"arn:{priority}", "Actions": [action], "Conditions": conditions}


SHOP = Way(process="web", listener="arn", hosts=("a.example.com", "b.example.com"), below=12)


def test_ours_is_the_one_that_answers_503_for_the_very_hosts() -> None:
    mine = rule(9, "b.example.com", "a.example.com", status="503")
    others = [
        rule(3, "a.example.com", status="503"),
        rule(4, "a.example.com", "b.example.com", status="404"),
        rule(12, "a.example.com", "b.example.com"),
        rule("default"),
    ]
    assert ours([*others, mine], SHOP) == mine
    assert ours(others, SHOP) is None
    every = rule(1, "*", status="503", field="PathPatternConfig")
    assert ours([every], Way(process="web", listener="arn")) == every


def test_it_stands_before_the_apps_own_rule_where_nobody_else_does() -> None:
    assert free([rule(12), rule(11), rule("default")], SHOP) == 10
    assert free([], Way(process="web", listener="arn")) == 50_000
    with pytest.raises(NotReady, match="no free priority before the rule of web"):
        free([rule(number) for number in range(1, 12)], SHOP)


def test_a_page_is_of_a_kind_that_load_balancers_answer_with_and_no_longer_than_they_take() -> None:
    assert maintenance.page_of("down.JSON", "{}").kind == "application/json"
    assert len(maintenance.USUAL.body) <= maintenance.MOST
    for name, text in (("page.pdf", ""), ("page.html", "x" * 1025)):
        with pytest.raises(InvalidInput):
            maintenance.page_of(name, text)
