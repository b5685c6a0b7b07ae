from typing import Any

import pytest

from driver.core.platform.address_space import check_room
from driver.errors import InvalidInput
from model.settings.environment import Settings
from model.settings.parse import parse
from model.sizing.addresses import most_tasks, proposal, room

WEB = {"port": 8000, "scaling": {"min": 2, "max": 100}}
ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def settings(processes: dict[str, Any], **network: Any) -> Settings:
    given = {"apps": {"api": {"processes": processes}}, "network": {"zones": ZONES, **network}}
    return parse("dev", "eu-west-1", given)


def test_the_largest_scale_is_doubled_by_a_deploy_and_has_a_release_task_beside_it() -> None:
    assert most_tasks(settings({"web": WEB, "worker": {"count": 3}, "release": {}})) == 2 * 100 + 2 * 3 + 1


def test_a_lost_zone_leaves_its_tasks_to_the_others() -> None:
    found = room(settings({"web": WEB}, endpoints=["logs", "sts"]))
    assert (found.tasks, found.fixed) == (100, 2 + 4)
    assert (found.private_need, found.private_have) == (106, 4091)
    assert (found.public_need, found.public_have) == (9, 251)
    assert found.fits


def test_an_internal_load_balancer_needs_private_addresses() -> None:
    found = room(settings({"web": {**WEB, "public": False}}, nat="none", endpoints=list(ALL)))
    assert (found.fixed, found.public_need) == (8 + len(ALL) + 4, 0)


ALL = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")


def test_a_plan_that_fits_proposes_nothing() -> None:
    assert proposal(settings({"web": WEB})) is None


def test_the_proposed_tier_gives_what_is_lacking_and_is_one_that_settings_take() -> None:
    small = settings({"web": WEB}, private_mask=26)
    assert room(small).short == 104 - 59
    tier = proposal(small)
    assert tier is not None
    assert (tier.cidr, tier.mask) == ("10.1.0.0/22", 24)
    assert room(settings({"web": WEB}, private_mask=26, tiers=[tier.model_dump()])).fits


def test_a_block_that_another_environment_has_is_not_proposed() -> None:
    tier = proposal(settings({"web": WEB}, private_mask=26), ["10.1.0.0/16", "10.2.0.0/15"])
    assert tier is not None
    assert tier.cidr == "10.4.0.0/22"


def test_without_a_free_block_in_10_the_tier_is_carrier_grade() -> None:
    tier = proposal(settings({"web": WEB}, private_mask=26), ["10.0.0.0/8"])
    assert tier is not None
    assert tier.cidr == "100.64.0.0/22"


def test_private_subnets_that_are_too_small_are_refused_with_need_and_have() -> None:
    with pytest.raises(InvalidInput, match="a zone needs 104 addresses and has 59") as caught:
        check_room(settings({"web": WEB}, private_mask=26))
    assert caught.value.hint == "See what would do: slipway network plan dev"


def test_public_subnets_that_are_too_small_are_refused() -> None:
    webs = {f"web{index}": {"port": 8000 + index} for index in range(4)}
    with pytest.raises(InvalidInput, match="a zone needs 33 addresses for load balancers and NAT, and has 27"):
        check_room(settings(webs, public_mask=27))


def test_a_plan_that_fits_is_let_through() -> None:
    check_room(settings({"web": WEB}))
