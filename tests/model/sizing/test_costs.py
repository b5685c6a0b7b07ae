"""What an environment costs, from its settings and what is counted."""

from typing import Any

import pytest

from model.settings.environment import Settings
from model.settings.parse import parse
from model.sizing.costs import ALARM, COMPOSITE, COUNTED, KEY, estimate
from model.sizing.prices import CHECKED, DATED, HOURS, LISTED

NETWORK = {"cidr": "10.32.0.0/16", "zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"], "nat": "per-zone"}
WEB = {"cpu": 512, "memory": 1024, "port": 8000, "scaling": {"min": 2, "max": 6}}
PRICE = LISTED["eu-west-1"]


def made(processes: dict[str, Any] | None = None, network: dict[str, Any] | None = None, **more: Any) -> Settings:
    apps = {"shop": {"processes": processes or {"web": WEB, "worker": {"count": 1}}}}
    return parse("prod", "eu-west-1", {"apps": apps, "network": {**NETWORK, **(network or {})}, **more})


def monthly(settings: Settings, what: str, counted: dict[str, int] | None = None) -> float:
    return sum(line.monthly for line in estimate(settings, counted).lines if line.what == what)


def test_tasks_cost_by_the_hour_at_their_smallest_scale() -> None:
    assert monthly(made(), "Fargate vCPU") == pytest.approx((2 * 0.5 + 0.25) * PRICE.vcpu_hour * HOURS)
    assert monthly(made(), "Fargate memory") == pytest.approx((2 * 1 + 0.5) * PRICE.gb_hour * HOURS)
    assert monthly(made(), "Fargate Spot vCPU") == 0


def test_what_runs_on_spot_by_its_weight_costs_less() -> None:
    settings = made({"worker": {"count": 4}}, capacity={"fargate": 1, "spot": 3})
    assert monthly(settings, "Fargate vCPU") == pytest.approx(0.25 * PRICE.vcpu_hour * HOURS)
    assert monthly(settings, "Fargate Spot vCPU") == pytest.approx(0.75 * PRICE.vcpu_hour * PRICE.spot * HOURS)


def test_arm_is_cheaper_and_a_line_of_its_own() -> None:
    settings = made({"web": WEB, "worker": {"count": 2, "architecture": "arm64"}})
    assert monthly(settings, "Fargate ARM64 vCPU") == pytest.approx(0.5 * PRICE.vcpu_hour * PRICE.arm * HOURS)
    assert monthly(settings, "Fargate vCPU") == pytest.approx(1.0 * PRICE.vcpu_hour * HOURS)


def test_a_shared_load_balancer_is_paid_once() -> None:
    processes = {"web": WEB, "admin": {**WEB, "port": 8001}}
    assert monthly(made(processes, ingress="shared"), "load balancers") == pytest.approx(PRICE.balancer_hour * HOURS)
    assert monthly(made(processes), "load balancers") == pytest.approx(2 * PRICE.balancer_hour * HOURS)


def test_every_nat_gateway_and_every_node_of_a_public_load_balancer_has_an_address_to_pay() -> None:
    assert monthly(made(), "NAT gateways") == pytest.approx(3 * PRICE.nat_hour * HOURS)
    assert monthly(made(), "load balancers") == pytest.approx(PRICE.balancer_hour * HOURS)
    assert monthly(made(), "public IPv4 addresses") == pytest.approx((3 + 3) * PRICE.address_hour * HOURS)
    inside = made({"web": {**WEB, "public": False}})
    assert monthly(inside, "public IPv4 addresses") == pytest.approx(3 * PRICE.address_hour * HOURS)


def test_endpoints_cost_in_each_zone_and_soon_more_than_the_nat_that_they_replace() -> None:
    names = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
    settings = made(network={"nat": "none", "endpoints": names})
    assert monthly(settings, "NAT gateways") == 0
    assert monthly(settings, "interface endpoints") == pytest.approx(12 * PRICE.endpoint_hour * HOURS)


def test_alarms_of_scaling_come_two_by_two_and_all_others_are_counted() -> None:
    counted = {ALARM: 10, COMPOSITE: 2, KEY: 1, "aws:ec2/vpc:Vpc": 7}
    assert monthly(made(), "alarms of scaling", counted) == pytest.approx(0.20)
    assert monthly(made(), "alarms", counted) == pytest.approx(1.00)
    assert monthly(made(), "composite alarms", counted) == pytest.approx(1.00)
    assert monthly(made(), "KMS keys", counted) == pytest.approx(1.00)
    assert any("not up yet" in line for line in estimate(made()).assumptions)
    assert not any("not up yet" in line for line in estimate(made(), counted).assumptions)


def test_a_longer_retention_costs_more_and_images_cost_where_they_are_owned() -> None:
    assert monthly(made(log_days=90), "logs kept") == pytest.approx(3 * monthly(made(), "logs kept"))
    assert monthly(made(), "images kept") == 0
    assert monthly(made(registry={"owner": "prod"}), "images kept") > 0


def test_container_insights_cost_only_where_they_are_on() -> None:
    costs = [monthly(made(cluster={"insights": how}), "Container Insights") for how in ("off", "enabled", "enhanced")]
    assert costs[0] == 0
    assert all(costs[1:])


def test_the_total_is_the_sum_and_every_line_has_its_price_and_unit() -> None:
    found = estimate(made(), dict.fromkeys(COUNTED, 1))
    plain = found.plain()
    assert found.total > 100
    assert found.total == pytest.approx(sum(line.monthly for line in found.lines))
    assert all(line.price > 0 and line.unit and line.amount > 0 for line in found.lines)
    assert (plain["prices"], plain["currency"]) == (DATED, "USD")


def test_a_region_without_listed_prices_says_whose_were_taken() -> None:
    zones = ["ap-south-1a", "ap-south-1b"]
    settings = parse("prod", "ap-south-1", {"apps": {"shop": {"processes": {"web": WEB}}}, "network": {"zones": zones}})
    found = estimate(settings)
    assert found.region == "us-east-1"
    assert "ap-south-1 are not listed here" in found.assumptions[0]


@pytest.mark.parametrize("region", LISTED)
def test_prices_that_nobody_has_compared_with_aws_say_so(region: str) -> None:
    network = {"zones": [f"{region}a", f"{region}b"]}
    given = {"apps": {"shop": {"processes": {"worker": {"count": 1}}}}, "network": network}
    (first, *_) = estimate(parse("prod", region, given)).assumptions
    assert ("nobody has compared them" in first) is (region not in CHECKED)


def test_dashboards_in_cloudwatch_are_paid_by_the_piece() -> None:
    assert monthly(made(), "dashboards") == 0
    assert monthly(made(dashboards={"cloudwatch": True}), "dashboards") == pytest.approx(6.00)
