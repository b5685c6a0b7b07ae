import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine

PATIENCE = 60


def service(whole: Whole) -> dict[str, Any]:
    found: dict[str, Any] = whole.services("shop-backdoor")["shop-backdoor"]
    return found


def until(ask: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ask():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_backdoor_has_no_task_and_takes_sessions_and_is_never_on_spot(whole: Whole) -> None:
    found = service(whole)
    assert (found["desiredCount"], found["enableExecuteCommand"]) == (0, True)
    assert [row["capacityProvider"] for row in found["capacityProviderStrategy"]] == ["FARGATE"]


def test_what_opening_it_would_do_is_told_to_scripts_too(whole: Whole) -> None:
    told = json.loads(whole.well("backdoor", "open", "dev", "shop", "--dry-run", "--json"))
    assert (told["service"], told["dry_run"]) == ("shop-backdoor", True)


def test_only_an_app_that_asks_for_one_has_a_backdoor(whole: Whole) -> None:
    assert whole.services("till-backdoor") == {}


def test_it_stands_in_private_subnets_and_only_the_vpn_gets_in(whole: Whole) -> None:
    network = service(whole)["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "DISABLED"
    subnets = whole.aws("ec2").describe_subnets(SubnetIds=network["subnets"])["Subnets"]
    assert {tag["Value"] for row in subnets for tag in row["Tags"] if tag["Key"] == "SubnetType"} == {"Private"}
    own = whole.of_type("aws:ec2/securityGroup:SecurityGroup")["shop.backdoor"]["id"]
    assert own in network["securityGroups"]
    rules = [
        row["outputs"]
        for row in whole.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").values()
        if row["outputs"]["securityGroupId"] == own
    ]
    assert {(row["cidrIpv4"], row["fromPort"], row["toPort"]) for row in rules} == {
        ("10.200.0.0/16", 22, 22),
        ("10.200.0.0/16", 8888, 8888),
    }


def test_its_role_may_open_sessions_and_do_what_the_app_may(whole: Whole) -> None:
    [definition] = [
        row["outputs"]
        for name, row in whole.of_type("aws:ecs/taskDefinition:TaskDefinition").items()
        if name == "shop.backdoor"
    ]
    role = definition["taskRoleArn"].rsplit("/", 1)[1]
    assert role == "dev-eu-west-1-shop-backdoor"
    policies = whole.of_type("aws:iam/rolePolicy:RolePolicy")
    actions = {
        action
        for row in policies.values()
        if row["outputs"]["role"] == role
        for statement in json.loads(row["outputs"]["policy"])["Statement"]
        for action in statement["Action"]
    }
    assert {"ssmmessages:OpenDataChannel", "s3:GetObject"} <= actions


def test_an_open_backdoor_has_a_name_and_a_closed_one_has_none(whole: Whole) -> None:
    ecs, cloud_map = whole.aws("ecs"), whole.aws("servicediscovery")
    [namespace] = cloud_map.list_namespaces()["Namespaces"]
    assert (namespace["Name"], namespace["Type"]) == ("internal.dev.example.com", "DNS_PRIVATE")
    [registry] = [row["Id"] for row in cloud_map.list_services()["Services"] if row["Name"] == "backdoor.shop"]

    def addresses() -> list[str]:
        rows = cloud_map.list_instances(ServiceId=registry)["Instances"]
        return [row["Attributes"]["AWS_INSTANCE_IPV4"] for row in rows]

    assert addresses() == []
    ecs.update_service(cluster="dev", service="shop-backdoor", desiredCount=1)
    until(lambda: len(addresses()) == 1)
    ecs.update_service(cluster="dev", service="shop-backdoor", desiredCount=0)
    until(lambda: addresses() == [])
