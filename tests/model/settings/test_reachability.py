"""Rules of tasks without a way to the internet: what they could not reach is refused, with what would do."""

from typing import Any

import pytest

from model.errors import SpecError
from model.settings.environment import Settings
from model.settings.network import ALONE
from model.settings.parse import parse

ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
HERE = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/proxy:1.2"
THERE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/proxy:1.2"
OUTSIDE = "public.ecr.aws/xray/aws-xray-daemon:3.3.7"


def alone(process: dict[str, Any], *more: str, name: str = "worker", **network: Any) -> Settings:
    """Settings with one process and no NAT."""
    given = {"zones": ZONES, "nat": "none", "endpoints": [*ALONE, *more], **network}
    return parse("dev", "eu-west-1", {"apps": {"shop": {"processes": {"worker": {}, name: process}}}, "network": given})


def beside(image: str) -> dict[str, Any]:
    return {"cpu": 512, "memory": 1024, "sidecars": {"proxy": {"image": image, "cpu": 64, "memory": 128}}}


def test_a_session_without_nat_needs_the_way_that_it_comes_in_by() -> None:
    with pytest.raises(SpecError, match="shop/worker takes sessions, which without NAT need ssmmessages"):
        alone({"exec": True})
    alone({"exec": True}, "ssmmessages")
    alone({"exec": True}, nat="single")


def test_a_backdoor_is_nothing_but_sessions_so_it_needs_that_way_too() -> None:
    door = {"kind": "backdoor", "command": ["sleep", "infinity"]}
    with pytest.raises(SpecError, match="shop/backdoor takes sessions, which without NAT need ssmmessages"):
        alone(door, name="backdoor")
    alone(door, "ssmmessages", name="backdoor")


@pytest.mark.parametrize(("image", "where"), [(THERE, "in us-east-1"), (OUTSIDE, "outside ECR")])
def test_an_image_that_no_endpoint_leads_to_is_refused_where_there_is_no_nat(image: str, where: str) -> None:
    with pytest.raises(SpecError) as caught:
        alone(beside(image))
    assert f"apps/shop/processes/worker/sidecars/proxy/image: {image} is {where}" in str(caught.value)
    assert "copy it into an ECR repository of eu-west-1, or use nat: single" in str(caught.value)
    alone(beside(image), nat="per-zone")


def test_an_image_in_ecr_of_the_same_region_is_reached_by_the_endpoints() -> None:
    alone(beside(HERE))
