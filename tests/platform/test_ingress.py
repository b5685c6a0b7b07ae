import http.client
import shutil
from pathlib import Path
from typing import Any

import pytest

from driver.errors import ExitCode
from tests.platform.conftest import Whole
from tests.projects import edited_catalogue

pytestmark = pytest.mark.engine


def asked(address: str, host: str, port: int = 80) -> tuple[int, str, str]:
    """Status, text and new place of an answer, asked for by a name that nobody resolves here.

    The address has a port of its own where the sandbox can't bind low ones.
    """
    place, _, shifted = address.partition(":")
    connection = http.client.HTTPConnection(place, port + 8000 if shifted else port, timeout=30)
    connection.request("GET", "/", headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers.get("Location", "")


def balancers(whole: Whole) -> dict[str, Any]:
    return {row["LoadBalancerName"]: row for row in whole.aws("elbv2").describe_load_balancers()["LoadBalancers"]}


def listeners(whole: Whole, name: str) -> dict[int, Any]:
    arn = balancers(whole)[name]["LoadBalancerArn"]
    return {row["Port"]: row for row in whole.aws("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]}


def records(whole: Whole, name: str) -> list[dict[str, Any]]:
    """All records of a name, by what tells them apart."""
    zones = whole.aws("route53").list_hosted_zones()["HostedZones"]
    zone = next(row["Id"] for row in zones if row["Name"] == "example.com.")
    found = whole.aws("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [row for row in found if row["Name"] == f"{name}."]


def test_all_public_processes_share_one_load_balancer_and_all_internal_ones_another(whole: Whole) -> None:
    found = {name: row["Scheme"] for name, row in balancers(whole).items()}
    assert found == {"dev-public": "internet-facing", "dev-internal": "internal"}


def test_a_process_is_told_by_its_host_name_and_strangers_are_told_that_nobody_is_there(whole: Whole) -> None:
    address = balancers(whole)["dev-internal"]["DNSName"]
    for host in ("till.dev.example.com", "till.example.com"):
        assert asked(address, host, 443)[0] == 200
    assert asked(address, "other.example.com", 443)[:2] == (
        404,
        "No process of this environment answers to this name.\n",
    )


def test_who_comes_without_tls_is_led_to_https(whole: Whole) -> None:
    status, _, place = asked(balancers(whole)["dev-public"]["DNSName"], "shop.dev.example.com")
    assert (status, place.startswith("https://shop.dev.example.com:443/")) == (301, True)
    secure = listeners(whole, "dev-public")[443]
    assert (secure["Protocol"], secure["SslPolicy"]) == ("HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert whole.outputs["urls"]["shop"]["web"] == "https://shop.dev.example.com/"


def test_one_certificate_is_good_for_all_names_under_the_domain_and_each_other_name_has_its_own(whole: Whole) -> None:
    acm = whole.aws("acm")
    arns = {row["DomainName"]: row["CertificateArn"] for row in acm.list_certificates()["CertificateSummaryList"]}
    assert set(arns) == {"*.dev.example.com", "till.example.com", "www.example.com", "shop.example.com"}
    secure = listeners(whole, "dev-public")[443]["ListenerArn"]
    rows = whole.aws("elbv2").describe_listener_certificates(ListenerArn=secure)["Certificates"]
    assert {row["CertificateArn"]: row["IsDefault"] for row in rows} == {
        arns["*.dev.example.com"]: True,
        arns["www.example.com"]: False,
        arns["shop.example.com"]: False,
    }


def test_each_name_leads_to_the_load_balancer_of_its_process(whole: Whole) -> None:
    found = balancers(whole)
    names = {"shop.dev": "dev-public", "shop": "dev-public", "till.dev": "dev-internal", "till": "dev-internal"}
    for name, balancer in names.items():
        (row,) = records(whole, f"{name}.example.com")
        assert (row["Type"], row["AliasTarget"]["DNSName"].rstrip(".")) == ("A", found[balancer]["DNSName"])


def test_a_name_that_moves_is_two_records_of_one_kind_and_aws_is_left_out_when_it_fails(whole: Whole) -> None:
    rows = {row["SetIdentifier"]: row for row in records(whole, "www.example.com")}
    assert {name: (row["Type"], row["TTL"], row["Weight"]) for name, row in rows.items()} == {
        "heroku": ("CNAME", 60, 90),
        "aws": ("CNAME", 60, 10),
    }
    assert rows["heroku"]["ResourceRecords"] == [{"Value": "calm-river-1.herokudns.com"}]
    assert "HealthCheckId" not in rows["heroku"]
    route53 = whole.aws("route53")
    health = route53.get_health_check(HealthCheckId=rows["aws"]["HealthCheckId"])["HealthCheck"]["HealthCheckConfig"]
    assert (health["Type"], health["HealthThreshold"], len(health["ChildHealthChecks"])) == ("CALCULATED", 2, 2)
    watched = [
        route53.get_health_check(HealthCheckId=child)["HealthCheck"]["HealthCheckConfig"]["AlarmIdentifier"]["Name"]
        for child in health["ChildHealthChecks"]
    ]
    alarms = whole.aws("cloudwatch").describe_alarms(AlarmNames=watched)["MetricAlarms"]
    assert {row["MetricName"] for row in alarms} == {"HealthyHostCount", "HTTPCode_Target_5XX_Count"}


def test_access_logs_go_to_a_private_bucket_of_the_account_and_for_a_while_only(whole: Whole) -> None:
    s3, bucket = whole.aws("s3"), "slipway-dev-eu-west-1-000000000000-access-logs"
    for row in balancers(whole).values():
        found = whole.aws("elbv2").describe_load_balancer_attributes(LoadBalancerArn=row["LoadBalancerArn"])
        values = {one["Key"]: one["Value"] for one in found["Attributes"]}
        assert (values["access_logs.s3.enabled"], values["access_logs.s3.bucket"]) == ("true", bucket)
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["Expiration"] == {"Days": 30}
    (key,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert key["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_a_web_acl_stands_before_what_the_internet_reaches(whole: Whole) -> None:
    found = whole.of_type("aws:wafv2/webAclAssociation:WebAclAssociation")
    assert set(found) == {"dev.public"}


@pytest.mark.parametrize(
    "command", [("up", "dev", "--yes"), ("preview", "dev"), ("deploy", "dev", "shop", "--config-only")]
)
def test_another_port_is_refused_before_a_target_group_is_taken_from_under_its_tasks(
    whole: Whole, tmp_path: Path, command: tuple[str, ...]
) -> None:
    before, project = whole.state(), shutil.copytree(whole.project, tmp_path / "project")
    with edited_catalogue(project) as apps:
        apps["shop"]["processes"]["web"]["port"] = 9000
    done = whole.slipway(*command, project=project)
    assert done.returncode == ExitCode.NOT_READY, done.stderr
    assert "apps/shop/processes/web/port: 9000 would take away the target group with port 8000" in done.stderr
    assert whole.state() == before
