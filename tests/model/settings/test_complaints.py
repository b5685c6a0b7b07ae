from typing import Any

import pytest

from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked, web

TOPIC = "arn:aws:sns:eu-west-1:123456789012:a"
RULES = "alarms/rules/service_cpu"


def rule(value: object) -> dict[str, Any]:
    return {"alarms": {"rules": {"service_cpu": value}}}


def worker(**values: object) -> dict[str, Any]:
    return {"apps": {"api": {"processes": {"worker": values}}}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (rule({"threshhold": 5}), f"{RULES}/threshhold: unknown key; did you mean threshold?"),
        (rule(5), f"{RULES}: 5 will not do; write a mapping or false"),
        (rule(True), f"{RULES}: true will not do; write a mapping or false"),
        (rule({}), f"{RULES}: says nothing; give a threshold or minutes, or false"),
        (rule({"minutes": "long"}), f"{RULES}/minutes: 'long' will not do; write a whole number"),
        (worker(count=True), "worker/count: true will not do; write a whole number"),
        (web(port="on"), "web/port: 'on' will not do; write a whole number"),
        (web(cpu=0.5), "web/cpu: 0.5 will not do; write a whole number"),
        (web(cpu=None), "web/cpu: nothing will not do; write a whole number, or take the key out"),
        (
            worker(platform_version=1.4),
            "platform_version: 1.4 is a number in YAML, and will not do; write it in quotes",
        ),
        (web(hosts="www.example.com"), "web/hosts: 'www.example.com' will not do; write a list"),
        (web(readonly="perhaps"), "web/readonly: 'perhaps' will not do; write true or false"),
        (
            worker(kind=True),
            "worker/kind: true is a boolean in YAML, as on, yes and true are, and will not do",
        ),
        (worker(depends_on={"a": "healty"}), "worker/depends_on/a: 'healty' will not do; write 'start', 'healthy'"),
        (
            worker(sidecars={"proxy": {"image": "envoy:1.0", "environment": {"PORT": 80}}}),
            'worker/sidecars/proxy/environment/PORT: 80 is a number in YAML, and will not do; write it in quotes: "80"',
        ),
        (worker(sidecars={"proxy": {}}), "worker/sidecars/proxy/image: missing; it has no default"),
        (worker(sidecars={"Proxy": {"image": "envoy:1.0"}}), "worker/sidecars/Proxy: 'Proxy' is no name of a sidecar"),
        (worker(rollout=None), "worker/rollout: nothing will not do; write {} where the defaults will do, or take"),
        ({"network": {"zones": None}}, "network/zones: nothing will not do; write a list"),
        ({"network": {"zones": ["eu-west-1a"]}}, "network/zones: ['eu-west-1a'] is too short; it needs at least 2"),
        (
            {"network": {"nat": False}},
            "network/nat: false is a boolean in YAML, as off, no and false are",
        ),
        ({"vpn": {"ranges": ["10.0.0.0/8"], "ports": [True]}}, "vpn/ports/0: true will not do; write a whole number"),
        ({"alarms": {"email": ["nobody"]}}, "alarms/email: nobody is no address"),
        (
            {"alarms": {"rules": {"service_cpu": {"threshold": float("inf")}}}},
            "threshold: inf will not do; use",
        ),
        ({"env": "prod"}, "env: 'prod' is no setting: the name of the stack file says which"),
        ({"region": "us-east-1"}, "region: 'us-east-1' is no setting: the region is the one of aws:region"),
        ({"override": {}}, "override: unknown key; did you mean overrides?"),
        ({"log_day": 1}, "log_day: unknown key; did you mean log_days?"),
    ],
)
def test_a_mistake_is_one_line_in_the_words_of_the_file(change: dict[str, Any], said: str) -> None:
    with refusing() as refused:
        checked(change)
    refused.says(said)
    assert refused.text.count("\n") == 0, refused.text


@pytest.mark.parametrize(
    ("change", "place", "twice"),
    [
        ({"alarms": {"databases": ["shop-db", "shop-db"]}}, "alarms/databases", "shop-db"),
        ({"alarms": {"databases": ["shop-db", "Shop-DB"]}}, "alarms/databases", "shop-db"),
        ({"alarms": {"caches": ["a", "b", "a"]}}, "alarms/caches", "a"),
        ({"alarms": {"email": ["a@b.io", "a@b.io"]}}, "alarms/email", "a@b.io"),
        ({"alarms": {"hooks": [{"name": "a"}, {"name": "a", "format": "pagerduty"}]}}, "alarms/hooks", "a"),
        ({"notify": {"webhooks": [{"name": "a"}, {"name": "a"}]}}, "notify/webhooks", "a"),
        ({"network": {"zones": ["eu-west-1a", "eu-west-1a"]}}, "network/zones", "eu-west-1a"),
        (
            {"network": {"endpoints": ["logs", "logs"]}},
            "network/endpoints",
            "logs",
        ),
        ({"allowed": ["10.0.0.0/8", "10.0.0.0/8"]}, "allowed", "10.0.0.0/8"),
        ({"allowed": ["10.0.0.0/8", "10.0.0.0/255.0.0.0"]}, "allowed", "10.0.0.0/8"),
        ({"vpn": {"ranges": ["10.0.0.0/8"], "ports": [22, 22]}}, "vpn/ports", "22"),
        ({"vpn": {"ranges": ["10.0.0.1", "10.0.0.1/32"]}}, "vpn/ranges", "10.0.0.1/32"),
        ({"registry": {"readers": {"accounts": ["123456789012"] * 2}}}, "registry/readers/accounts", "123456789012"),
        (web(hosts=["www.example.com"] * 2), "apps/api/processes/web/hosts", "www.example.com"),
        (worker(readonly=True, writable=["/tmp", "/tmp"]), "apps/api/processes/worker/writable", "/tmp"),
        ({"apps": {"api": {"requires": ["A", "A"]}}}, "apps/api/requires", "A"),
        (
            {
                "apps": {
                    "api": {
                        "grants": {"sns": [{"arn": "arn:aws:sns:eu-west-1:123456789012:a", "access": ["publish"]}] * 2}
                    }
                }
            },
            "apps/api/grants/sns",
            "arn:aws:sns",
        ),
    ],
)
def test_nothing_is_in_a_list_twice(change: dict[str, Any], place: str, twice: str) -> None:
    with refusing() as refused:
        checked(change)
    refused.says(f"{place}: ", twice, "is there twice; take one of them out")


def test_words_of_a_command_may_repeat() -> None:
    command = checked(worker(command=["-v", "-v"])).apps["api"].processes["worker"].command
    assert command == ("-v", "-v")
