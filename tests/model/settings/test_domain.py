from typing import Any

import pytest

from model.iam.buckets import access_logs
from model.settings.environment import Settings
from model.settings.parse import parse
from tests.model.refusals import refusing

ZONE = {"name": "example.com", "id": "Z0123456789ABCDEFGHIJ"}
DOMAIN = {"name": "dev.example.com", "zone": ZONE}
ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
ACL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edge/11111111-2222-3333-4444-555555555555"
PAIR = {"heroku": "calm-river-1.herokudns.com", "weights": {"heroku": 90, "aws": 10}}


def settings(hosts: list[str] | None = None, **more: Any) -> Settings:
    apps = {"shop": {"processes": {"web": {"port": 8000, "hosts": hosts or []}, "worker": {}}}}
    network = {"zones": ["eu-west-1a", "eu-west-1b"]}
    return parse("dev", "eu-west-1", {"apps": apps, "network": network, **more})


def domain(**change: Any) -> dict[str, Any]:
    return {"domain": {**DOMAIN, **change}}


def cutover(host: str = "www.example.com", **change: Any) -> dict[str, Any]:
    return {"domain": DOMAIN, "cutover": {host: {**PAIR, **change}}}


def test_one_certificate_is_good_for_every_app_of_the_domain() -> None:
    found = settings(domain=DOMAIN).domain
    assert found is not None
    assert (found.wildcard, found.secure) == ("*.dev.example.com", True)
    assert found.covers("shop.dev.example.com")
    assert not found.covers("dev.example.com")
    assert not found.covers("a.b.dev.example.com")


def test_only_names_in_the_zone_are_led_there() -> None:
    found = settings(domain=DOMAIN).domain
    assert found is not None
    assert found.zone_of("www.example.com") == found.zone_of("example.com") == ZONE["id"]
    assert found.zone_of("www.badexample.com") is None


def test_a_certificate_that_exists_is_taken_to_be_good_for_every_name() -> None:
    assert settings(["www.example.org"], domain={"name": "dev.example.com", "certificate": ARN}).doors


def test_without_zone_and_certificate_any_name_will_do() -> None:
    found = settings(["www.example.org"], domain={"name": "dev.example.com"}).domain
    assert found is not None
    assert not found.secure


def test_a_name_moves_by_weight() -> None:
    found = settings(["www.example.com"], **cutover()).cutover["www.example.com"]
    assert (found.weights.heroku, found.weights.aws) == (90, 10)


@pytest.mark.parametrize(
    ("hosts", "more", "reason"),
    [
        ([], domain(name="dev.example.org"), "dev.example.org is not in the zone example.com"),
        ([], domain(name="badexample.com"), "badexample.com is not in the zone example.com"),
        ([], domain(zone="example.com"), "domain/zone"),
        ([], domain(zone={"name": "example.com"}), "domain/zone/id: missing"),
        ([], domain(zone={**ZONE, "id": "/hostedzone/Z1"}), "is no id of a hosted zone; copy it"),
        ([], domain(certificate="arn:aws:iam::1:server-certificate/a"), "is no certificate of ACM; it is written"),
        ([], domain(certificate=ARN.replace("eu-west-1", "us-east-1")), "domain/certificate: it is in us-east-1;"),
        (["www.example.org"], domain(), "www.example.org is not in the zone of the domain, so no certificate"),
        ([], {"balancers": {"idle_timeout": 0}}, "balancers/idle_timeout"),
        ([], {"balancers": {"idle_timeout": 4001}}, "balancers/idle_timeout"),
        ([], {"balancers": {"tls_policy": "ELBSecurityPolicy-2016-08"}}, "is no policy with TLS 1.3"),
        ([], {"balancers": {"tls_policy": "ELBSecurityPolicy-TLS13-1-0-2021-06"}}, "is no policy with TLS 1.3"),
        ([], {"balancers": {"log_days": 0}}, "balancers/log_days"),
        ([], {"balancers": {"web_acl": "edge"}}, "edge is no regional web ACL; it is written arn:aws:wafv2"),
        (
            [],
            {"balancers": {"web_acl": ACL.replace("eu-west-1", "us-east-1")}},
            "balancers/web_acl: it is in us-east-1;",
        ),
        ([], {"balancers": {"web_acl": ACL.replace("regional", "global")}}, "is no regional web ACL"),
        ([], cutover(), "cutover/www.example.com: no process has this name; add it to the hosts"),
        (["www.example.com"], {"cutover": {"www.example.com": PAIR}}, "cutover/www.example.com: not in the zone"),
        (["example.com"], cutover("example.com"), "the top of a zone takes no CNAME"),
        (["example.com"], cutover("example.com"), "redirect it to www.example.com and move that"),
        (["www.example.com"], cutover(weights={"heroku": 0, "aws": 0}), "heroku and aws are both 0"),
        (["www.example.com"], cutover(weights={"heroku": 256, "aws": 0}), "use 255 or less"),
        (["www.example.com"], cutover(weights={"heroku": -1, "aws": 1}), "use 0 or more"),
        (["www.example.com"], cutover(weights={"heroku": 1}), "weights/aws: missing"),
        (["www.example.com"], cutover(heroku="heroku"), "heroku is no host name"),
        (["www.example.com"], cutover(errors=0), "use 1 or more"),
    ],
)
def test_a_domain_that_can_not_be_is_named_with_what_would_do(hosts: list[str], more: Any, reason: str) -> None:
    with refusing() as refused:
        settings(hosts, **more)
    refused.says(reason)


def test_only_load_balancers_of_the_account_write_and_nobody_comes_without_tls() -> None:
    write, tls = access_logs("logs", "123456789012")["Statement"]  # type: ignore[misc]
    assert write["Resource"] == "arn:aws:s3:::logs/AWSLogs/123456789012/*"
    assert "Condition" not in write
    assert (tls["Effect"], tls["Principal"], tls["Condition"]["Bool"]) == (
        "Deny",
        "*",
        {"aws:SecureTransport": "false"},
    )
