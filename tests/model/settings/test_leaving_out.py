"""What is wrong with one app is in the way of no other one."""

from collections.abc import Collection
from typing import Any

import pytest

from model.settings.leaving_out import parse_for
from model.settings.parse import SettingsError

WEB = {"processes": {"web": {"port": 8000}}}
NETWORK = {"zones": ["eu-west-1a", "eu-west-1b"]}


def parsed(needed: Collection[str] | None, other: Any, **more: Any) -> tuple[set[str], str]:
    config = {"apps": {"shop": WEB, "other": other}, "network": NETWORK, **more}
    settings, left_out = parse_for(needed, "dev", "eu-west-1", config)
    return set(settings.apps), str(left_out or "")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"processes": {"web": {"port": 8000, "cpu": 300}}}, "apps/other/processes/web/cpu: 300 is not a Fargate size"),
        ({"processes": {"web": {"cpu": 1, "memory": 2}, "a.b": {}}}, "apps/other/processes/a.b"),
        ("nothing", "apps/other"),
        ({}, "apps/other"),
        ({"processes": {"worker": {"port": 8000}, "web": {"port": 8000}}}, "port 8000 is used by"),
    ],
)
def test_an_app_that_is_wrong_is_left_out_and_told(other: Any, said: str) -> None:
    for needed in (("shop",), ()):
        apps, told = parsed(needed, other)
        assert apps == {"shop"}
        assert said in told
    for strict in (("other",), ("shop", "other"), None):
        with pytest.raises(SettingsError, match=r"other|port"):
            parsed(strict, other)


def test_overrides_of_an_app_are_its_own_too() -> None:
    for over in ({"other": {"processes": {"web": {"cpu": 300}}}}, {"nobody": {"processes": {}}}, {"other": 3}):
        apps, told = parsed(("shop",), WEB, overrides=over)
        assert "shop" in apps
        assert "overrides/" in told


def test_what_is_wrong_with_all_or_with_no_app_stops_all() -> None:
    with pytest.raises(SettingsError, match="network/cidr"):
        parsed(("shop",), {}, network={**NETWORK, "cidr": "10.0.0.0/8"})
    with pytest.raises(SettingsError, match="apps"):
        parse_for(("shop",), "dev", "eu-west-1", {"apps": 3, "network": NETWORK})
    clash = {"api-two": {"processes": {"web": {}}}, "api": {"processes": {"two-web": {}}}}
    for app in clash:
        with pytest.raises(SettingsError, match="both derive"):
            parse_for((app,), "dev", "eu-west-1", {"apps": clash, "network": NETWORK})


def test_what_only_fits_the_app_that_is_wrong_is_told_as_it_was_with_it() -> None:
    wrong = {"processes": {"web": {"port": 8000, "cpu": 300, "hosts": ["www.example.org"]}}}
    settings = {
        "domain": {"name": "example.org", "certificate": f"arn:aws:acm:eu-west-1:1234567890{'1' * 2}:certificate/a"},
        "cutover": {"www.example.org": {"heroku": "x.herokudns.com", "weight": 0}},
    }
    with pytest.raises(SettingsError, match="300 is not a Fargate size"):
        parsed(("shop",), wrong, **settings)


def test_nothing_is_left_out_where_nothing_is_wrong() -> None:
    assert parsed(("shop",), WEB) == ({"shop", "other"}, "")
