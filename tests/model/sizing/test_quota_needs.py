"""What an environment needs of each quota, from its settings."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.settings.environment import Capacity, Settings
from model.settings.ingress import Ingress
from model.settings.logs import Archive, Logs
from model.settings.parse import parse
from model.sizing.quota_needs import needs, split
from model.sizing.quotas import QUOTAS, Key

NETWORK = {"cidr": "10.32.0.0/16", "zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"]}
SHOP = {
    "web": {"cpu": 512, "memory": 1024, "port": 8000, "scaling": {"min": 2, "max": 6}},
    "worker": {"cpu": 256, "memory": 512, "count": 3},
    "release": {"cpu": 256, "memory": 512},
}


def made(apps: dict[str, Any] | None = None, **network: Any) -> Settings:
    values = {"apps": apps or {"shop": {"processes": SHOP}}, "network": {**NETWORK, **network}}
    return parse("dev", "eu-west-1", values)


def need(settings: Settings, key: Key) -> float:
    found = needs(settings).get(key)
    return 0 if found is None else found.amount


def test_vcpus_are_counted_at_the_largest_scale_in_mid_deploy_with_the_release_process() -> None:
    assert need(made(), Key.ON_DEMAND) == 2 * 6 * 0.5 + 2 * 3 * 0.25 + 0.25
    assert need(made(), Key.SPOT) == 0


def test_weights_share_tasks_between_on_demand_and_spot_and_the_odd_one_may_go_to_either() -> None:
    settings = made().model_copy(update={"capacity": Capacity(fargate=1, spot=3)})
    assert need(settings, Key.ON_DEMAND) == 3 * 0.5 + 2 * 0.25 + 0.25
    assert need(settings, Key.SPOT) == 9 * 0.5 + 5 * 0.25


@given(st.integers(0, 2000), st.integers(0, 1000), st.integers(0, 1000))
def test_no_task_is_without_a_place(tasks: int, fargate: int, spot: int) -> None:
    capacity = Capacity.model_construct(fargate=fargate, spot=spot + (fargate == 0 and spot == 0))
    plain, cheap = split(tasks, capacity)
    assert tasks <= plain + cheap <= tasks + 1
    assert (fargate > 0 or plain == 0) and (capacity.spot > 0 or cheap == 0)


@pytest.mark.parametrize(("nat", "addresses", "zone"), [("single", 1, 1), ("per-zone", 3, 1)])
def test_each_nat_gateway_takes_an_address_and_a_place_in_its_zone(nat: str, addresses: int, zone: int) -> None:
    settings = made(nat=nat)
    assert (need(settings, Key.ADDRESSES), need(settings, Key.NATS)) == (addresses, zone)


def test_tiers_take_subnets_and_blocks() -> None:
    settings = made(tiers=[{"cidr": "10.64.0.0/16", "mask": 20}])
    assert (need(settings, Key.SUBNETS), need(settings, Key.BLOCKS)) == (9, 2)


def test_what_counts_within_one_thing_is_that_of_the_fullest() -> None:
    apps = {"shop": {"processes": SHOP}, "till": {"processes": {"web": {"port": 80, "count": 9}}}}
    settings = made(apps).model_copy(update={"allowed": tuple(f"10.0.{at}.0/24" for at in range(7))})
    assert need(settings, Key.TASKS) == 9
    assert need(settings, Key.TARGETS) == 18
    assert need(settings, Key.RULES) == 7
    assert (need(settings, Key.BALANCERS), need(settings, Key.SECRETS), need(settings, Key.ROLES)) == (2, 2, 4)


def test_a_shared_load_balancer_has_a_rule_for_host_names_and_a_listener_without() -> None:
    web = {"port": 8000, "count": 1}
    processes = {"web": {**web, "hosts": ["www.example.com"]}, "admin": {**web, "port": 8001}}
    settings = made({"shop": {"processes": processes}}).model_copy(update={"ingress": Ingress.SHARED})
    keys = (Key.BALANCERS, Key.LISTENERS, Key.LISTENER_RULES, Key.SHARED_GROUPS, Key.TARGET_GROUPS)
    assert [need(settings, key) for key in keys] == [1, 2, 1, 2, 2]
    assert [need(settings.model_copy(update={"ingress": Ingress.DEDICATED}), key) for key in keys] == [2, 1, 0, 1, 2]


def test_what_a_schedule_starts_needs_a_place_and_a_role() -> None:
    nightly = {"cpu": 1024, "memory": 2048, "schedule": "rate(1 day)"}
    settings = made({"shop": {"processes": {**SHOP, "nightly": nightly}}})
    assert need(settings, Key.ON_DEMAND) == need(made(), Key.ON_DEMAND) + 1
    assert (need(settings, Key.ROLES), need(made(), Key.ROLES)) == (3, 2)


def test_every_need_has_a_quota_and_every_quota_a_need() -> None:
    processes = {**SHOP, "web": {**SHOP["web"], "hosts": ["www.example.com"]}}
    logs = Logs(archive=Archive(processes=("shop.web",)))
    changes = {"capacity": Capacity(fargate=1, spot=1), "ingress": Ingress.SHARED, "logs": logs}
    settings = made({"shop": {"processes": processes}}).model_copy(update=changes)
    assert set(needs(settings)) == {quota.key for quota in QUOTAS} == set(Key)


def test_eight_small_apps_in_mid_deploy_are_more_than_a_new_account_may_have() -> None:
    web = {"port": 8000, "count": 1}
    processes = {"web": web, "worker": {"count": 1}, "mailer": {"count": 1}, "release": {}}
    settings = made({f"app{at}": {"processes": processes} for at in range(8)})
    assert need(settings, Key.ON_DEMAND) == 8 * (6 * 0.25 + 0.25) > 6


def test_a_log_archive_reserves_copies_of_lambda_and_leaves_aws_its_hundred() -> None:
    assert need(made(), Key.CONCURRENCY) == 0
    archived = parse(
        "dev",
        "eu-west-1",
        {
            "apps": {"shop": {"processes": SHOP}},
            "network": NETWORK,
            "logs": {"archive": {"processes": ["shop.web"], "concurrency": 7}},
        },
    )
    assert need(archived, Key.CONCURRENCY) == 7 + 1 + 100
