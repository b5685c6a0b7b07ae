"""Rules of subnets that stand: settings that would move or replace one are refused, additions are not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver.core.platform.address_plan import check_stays
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import InvalidInput
from model.names.pulumi_types import SUBNET, VPC
from model.settings.environment import Settings
from model.settings.network import Network
from model.settings.parse import parse
from sandbox.providers.awsx.layout import SubnetType, Tier, lay_out

ZONES = [f"eu-west-1{letter}" for letter in "abcdef"]
ARN = "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1"
TIER = {"cidr": "100.64.0.0/16", "mask": 20}


def settings(**network: Any) -> Settings:
    apps = {"shop": {"processes": {"worker": {}}}}
    return parse("dev", "eu-west-1", {"apps": apps, "network": {"zones": ZONES[:2], **network}})


def first(network: Network) -> dict[str, tuple[str, str]]:
    """Block and zone of the subnets that awsx makes, by name."""
    tiers = [
        Tier(type=SubnetType.PUBLIC, name="public", mask=network.public_mask),
        Tier(type=SubnetType.PRIVATE, name="private", mask=network.private_mask),
    ]
    places = lay_out(network.cidr, network.zones, tiers)
    return {f"dev-{row.tier.name}-{row.zone + 1}": (row.cidr, row.zone_name) for row in places}


def subnets(network: Network) -> dict[str, tuple[str, str]]:
    """Block and zone of all subnets of a network, by name."""
    found = first(network)
    for tier in network.tiers:
        for zone, block in zip(network.zones, tier.subnets(len(network.zones)), strict=True):
            found[f"dev.{tier.cidr.replace('/', '-')}.{zone}"] = (block, zone)
    return found


def stack(**network: Any) -> StackState:
    """The state of an environment that was brought up with these settings."""
    wanted = settings(**network).network
    rows = [Resource(urn="v", kind=VPC, name="dev", parent="", outputs={"cidrBlock": wanted.cidr, "arn": ARN})]
    for name, (block, zone) in subnets(wanted).items():
        outputs = {"cidrBlock": block, "availabilityZone": zone}
        rows.append(Resource(urn=name, kind=SUBNET, name=name, parent="", outputs=outputs))
    return StackState(resources=rows)


@pytest.mark.parametrize(
    ("had", "wanted"),
    [
        ({}, {}),
        ({}, {"tiers": [TIER]}),
        ({}, {"nat": "per-zone", "flow_logs": {}}),
        ({"tiers": [TIER]}, {}),
        ({"zones": ZONES[:3]}, {"zones": ZONES[:4]}),
        ({"zones": ZONES[:4], "tiers": [TIER]}, {"zones": ZONES[:3], "tiers": [TIER]}),
    ],
)
def test_what_only_adds_or_only_goes_is_let_through(had: dict[str, Any], wanted: dict[str, Any]) -> None:
    check_stays(settings(**wanted), stack(**had))


def test_a_first_up_has_nothing_that_could_move() -> None:
    check_stays(settings(zones=ZONES[:3]), StackState())


@pytest.mark.parametrize(
    ("had", "wanted", "found", "what_would_do"),
    [
        (
            {},
            {"zones": ZONES[:3]},
            "network/zones: 3 zones divide 10.0.0.0/16 in another way, so the subnet 10.0.128.0/24 in eu-west-1b would",
            "Put the former number of zones back",
        ),
        ({"zones": ZONES[:3]}, {}, "network/zones: 2 zones divide 10.0.0.0/16", "former number of zones"),
        (
            {},
            {"zones": [ZONES[0], ZONES[2]]},
            "network/zones: eu-west-1c is in the place of eu-west-1b, so the subnet 10.0.128.0/24 would be replaced",
            "a further one goes to the end",
        ),
        ({}, {"zones": ZONES[1::-1]}, "network/zones: eu-west-1b is in the place of eu-west-1a", "into their order"),
        (
            {},
            {"cidr": "10.8.0.0/16"},
            "network/cidr: 10.8.0.0/16 would replace the VPC of dev, which is 10.0.0.0/16",
            "Put cidr: 10.0.0.0/16 back",
        ),
        ({}, {"private_mask": 19}, "network/private_mask: 19 would replace", "Put private_mask: 20 back"),
        ({}, {"public_mask": 25}, "network/public_mask: 25 would replace", "Put public_mask: 24 back"),
        (
            {"tiers": [TIER]},
            {"tiers": [{**TIER, "mask": 18}]},
            "network/tiers: 100.64.0.0/16 with mask 18 would have 100.64.0.0/18 in eu-west-1a and not 100.64.0.0/20",
            "append another one",
        ),
    ],
)
def test_settings_that_would_move_a_subnet_are_refused_with_what_would_do(
    had: dict[str, Any], wanted: dict[str, Any], found: str, what_would_do: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_stays(settings(**wanted), stack(**had))
    assert found in caught.value.message
    assert what_would_do in caught.value.hint
    assert "a new environment" in caught.value.hint


def test_what_a_killed_first_up_left_does_not_hide_the_plan_that_it_began() -> None:
    whole = stack()
    half = StackState(resources=[row for row in whole.resources if not row.name.endswith("-2")])
    check_stays(settings(), half)
    check_stays(settings(zones=ZONES[:3]), half)


@given(
    had=st.integers(2, 6),
    wanted=st.integers(2, 6),
    masks=st.tuples(st.sampled_from([24, 25]), st.sampled_from([20, 21])),
)
def test_a_number_of_zones_is_refused_exactly_where_a_subnet_would_move(
    had: int, wanted: int, masks: tuple[int, int]
) -> None:
    before = {"zones": ZONES[:had], "public_mask": masks[0], "private_mask": masks[1]}
    after = settings(zones=ZONES[:wanted], public_mask=24, private_mask=20)
    old, new = first(settings(**before).network), first(after.network)
    moved = any(name in new and new[name] != place for name, place in old.items())
    try:
        check_stays(after, stack(**before))
    except InvalidInput:
        assert moved
        return
    assert not moved


def test_another_region_is_told_as_that_and_not_as_zones_in_another_order() -> None:
    apps = {"shop": {"processes": {"worker": {}}}}
    moved = parse("dev", "eu-central-1", {"apps": apps, "network": {"zones": ["eu-central-1a", "eu-central-1b"]}})
    with pytest.raises(InvalidInput) as caught:
        check_stays(moved, stack())
    assert str(caught.value) == "aws:region: eu-central-1 is not where dev stands, which is eu-west-1"
    assert "Put aws:region: eu-west-1 back, and the zones with it" in caught.value.hint
