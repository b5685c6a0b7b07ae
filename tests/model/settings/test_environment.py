import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from model.settings import fargate_sizes
from model.settings.environment import Settings
from model.settings.parse import SettingsError, merge, parse
from tests.model.refusals import refusing

GOOD: dict[str, Any] = {
    "apps": {"api": {"processes": {"web": {"port": 8000}, "worker": {}, "release": {}}}},
    "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
}


def checked(change: dict[str, Any]) -> Settings:
    return parse("dev", "eu-west-1", merge(copy.deepcopy(GOOD), change))  # type: ignore[arg-type]


def web(**values: object) -> dict[str, Any]:
    return {"apps": {"api": {"processes": {"web": values}}}}


BAD: list[tuple[dict[str, Any], str, str]] = [
    (web(cpu=300), "apps/api/processes/web/cpu", "300 is not a Fargate size; use 256, 512"),
    (web(cpu=256, memory=4096), "apps/api/processes/web", "use 512, 1024, 2048"),
    ({"vault": {"auth": {"method": "ldap"}}}, "vault/auth/method", "'token', 'approle', 'aws' or 'jwt'"),
    ({"vault": {"auth": {"method": "jwt", "server_id": "x"}}}, "vault/auth", "it takes mount, role, audience"),
    ({"vault": {"auth": {"role": "x"}}}, "vault/auth", "role does not go with the method token"),
    (web(memmory=512), "apps/api/processes/web/memmory", "did you mean memory?"),
    (web(port="http"), "apps/api/processes/web/port", "'http' will not do"),
    (web(port=70000), "apps/api/processes/web/port", "70000"),
    (web(count=2, scaling={"min": 1, "max": 2}), "apps/api/processes/web", "drop one of them"),
    (web(scaling={"min": 4, "max": 2}), "apps/api/processes/web/scaling", "swap them"),
    (web(health={"path": "health"}), "apps/api/processes/web/health/path", "begin it with /"),
    (web(stop_timeout=300), "apps/api/processes/web/stop_timeout", "300"),
    (
        {"apps": {"api": {"processes": {"admin": {"port": 8000}}}}},
        "apps/api",
        "port 8000 is used by web and admin; give each process a port of its own",
    ),
    ({"apps": {"api": {"processes": {"a.b": {}}}}}, "apps/api/processes/a.b", "is no name of a process; use letters"),
    ({"apps": {"api": {"processes": {"x" * 31: {}}}}}, f"apps/api/processes/{'x' * 31}", "use 30 at most"),
    (
        {"apps": {"api-two": {"processes": {"web": {}}}, "api": {"processes": {"two-web": {}}}}},
        "apps/api/processes/two-web and apps/api-two/processes/web",
        "both derive the service name api-two-web; rename one of them",
    ),
    ({"apps": {"sg": {"processes": {"web": {}}}}}, "apps/sg", "sg-"),
    ({"apps": {"a": {"processes": {"web": {}}}}}, "apps/a", "use two or more small letters"),
    ({"allowed": ["10.0.0.0/8", "10.0.0.0/8"]}, "allowed", "10.0.0.0/8 is there twice"),
    ({"apps": {"api": {"processes": {"release": {"port": 1}}}}}, "apps/api", "one-off task"),
    ({"apps": {"Api": {"processes": {"web": {}}}}}, "apps/Api", "is no name of an app"),
    ({"network": {"cidr": "10.0.0.0/8"}}, "network/cidr", "use /16 to /28"),
    ({"network": {"zones": ["eu-west-1a"]}}, "network/zones", "at least 2"),
    ({"network": {"zones": ["us-east-1a", "us-east-1b"]}}, "network/zones", "not in eu-west-1"),
    (
        {"network": {"zones": ["eu-west-1", "eu-west-1a"]}},
        "network/zones",
        "eu-west-1 is no zone; write the region",
    ),
    ({"network": {"zones": ["eu-west-1z", "eu-west-1a"]}}, "network/zones", "a letter from a to f, such as eu-west-1a"),
    (
        {"network": {"cidr": "127.0.0.0/16"}},
        "network/cidr",
        "kept for the machine itself, so nobody has it; use",
    ),
    ({"network": {"cidr": "224.0.0.0/16"}}, "network/cidr", "kept for multicast"),
    ({"network": {"tiers": [{"cidr": "169.254.0.0/20"}]}}, "network/tiers/0/cidr", "kept for a link"),
    ({"allowed": ["240.0.0.0/8"]}, "allowed/0", "kept for later use"),
    ({"apps": {"api": {"processes": {"worker": {"public": False}}}}}, "apps/api/processes/worker", "need a port; add"),
    ({"apps": {"api": {"processes": {"job": {"kind": "task", "log_buffer": 8}}}}}, "processes/job", "no log_buffer"),
    ({"apps": {"api": {"processes": {"release": {"log_buffer": 8}}}}}, "apps/api", "it takes no log_buffer"),
    ({"apps": {"api": {"requires": ["PORT", "A"]}}}, "apps/api/requires", "PORT comes from the platform"),
    ({"network": {"private_mask": 16}}, "network", "use a larger cidr or longer masks"),
    ({"network": {"nat": "many"}}, "network/nat", "'many'"),
    ({"capacity": {"fargate": 0}}, "capacity", "give one of them a weight"),
    ({"log_days": 31}, "log_days", "no retention"),
    ({"secret_recovery_days": 3}, "secret_recovery_days", "use 0, or 7 to 30"),
    ({"allowed": ["anywhere"]}, "allowed", "anywhere"),
    ({"netwrok": {}}, "netwrok", "did you mean network?"),
    ({"notify": {"grafana": {"url": "grafana"}}}, "notify/grafana/url", "https://grafana.example.com"),
    ({"notify": {"grafana": {"url": "https://me:pw@g.io"}}}, "notify/grafana/url", "comes from GRAFANA_TOKEN"),
    ({"notify": {"webhooks": [{"name": "a"}, {"name": "a"}]}}, "notify", "a is there twice"),
    ({"notify": {"webhooks": [{"name": "a", "url": "https://x"}]}}, "notify/webhooks/0/url", "unknown key"),
    ({"notify": {"webhooks": [{"name": "a", "events": ["ended"]}]}}, "notify/webhooks/0/events", "'ended'"),
    ({"overrides": {"shop": {}}}, "overrides/shop", "no such app in the catalogue; it has api"),
    (
        {"overrides": {"api": {"processes": {"web": {"cpu": 1}}}}},
        "overrides/api/processes/web/cpu",
        "not a Fargate size",
    ),
]


def test_good_settings_are_read_whole() -> None:
    settings = checked({})
    assert list(settings.apps["api"].services) == ["web", "worker"]
    assert settings.names("api").process("web").service == "api-web"


@pytest.mark.parametrize(("change", "path", "what_would_do"), BAD)
def test_a_bad_setting_is_named_with_what_would_do(change: dict[str, Any], path: str, what_would_do: str) -> None:
    with refusing() as refused:
        checked(change)
    refused.says(path, what_would_do)


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "us-iso-east-1"])
def test_a_region_of_another_partition_is_refused_in_one_sentence(region: str) -> None:
    with pytest.raises(SettingsError, match=f"region: {region} is in a partition of AWS that Slipway does not know"):
        parse("dev", region, GOOD)


@pytest.mark.parametrize("env", ["internal", "slipway", "default"])
def test_an_environment_whose_names_would_not_be_free_is_refused_at_once(env: str) -> None:
    with pytest.raises(SettingsError, match=f"env: no environment can be called {env}: .*; choose another name"):
        parse(env, "eu-west-1", GOOD)


@pytest.mark.parametrize("process", ["worker_beat", "image_reprocess_worker", "redis_TA_worker", "-", "x" * 30])
def test_every_process_type_of_heroku_s_is_taken(process: str) -> None:
    settings = checked({"apps": {"api": {"processes": {process: {"port": 9000}}}}})
    assert settings.names("api").process(process).service == f"api-{process}"


def test_all_findings_come_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        checked(web(cpu=300, port="x"))
    assert len(caught.value.findings) == 2


def test_a_missing_region_and_catalogue_are_both_named() -> None:
    with pytest.raises(SettingsError) as caught:
        parse("dev", None, {"network": GOOD["network"]})
    assert {finding.path for finding in caught.value.findings} == {"aws:region", "apps"}


def test_overrides_change_one_key_and_leave_the_others() -> None:
    settings = checked({"overrides": {"api": {"processes": {"web": {"memory": 1024}}}}})
    process = settings.apps["api"].processes["web"]
    assert (process.cpu, process.memory, process.port) == (256, 1024, 8000)


@given(cpu=st.integers(-10, 20000), memory=st.integers(-10, 200000))
def test_only_sizes_that_fargate_has_are_accepted(cpu: int, memory: int) -> None:
    expected = cpu in fargate_sizes.MEMORY and memory in fargate_sizes.MEMORY[cpu]
    try:
        checked(web(cpu=cpu, memory=memory))
    except SettingsError:
        assert not expected
    else:
        assert expected


@given(value=st.one_of(st.text(), st.integers(), st.lists(st.integers()), st.none(), st.booleans()))
def test_nonsense_instead_of_an_app_is_an_error_and_never_a_crash(value: object) -> None:
    with refusing() as refused:
        parse("dev", "eu-west-1", {**GOOD, "apps": {"api": value}})
    refused.says("apps/api")


RANGES = {
    "apps/api/processes/web/port": (1, 65535),
    "apps/api/processes/web/stop_timeout": (2, 120),
    "apps/api/processes/web/health/interval": (5, 300),
    "apps/api/processes/web/health/unhealthy": (2, 10),
    "apps/api/processes/worker/count": (0, 1000),
    "apps/api/processes/worker/log_buffer": (1, 128),
    "apps/api/processes/worker/rollout/max": (100, 400),
    "balancers/idle_timeout": (1, 4000),
    "deploy/timeout": (30, 14400),
    "deploy/lease": (3, 600),
    "network/public_mask": (16, 27),
    "network/private_mask": (16, 28),
    "registry/untagged_days": (1, 3650),
}


@given(place=st.sampled_from(sorted(RANGES)), number=st.integers(-(2**40), 2**40))
def test_a_number_outside_of_its_range_is_named_with_the_bound_that_it_breaks(place: str, number: int) -> None:
    low, high = RANGES[place]
    assume(not low <= number <= high)
    change: Any = number
    for key in reversed(place.split("/")):
        change = {key: change}
    with refusing() as refused:
        checked(change)
    refused.says(f"{place}: {number} will not do", str(low if number < low else high))
