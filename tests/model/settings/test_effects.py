from typing import Any

import pytest

from model.settings.cluster import Insights
from model.settings.effects import without_effect
from model.settings.parse import parse
from tests.model.refusals import complete
from tests.model.settings.test_environment import GOOD, checked

BACKDOOR = {"apps": {"api": {"processes": {"backdoor": {"kind": "backdoor", "command": ["sleep", "infinity"]}}}}}
ARN = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/1"
ZONE = {"name": "example.com", "zone": {"name": "example.com", "id": "Z1"}}
INTERNAL = {"apps": {"api": {"processes": {"web": {"public": False}}}}}
DATABASES = {"databases": ["shop-db"]}


def idle(*changes: dict[str, Any]) -> list[str]:
    merged: dict[str, Any] = {}
    for change in changes:
        merged |= change
    found = without_effect(checked(merged), merged)
    assert [str(one) for one in found if not complete(one)] == []
    return [one.path for one in found]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"vpn": {"ranges": ["10.9.0.0/16"]}}, "vpn"),
        ({"discovery": {"namespace": "in.example.com"}}, "discovery"),
        ({"balancers": {"tls_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}}, "balancers/tls_policy"),
        ({"balancers": {"web_acl": ARN}, **INTERNAL}, "balancers/web_acl"),
        ({"alarms": {**DATABASES}}, "alarms/databases"),
        ({"alarms": {"caches": ["shop-cache"]}}, "alarms/caches"),
        ({"alarms": {"rules": {"service_cpu": False}}}, "alarms/rules"),
        ({"alarms": {"enabled": True, "rules": {"database_cpu": False}}}, "alarms/rules/database_cpu"),
        ({"alarms": {"enabled": True, "rules": {"queue_age": False}}}, "alarms/rules/queue_age"),
        ({"alarms": {"enabled": True, "rules": {"service_below": False}}}, "alarms/rules/service_below"),
        ({"registry": {"owner": "own", "readers": {"accounts": ["123456789012"]}}}, "registry/readers"),
        ({"dashboards": {"folder": "Shop"}}, "dashboards/folder"),
        ({"dashboards": {"datasource": "aws"}}, "dashboards/datasource"),
        ({"registry": {"owner": "own", "untagged_days": 3}}, "registry/untagged_days"),
        ({"registry": {"owner": "dev", "account": "123456789012"}}, "registry/account"),
    ],
)
def test_what_would_change_nothing_is_told(change: dict[str, Any], place: str) -> None:
    assert idle(change) == [place]


@pytest.mark.parametrize(
    "changes",
    [
        ({"vpn": {"ranges": ["10.9.0.0/16"]}}, {"discovery": {"namespace": "in.example.com"}}, BACKDOOR),
        ({"balancers": {"tls_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}}, {"domain": ZONE}),
        ({"balancers": {"web_acl": ARN}},),
        ({"alarms": {"email": ["ops@example.org"], **DATABASES, "rules": {"database_cpu": False}}},),
        ({"alarms": {"enabled": False, **DATABASES}},),
        ({"alarms": {"enabled": True, "rules": {"service_below": False}}}, {"cluster": {"insights": "enabled"}}),
        ({"registry": {"owner": "own", "account": "123456789012"}},),
        ({"registry": {"readers": {"accounts": ["123456789012"]}}},),
    ],
)
def test_what_has_an_effect_is_let_through(changes: tuple[dict[str, Any], ...]) -> None:
    assert idle(*changes) == []


def test_what_all_environments_share_may_be_for_another() -> None:
    change = {"registry": {"owner": "own", "untagged_days": 3}}
    assert without_effect(checked(change), {"network"}) == []


def test_without_web_processes_there_is_no_load_balancer_to_set() -> None:
    change: dict[str, Any] = {"balancers": {"log_days": 3}}
    settings = parse("dev", "eu-west-1", {**GOOD, "apps": {"api": {"processes": {"worker": {}}}}, **change})
    assert [one.path for one in without_effect(settings, change)] == ["balancers"]


def test_an_off_without_quotes_is_what_it_says() -> None:
    assert checked({"cluster": {"insights": False}}).cluster.insights is Insights.OFF
