from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.names.names import ProcessNames
from model.settings.environment import Settings
from model.settings.ingress import PLACES, host_name, on_port, place
from model.settings.parse import parse
from tests.model.refusals import refusing

WEB = {"port": 8000}
NETWORK = {"zones": ["eu-west-1a", "eu-west-1b"]}


def settings(apps: dict[str, dict[str, Any]], **more: Any) -> Settings:
    catalogue = {name: {"processes": processes} for name, processes in apps.items()}
    return parse("dev", "eu-west-1", {"network": NETWORK, "apps": catalogue, **more})


def refused(apps: dict[str, dict[str, Any]], **more: Any) -> str:
    with refusing() as caught:
        settings(apps, **more)
    return caught.text


def test_an_app_that_is_added_moves_no_place() -> None:
    before = settings({"shop": {"web": WEB}, "till": {"web": WEB, "admin": {"port": 8001}}}, ingress="shared").doors
    after = settings(
        {"aaa": {"web": WEB}, "shop": {"web": WEB}, "till": {"web": WEB, "admin": {"port": 8001}}, "zzz": {"web": WEB}},
        ingress="shared",
    ).doors
    assert {name: after[name] for name in before} == before


def test_a_place_is_the_same_for_ever() -> None:
    assert place(ProcessNames("dev", "shop", "web")) == place(ProcessNames("prod", "shop", "web")) == 23583


@given(st.from_regex(r"[a-z](-?[a-z0-9]){0,20}", fullmatch=True), st.from_regex(r"[a-z][a-z0-9]{0,15}", fullmatch=True))
def test_every_process_has_a_place_that_a_rule_and_a_port_can_have(app: str, process: str) -> None:
    found = place(ProcessNames("dev", app, process))
    assert 1 <= found <= PLACES
    assert 10_000 < found + 10_000 < 65_536


def test_web_has_the_name_of_the_app_and_others_add_theirs() -> None:
    doors = settings(
        {"shop": {"web": {**WEB, "hosts": ["www.example.com"]}, "admin": {"port": 8001}}},
        domain={"name": "dev.example.com"},
    ).doors
    assert doors["shop.web"].hosts == ("shop.dev.example.com", "www.example.com")
    assert doors["shop.admin"].hosts == ("shop-admin.dev.example.com",)


def test_a_worker_is_reached_by_nobody() -> None:
    assert settings({"shop": {"worker": {}}}, ingress="shared", domain={"name": "example.com"}).doors == {}


@pytest.mark.parametrize(
    ("apps", "more", "reason"),
    [
        ({"shop": {"web": WEB}}, {"ingress": "both"}, "ingress: 'both' will not do; write 'dedicated' or"),
        ({"shop": {"web": WEB}}, {"domain": "example.com"}, "domain"),
        ({"shop": {"web": WEB}}, {"domain": {}}, "domain/name: missing"),
        ({"shop": {"web": WEB}}, {"domain": {"name": "Example.com"}}, "Example.com is no host name; write it in lower"),
        ({"shop": {"web": WEB}}, {"domain": {"name": "localhost"}}, "localhost is no host name"),
        ({"shop": {"web": WEB}}, {"domain": {"name": "a..b"}}, "a..b is no host name"),
        ({"shop": {"web": WEB}}, {"domain": {"name": "example.com", "zoned": 1}}, "unknown key"),
        ({"shop": {"web": {**WEB, "hosts": ["*.example.com"]}}}, {}, "*.example.com is no host name"),
        ({"shop": {"web": {**WEB, "hosts": ["10.0.0.1"]}}}, {}, "10.0.0.1 is no host name"),
        ({"shop": {"web": {**WEB, "hosts": ["http://a.example.com"]}}}, {}, "is no host name"),
        ({"shop": {"web": {**WEB, "hosts": [f"{'a' * 64}.com"]}}}, {}, "is no host name"),
        ({"shop": {"web": {**WEB, "hosts": [f"{'a.' * 64}com"]}}}, {}, "is no host name"),
        (
            {"shop": {"worker": {"hosts": ["www.example.com"]}}},
            {},
            "hosts, place and public are the load balancer's and need",
        ),
        ({"shop": {"worker": {"place": 1}}}, {}, "hosts, place and public are the load balancer's and need a port"),
        ({"shop": {"web": {**WEB, "place": 0}}}, {}, "use 1 or more"),
        ({"shop": {"web": {**WEB, "place": 50_001}}}, {}, "use 50000 or less"),
        (
            {"shop": {"web": {**WEB, "hosts": [f"h{i}.example.com" for i in range(6)]}}},
            {},
            "apps/shop/processes/web: 6 host names",
        ),
        (
            {name: {"web": {**WEB, "hosts": ["www.example.com"]}} for name in ("shop", "till")},
            {},
            "apps/shop/processes/web and apps/till/processes/web both answer to www.example.com",
        ),
        (
            {"shop": {"web": WEB, "api": {"port": 8001}}, "shop-api": {"web": WEB}},
            {"domain": {"name": "example.com"}},
            "both answer to shop-api.example.com",
        ),
        (
            {name: {"web": {**WEB, "place": 7}} for name in ("shop", "till")},
            {"ingress": "shared"},
            "both have place 7 on the shared load balancer; give the newer one a place of its own",
        ),
    ],
)
def test_a_way_in_that_can_not_be_is_named_with_what_would_do(
    apps: dict[str, Any], more: dict[str, Any], reason: str
) -> None:
    assert reason in refused(apps, **more)


def test_on_load_balancers_of_their_own_processes_may_have_the_same_place() -> None:
    assert settings({name: {"web": {**WEB, "place": 7}} for name in ("shop", "till")}).doors["till.web"].place == 7


@pytest.mark.parametrize("name", ["a.b", "xn--bcher-kva.example", "1.example.com", "a-b.example.co.uk"])
def test_host_names_of_all_kinds_will_do(name: str) -> None:
    assert host_name(name) == name


def test_a_port_of_its_own_takes_the_place_of_the_one_in_the_name() -> None:
    assert on_port("dev-1.elb.amazonaws.com", 10_007) == "http://dev-1.elb.amazonaws.com:10007/"
    assert on_port("127.80.0.1:8080", 10_007) == "http://127.80.0.1:10007/"
