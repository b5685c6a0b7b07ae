"""What the stand-in awsx plugin takes and refuses, and where it lays subnets, without the engine."""

import ipaddress
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sandbox.providers.awsx import arguments
from sandbox.providers.awsx.layout import LayoutError, SubnetType, Tier, lay_out
from sandbox.providers.awsx.reading import ArgumentError

SPECS = [{"type": "Public", "name": "public", "cidrMask": 24.0}, {"type": "Private", "cidrMask": 20.0}]
GOOD = {
    "cidrBlock": "10.0.0.0/16",
    "availabilityZoneNames": ["eu-west-1a", "eu-west-1b"],
    "subnetStrategy": "Auto",
    "subnetSpecs": SPECS,
}


def _tier(name: str, mask: int) -> Tier:
    return Tier(type=SubnetType.PRIVATE, name=name, mask=mask)


def test_what_is_left_out_has_the_official_defaults() -> None:
    found = arguments.read(GOOD)
    assert found.nat is arguments.Strategy.PER_ZONE
    assert [tier.name for tier in found.tiers] == ["public", "private"]
    assert arguments.read({**GOOD, "subnetSpecs": SPECS[:1]}).nat is arguments.Strategy.NONE


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"cidrBlock": None}, "cidrBlock: "),
        ({"instanceTenancy": "default"}, "instanceTenancy: not known"),
        ({"subnetStrategy": "Exact"}, "subnetStrategy: found 'Exact'"),
        ({"availabilityZoneNames": []}, "availabilityZoneNames: "),
        ({"natGateways": {"strategy": "Two"}}, r"natGateways\.strategy: found 'Two'"),
        ({"natGateways": {"strategy": "Single"}, "subnetSpecs": SPECS[1:]}, r"natGateways\.strategy: Single needs"),
        ({"natGateways": {"elasticIpAllocationIds": ["a"]}}, r"natGateways\.elasticIpAllocationIds: not known"),
        ({"subnetSpecs": [{**SPECS[0], "size": 4}]}, r"subnetSpecs\[0\]\.size: not known"),
        ({"subnetSpecs": [{**SPECS[0], "type": "Unused"}]}, r"subnetSpecs\[0\]\.type: found 'Unused'"),
        ({"subnetSpecs": [{**SPECS[0], "cidrMask": 29}]}, r"subnetSpecs\[0\]\.cidrMask: found 29"),
        ({"subnetSpecs": [SPECS[0], SPECS[0]]}, "subnetSpecs: found the names"),
        ({"vpcEndpointSpecs": [{"vpcEndpointType": "Gateway"}]}, r"vpcEndpointSpecs\[0\]\.serviceName: "),
    ],
)
def test_what_cannot_be_made_is_refused_by_name(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{named}"):
        arguments.read({**GOOD, **changed})


def test_subnets_that_leave_their_zones_block_are_refused() -> None:
    with pytest.raises(LayoutError, match=r"^subnetSpecs: b \(/18\) does not fit into 10\.0\.0\.0/18"):
        lay_out("10.0.0.0/16", ["a", "b", "c"], [_tier("a", 24), _tier("b", 18)])


@given(
    zones=some.integers(1, 6),
    masks=some.lists(some.integers(22, 28), min_size=1, max_size=6),
)
def test_subnets_never_overlap_and_stay_in_the_vpc(zones: int, masks: list[int]) -> None:
    tiers = [_tier(str(index), mask) for index, mask in enumerate(masks)]
    places = lay_out("10.0.0.0/16", [str(zone) for zone in range(zones)], tiers)
    found = [ipaddress.IPv4Network(place.cidr) for place in places]
    assert len(found) == zones * len(masks)
    assert all(one.network_address > other.broadcast_address for other, one in itertools.pairwise(found))
    assert all(one.subnet_of(ipaddress.IPv4Network("10.0.0.0/16")) for one in found)
