import http.client
from typing import Any

import pytest

from tests.whole.conftest import Whole

pytestmark = pytest.mark.engine


def asked(address: str, host: str) -> tuple[int, str]:
    """Status and text of an answer, asked for by a name that nobody resolves here."""
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("GET", "/", headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def balancers(whole: Whole) -> dict[str, Any]:
    return {row["LoadBalancerName"]: row for row in whole.aws("elbv2").describe_load_balancers()["LoadBalancers"]}


def test_all_public_processes_share_one_load_balancer_and_all_internal_ones_another(whole: Whole) -> None:
    found = balancers(whole)
    assert {name: row["Scheme"] for name, row in found.items()} == {
        "dev-public": "internet-facing",
        "dev-internal": "internal",
    }


def test_a_process_is_told_by_its_host_name_and_strangers_are_told_that_nobody_is_there(whole: Whole) -> None:
    address = balancers(whole)["dev-internal"]["DNSName"]
    assert asked(address, "till.example.com")[0] == 200
    assert asked(address, "other.example.com") == (404, "No process of this environment answers to this name.\n")


def test_without_a_host_name_the_address_that_is_shown_works_as_it_is(whole: Whole) -> None:
    url = whole.outputs["urls"]["shop"]["web"]
    assert url == whole.url("shop")
    assert asked(url.removeprefix("http://").strip("/"), "any.example.com")[0] == 200
