import pytest

from model.settings.backdoor import hides
from model.settings.environment import Settings
from model.settings.parse import parse
from model.sizing.addresses import most_tasks
from model.sizing.quota_needs import roles
from tests.model.refusals import refusing

BACKDOOR = {"kind": "backdoor", "command": ["sleep", "infinity"]}


def settings(more: object = None, **processes: object) -> Settings:
    web = {"port": 8000, "count": 1}
    given = {
        "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
        "apps": {"shop": {"processes": {"web": web, **processes}}},
    }
    return parse("dev", "eu-west-1", {**given, **(more if isinstance(more, dict) else {})})


def test_an_app_has_no_backdoor_unless_it_is_asked_for() -> None:
    found = settings({"domain": {"name": "dev.example.com"}})
    assert (found.apps["shop"].backdoor, found.namespace) == (None, None)


def test_a_backdoor_follows_releases_and_no_verdict_waits_for_it() -> None:
    app = settings(backdoor=BACKDOOR).apps["shop"]
    assert list(app.services) == ["web"]
    assert list(app.one_offs) == ["backdoor"]
    assert app.scheduled == {}


def test_an_open_backdoor_needs_an_address_too() -> None:
    assert most_tasks(settings(backdoor=BACKDOOR)) == most_tasks(settings()) + 1


def test_it_is_never_on_spot() -> None:
    found = settings({"capacity": {"fargate": 0, "spot": 1}}, backdoor=BACKDOOR)
    assert found.capacity_of(found.apps["shop"].processes["backdoor"]).strategy == (("FARGATE", 1),)
    assert found.capacity_of(found.apps["shop"].processes["web"]).strategy == (("FARGATE_SPOT", 1),)


def test_its_role_counts() -> None:
    assert roles(settings(backdoor=BACKDOOR)) - roles(settings()) == {"dev-eu-west-1-shop-backdoor"}


def test_its_name_is_in_a_zone_that_hides_no_public_name() -> None:
    assert settings({"domain": {"name": "dev.example.com"}}, backdoor=BACKDOOR).namespace == "internal.dev.example.com"
    named = settings({"discovery": {"namespace": "inside.example.com"}}, backdoor=BACKDOOR)
    assert named.namespace == "inside.example.com"
    assert hides("dev.example.com", ("shop.dev.example.com",)) == "shop.dev.example.com"
    assert hides("dev.example.com", ("dev.example.com",)) == "dev.example.com"
    assert hides("internal.dev.example.com", ("shop.dev.example.com", "notinternal.dev.example.com")) == ""


@pytest.mark.parametrize(
    ("more", "processes", "words"),
    [
        ({}, {"backdoor": {}}, "backdoor is the name of the backdoor; add kind: backdoor, or rename the process"),
        ({}, {"debug": BACKDOOR}, "debug has kind: backdoor; an app has one, and it is called backdoor"),
        ({}, {"backdoor": {"kind": "backdoor"}}, "a backdoor needs a command of its own that keeps it up"),
        ({}, {"backdoor": {**BACKDOOR, "readonly": True}}, "always takes sessions, which need to write; drop readonly"),
        ({}, {"backdoor": {**BACKDOOR, "exec": True}}, "always takes sessions, which need to write; drop exec"),
        ({}, {"backdoor": {**BACKDOOR, "count": 1}}, "a process with kind: backdoor is no service; it takes no count"),
        ({}, {"backdoor": {**BACKDOOR, "port": 22}}, "a process with kind: backdoor is no service; it takes no port"),
        ({"vpn": {"ranges": []}}, {}, "vpn/ranges"),
        ({"vpn": {"ranges": ["0.0.0.0/0"]}}, {}, "0.0.0.0/0 is everybody; name the ranges of the VPN"),
        ({"vpn": {"ranges": ["10.0.0.1/8"]}}, {}, "10.0.0.1/8 is no block of addresses; write it as 10.0.0.0/8"),
        ({"vpn": {"ranges": ["10.0.0.0/8"], "ports": [0]}}, {}, "vpn/ports/0"),
        (
            {"domain": {"name": "dev.example.com"}, "discovery": {"namespace": "dev.example.com"}},
            {"backdoor": BACKDOOR},
            "dev.example.com would hide shop.dev.example.com inside the VPC; use another",
        ),
    ],
)
def test_a_setting_that_can_not_be_used_is_named_with_what_would_do(
    more: dict[str, object], processes: dict[str, object], words: str
) -> None:
    with refusing() as refused:
        settings(more, **processes)
    refused.says(words)
