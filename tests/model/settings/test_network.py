from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from model.settings.network import ALONE, Network, refusal
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def network(**change: Any) -> Network:
    return Network.model_validate({"zones": ZONES, **change})


def tier(cidr: str, mask: int = 20) -> dict[str, Any]:
    return {"cidr": cidr, "mask": mask}


@pytest.mark.parametrize("block", ["100.64.0.0/16", "10.1.0.0/16", "10.200.0.0/16", "198.51.100.0/24"])
def test_aws_adds_other_blocks_of_10_carrier_grade_and_public_ones_to_a_vpc_in_10(block: str) -> None:
    assert refusal([IPv4Network("10.0.0.0/16")], IPv4Network(block)) is None


@pytest.mark.parametrize(
    ("present", "block", "reason"),
    [
        (["10.0.0.0/16"], "172.16.0.0/16", "nothing of 172.16.0.0/12 to a VPC whose first block is 10.0.0.0/16"),
        (["10.0.0.0/16"], "192.168.0.0/16", "nothing of 192.168.0.0/16"),
        (["10.0.0.0/16"], "198.19.0.0/16", "nothing of 198.19.0.0/16"),
        (["10.0.0.0/24"], "10.0.1.0/24", "nothing of 10.0.0.0/16 to a VPC that has a block in 10.0.0.0/15"),
        (["10.1.0.0/16"], "10.0.0.0/16", "nothing of 10.0.0.0/16 to a VPC that has a block in 10.0.0.0/15"),
        (["172.16.0.0/16"], "10.1.0.0/16", "nothing of 10.0.0.0/8"),
        (["172.16.0.0/16"], "172.31.0.0/16", "nothing of 172.31.0.0/16"),
        (["100.64.0.0/16"], "10.1.0.0/16", "nothing of 10.0.0.0/8"),
        (["10.0.0.0/16"], "10.0.64.0/20", "it overlaps 10.0.0.0/16"),
        ([f"10.{i}.0.0/16" for i in range(2, 7)], "100.64.0.0/16", "5 blocks at most"),
    ],
)
def test_what_aws_refuses_is_refused_with_its_reason(present: list[str], block: str, reason: str) -> None:
    assert reason in str(refusal([IPv4Network(row) for row in present], IPv4Network(block)))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"tiers": [tier("172.16.0.0/16")]}, "tier 172.16.0.0/16 can't be added: AWS adds nothing of 172.16.0.0/12"),
    ({"tiers": [tier("100.64.0.0/16"), tier("100.64.0.0/18")]}, "it overlaps 100.64.0.0/16"),
    ({"tiers": [tier("100.64.0.0/16", 17)]}, "3 zones with /17 need 98304 addresses"),
    ({"tiers": [tier("100.64.0.0/10")]}, "/10 is not a VPC size"),
    ({"tiers": [tier("100.64.0.1/16")]}, "write it as 100.64.0.0/16"),
    ({"tiers": [tier("100.64.0.0/16", 29)]}, "use 28 or less"),
    ({"nat": "none"}, "tasks can't reach ecr.api, ecr.dkr, logs, secretsmanager; add them to endpoints"),
    ({"nat": "none", "endpoints": list(ALONE[1:])}, "tasks can't reach ecr.api;"),
    ({"endpoints": ["logs", "logs"]}, "endpoints: logs is there twice"),
    ({"endpoints": ["s4"]}, "network/endpoints/0"),
    ({"zones": ["eu-west-1a", "eu-west-1b", "eu-west-1a"]}, "eu-west-1a is there twice"),
    ({"zones": ["eu-west-1a"]}, "at least 2"),
    ({"cidr": "10.0.0.0/8"}, "/8 is not a VPC size; use /16 to /28"),
    ({"cidr": "10.0.0.0/20"}, "3 zones with /24 and /20 need 13056 addresses, 10.0.0.0/20 has 4096"),
    ({"nat": "two"}, "'none', 'single' or 'per-zone'"),
    ({"flow_logs": {"days": 15}}, "15 is no retention that CloudWatch Logs knows; use 1, 3, 5, 7, 14, 30"),
    ({"flow_logs": {"traffic": "refused"}}, "'all', 'accept' or 'reject'"),
]


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_a_network_that_can_not_be_is_named_with_what_would_do(change: dict[str, Any], reason: str) -> None:
    with refusing() as refused:
        checked({"network": {"zones": ZONES, **change}})
    refused.says("network", reason)


def test_without_nat_the_endpoints_that_tasks_need_will_do() -> None:
    assert network(nat="none", endpoints=list(ALONE)).task_subnets == 3


def test_a_zone_that_is_appended_moves_no_subnet_of_a_tier() -> None:
    found = network(tiers=[tier("100.64.0.0/16")])
    assert found.tiers[0].subnets(3)[:2] == found.tiers[0].subnets(2) == ["100.64.0.0/20", "100.64.16.0/20"]
    assert (found.task_subnets, found.blocks) == (6, ["10.0.0.0/16", "100.64.0.0/16"])


@given(first=st.integers(0, 255), mask=st.integers(0, 32), size=st.integers(0, 32))
def test_a_tier_is_refused_or_its_subnets_are_in_its_block_and_apart_from_all_others(
    first: int, mask: int, size: int
) -> None:
    block = str(IPv4Network(f"10.{first}.0.0/{size}", strict=False))
    try:
        found = network(tiers=[tier(block, mask)])
    except ValidationError as error:
        assert all(row["loc"][:1] in {("tiers",), ()} for row in error.errors())
        return
    subnets = [IPv4Network(row) for row in found.tiers[0].subnets(3)]
    assert all(row.subnet_of(IPv4Network(block)) and row.prefixlen == mask for row in subnets)
    assert not any(row.overlaps(IPv4Network(found.cidr)) for row in subnets)
    assert not any(one.overlaps(other) for one in subnets for other in subnets if one != other)
    assert len(set(subnets)) == 3
