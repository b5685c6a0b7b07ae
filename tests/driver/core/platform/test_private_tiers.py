"""Rules of tiers that are not there yet, and of those that are still in use."""

from typing import Any

import pytest

from driver.core.platform.private_tiers import check_built, check_left
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.pulumi_types import APP, SERVICE, SUBNET, TASK_DEFINITION
from model.settings.environment import Settings
from model.settings.parse import parse

ZONES = ["eu-west-1a", "eu-west-1b"]
TIER = {"cidr": "100.64.0.0/16", "mask": 20}
OTHER = {"cidr": "100.65.0.0/16", "mask": 20}
BASE = {"10.0.16.0/20": ZONES[0], "10.0.144.0/20": ZONES[1]}
MORE = {"100.64.0.0/20": ZONES[0], "100.64.16.0/20": ZONES[1]}


def settings(*tiers: dict[str, Any], zones: list[str] = ZONES) -> Settings:
    apps = {name: {"processes": {"worker": {}}} for name in ("shop", "till")}
    return parse("dev", "eu-west-1", {"apps": apps, "network": {"zones": zones, "tiers": list(tiers)}})


def stack(subnets: dict[str, str], **apps: dict[str, str]) -> StackState:
    """A state with these blocks by zone, and a service for each app in the subnets of these blocks."""
    rows = [
        Resource(
            urn=block,
            kind=SUBNET,
            name=block,
            parent="",
            outputs={"id": block, "cidrBlock": block, "availabilityZone": zone, "tags": {"SubnetType": "Private"}},
        )
        for block, zone in subnets.items()
    ]
    for app, places in apps.items():
        outputs = {"networkConfiguration": {"subnets": list(places)}}
        rows.append(Resource(urn=app, kind=SERVICE, name=f"{app}.worker", parent="", outputs=outputs))
    return StackState(resources=rows)


def test_a_release_goes_on_where_all_tiers_stand() -> None:
    check_built(settings(TIER), stack({**BASE, **MORE}))
    check_built(settings(), stack({**BASE, **MORE}))


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        (settings(TIER), "tier 100.64.0.0/16"),
        (settings(zones=[*ZONES, "eu-west-1c"]), "zone eu-west-1c"),
    ],
)
def test_a_tier_or_zone_that_is_not_there_yet_is_a_matter_of_up(wanted: Settings, what: str) -> None:
    with pytest.raises(NotReady, match=what) as caught:
        check_built(wanted, stack(BASE))
    assert "Run `slipway up dev` first" in caught.value.hint


def test_a_tier_goes_only_when_every_app_has_left_it() -> None:
    everything = {**BASE, **MORE}
    check_left(settings(), stack(everything, shop=BASE, till=BASE))
    with pytest.raises(NotReady, match=r"100\.64\.0\.0/20, 100\.64\.16\.0/20 no more, and shop, till may") as caught:
        check_left(settings(), stack(everything, shop=everything, till=everything))
    assert "slipway deploy dev shop --config-only" in caught.value.hint


def test_a_zone_goes_only_when_every_app_has_left_it() -> None:
    three = {**BASE, "10.0.160.0/20": "eu-west-1c"}
    with pytest.raises(NotReady, match=r"10\.0\.160\.0/20 no more, and shop may"):
        check_left(settings(), stack(three, shop=three, till=BASE))


def test_an_app_that_goes_itself_holds_no_tier() -> None:
    check_left(settings(), stack({**BASE, **MORE}, gone=MORE))


def test_a_tier_that_stands_in_for_another_names_the_apps_and_comes_one_after_the_other() -> None:
    everything, wanted = {**BASE, **MORE}, settings(OTHER)
    with pytest.raises(NotReady, match=r"shop may still run there, while the tier 100\.65\.0\.0/16 is still") as caught:
        check_left(wanted, stack(everything, shop=everything, till=BASE))
    assert "put the old ones back beside the new" in caught.value.hint
    with pytest.raises(NotReady, match="which nothing has built yet"):
        check_built(wanted, stack(everything, shop=everything))


def test_a_tier_that_goes_while_something_else_waits_for_an_up_does_not_send_to_a_release_that_sends_back() -> None:
    everything = {**BASE, **MORE}
    found = stack(everything, shop=everything, till=BASE)
    app = f"urn:pulumi:dev::slipway::{APP}::shop"
    rows = [
        Resource(urn=app, kind=APP, name="shop", parent="", outputs={"pin": {"release": 1}}),
        Resource(
            urn=f"urn:pulumi:dev::slipway::{APP}${TASK_DEFINITION}::shop.old",
            kind=TASK_DEFINITION,
            name="shop.old",
            parent=app,
            outputs={},
        ),
    ]
    with pytest.raises(NotReady, match="while the list of processes of shop is still to be built") as caught:
        check_left(settings(), StackState(resources=[*found.resources, *rows]))
    assert "put the old ones back beside the new and run `slipway up dev`" in caught.value.hint


def test_the_order_of_tiers_moves_nothing() -> None:
    other = {"100.65.0.0/20": ZONES[0], "100.65.16.0/20": ZONES[1]}
    everything = {**BASE, **MORE, **other}
    check_left(settings(OTHER, TIER), stack(everything, shop=everything, till=everything))
    check_built(settings(OTHER, TIER), stack(everything))
