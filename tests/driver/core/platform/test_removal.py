"""Rules of what has left the settings while it is protected: named, asked about, unprotected after that."""

from dataclasses import replace
from typing import Any

import pytest

from driver.core.platform.removal import Leaving, block, check_held, destroyed, held, leaving, planned
from driver.core.ports import World
from driver.core.values.checkpoint import StackState, parse
from driver.errors import NotReady
from model.names.pulumi_types import APP, ARCHIVE, BALANCER, REGISTRY, REPOSITORY, SERVICE, TARGET_GROUP
from model.settings.parse import parse as parse_settings
from tests.driver.core.fake_platform import Cloud, pin

STACK = "urn:pulumi:prod::slipway::"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:0:"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LISTENER = "aws:lb/listener:Listener"
INGRESS = "slipway:components:Ingress$slipway:components:Balancer"


def row(logical: str, kind: str, *, protect: bool = False, chain: str = APP, **outputs: object) -> dict[str, Any]:
    urn = f"{STACK}{APP}::{logical}" if kind == APP else f"{STACK}{chain}${kind}::{logical}"
    return {"urn": urn, "type": kind, "protect": protect, "outputs": outputs}


def service(name: str, group: str = "") -> dict[str, Any]:
    """A protected service, which stands on a target group or on none."""
    targets = [{"targetGroupArn": f"{ARN}targetgroup/{group}/1"}] if group else []
    return row(name, SERVICE, protect=True, loadBalancers=targets)


def balancer(name: str) -> dict[str, Any]:
    return row(name, BALANCER, arn=f"{ARN}loadbalancer/app/{name}/1", enableDeletionProtection=True)


def shared(word: str) -> list[dict[str, Any]]:
    """The shared load balancer of a kind, with what it consists of."""
    parent = f"{STACK}{INGRESS}::prod.{word}"
    return [
        balancer(f"prod.{word}") | {"parent": parent, "urn": f"{STACK}{INGRESS}${BALANCER}::prod.{word}"},
        row(f"prod.{word}", LISTENER, chain=INGRESS) | {"parent": parent},
    ]


def stack(*rows: dict[str, Any]) -> StackState:
    return parse({"resources": list(rows)})


def world(ingress: str = "dedicated", **processes: dict[str, Any]) -> World:
    """An environment prod whose only app is shop, with these processes."""
    settings = parse_settings(
        "prod",
        "eu-west-1",
        {
            "apps": {"shop": {"processes": processes or {"web": {"port": 8000}}}},
            "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
            "ingress": ingress,
        },
    )
    return replace(Cloud(pin(1)).world, settings=settings)


def found(gone: list[Leaving] | Any) -> dict[str, list[str]]:
    return {one.what: [each.name for each in one.guarded] for one in gone}


APPS = (
    row("shop", APP),
    service("shop.web", "prod-shop-web-8000"),
    row("till", APP),
    service("till.web"),
    balancer("till.web"),
    row("till", LOG_GROUP),
    row("tilly", APP),
    service("tilly.web"),
)


def test_an_app_takes_its_own_resources_along_and_no_other_apps() -> None:
    gone = leaving(world(), stack(*APPS))
    assert found(gone) == {"app till": ["till.web", "till.web"], "app tilly": ["tilly.web"]}
    assert [len(one.resources) for one in gone] == [3, 1]


def test_what_nothing_protects_is_a_matter_of_the_plan() -> None:
    assert leaving(world(), stack(row("till", APP), row("till.web", SERVICE))) == []


def test_a_process_leaves_without_its_app() -> None:
    rows = [
        row("shop", APP),
        service("shop.web", "prod-shop-web-8000"),
        service("shop.api"),
        row("shop.api", TARGET_GROUP, protect=True, name="prod-shop-api-8000"),
        row("shop.api", LOG_GROUP),
        service("shop.apis"),
    ]
    gone = leaving(world(web={"port": 8000}, apis={}), stack(*rows))
    assert found(gone) == {"process shop.api": ["shop.api", "shop.api"]}
    assert len(gone[0].resources) == 3


def test_a_process_that_is_started_from_now_on_keeps_its_log() -> None:
    rows = [row("shop", APP), service("shop.jobs"), row("shop.jobs", LOG_GROUP)]
    (jobs,) = leaving(world(web={}, jobs={"kind": "task"}), stack(*rows))
    assert [each.kind for each in jobs.resources] == [SERVICE]


@pytest.mark.parametrize(("stands_on", "leaves"), [("prod-shop-web-8000", False), ("prod-shop-web-8000-shared", True)])
def test_a_load_balancer_of_the_former_kind_leaves_once_its_process_has_left_it(stands_on: str, leaves: bool) -> None:
    rows = [
        row("shop", APP),
        service("shop.web", stands_on),
        balancer("shop.web"),
        row("shop.web", TARGET_GROUP, protect=True, name="prod-shop-web-8000"),
        row("shop.web", TARGET_GROUP, protect=True, name="prod-shop-web-8000-shared"),
    ]
    gone = found(leaving(world("shared"), stack(*rows)))
    assert gone == ({"the dedicated load balancing of shop.web": ["shop.web", "shop.web"]} if leaves else {})


def test_a_shared_load_balancer_leaves_with_the_last_process_behind_it() -> None:
    rows = [row("shop", APP), service("shop.web", "prod-shop-web-8000-shared"), *shared("public"), *shared("internal")]
    gone = leaving(world("shared"), stack(*rows))
    assert found(gone) == {"the shared internal load balancer": ["prod.internal"]}
    assert [each.kind for each in gone[0].resources] == [BALANCER, LISTENER]


def test_one_that_is_still_stood_on_stays() -> None:
    rows = [row("shop", APP), service("shop.web", "prod-shop-web-8000-shared"), *shared("public")]
    assert leaving(world(), stack(*rows)) == []


def test_a_block_names_each_protected_resource_and_what_a_yes_and_a_no_do() -> None:
    assert block("prod", leaving(world(), stack(*APPS)))[:4] == [
        "Not in the settings of prod any more, and protected:",
        "  app till, 3 resources; its images stay",
        "    Service till.web",
        "    LoadBalancer till.web",
    ]
    assert block("prod", leaving(world(), stack(*APPS)))[-1].endswith("a no to any question changes nothing.")
    assert block("prod", []) == []


def test_a_plan_has_what_the_engine_plans_no_deletion_of() -> None:
    cloud = Cloud(pin(1))
    here = replace(world(), stacks=cloud)
    changes = planned(here, stack(*APPS), leaving(here, stack(*APPS)), lambda _line: None)
    assert sorted(f"{row.operation} {row.name}" for row in changes) == [
        "delete till",
        "delete till.web",
        "delete till.web",
        "delete tilly.web",
    ]
    assert cloud.previews[0].spared == (f"{STACK}{APP}${SERVICE}::till.web", f"{STACK}{APP}${SERVICE}::tilly.web")
    assert cloud.protections == []


def test_images_and_the_archive_hold_no_environment() -> None:
    rows = [
        row("till", REPOSITORY, protect=True, chain=REGISTRY),
        row("logs", "aws:s3/bucket:Bucket", protect=True, chain=ARCHIVE),
        row("loose", SERVICE),
    ]
    assert held(stack(*rows)) == []
    assert [each.name for each in held(stack(*rows, *APPS, *shared("public")))] == [
        "shop.web",
        "till.web",
        "till.web",
        "tilly.web",
        "prod.public",
    ]
    assert [each.name for each in destroyed(stack(*rows))] == ["loose"]


def test_a_protected_environment_is_not_destroyed_by_halves() -> None:
    lines: list[str] = []
    with pytest.raises(NotReady, match="4 resources of prod are protected, so nothing of it is destroyed") as caught:
        check_held("prod", stack(*APPS), lines.append)
    assert lines[:2] == ["Protected in prod:", "  Service shop.web"]
    assert "`slipway:protect: false` in Pulumi.prod.yaml, `slipway up prod`" in caught.value.hint
    check_held("prod", stack(), lines.append)
