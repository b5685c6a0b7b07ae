import json

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def test_the_estimate_prices_what_is_up_with_its_unit_prices_and_assumptions(whole: Whole) -> None:
    found = json.loads(whole.well("cost", "dev", "--json"))
    lines = {line["what"]: line for line in found["lines"]}
    assert lines["load balancers"]["amount"] == len(whole.of_type("aws:lb/loadBalancer:LoadBalancer"))
    assert lines["NAT gateways"]["amount"] == len(whole.of_type("aws:ec2/natGateway:NatGateway"))
    assert lines["secrets"]["amount"] == len(whole.of_type("aws:secretsmanager/secret:Secret"))
    alarms = len(whole.of_type("aws:cloudwatch/metricAlarm:MetricAlarm"))
    assert lines.get("alarms", {"amount": 0})["amount"] == alarms
    assert found["monthly"] == pytest.approx(sum(line["monthly"] for line in found["lines"]), abs=0.1)
    told = whole.slipway("cost", "dev")
    assert f"dev: about {found['monthly']:.0f} USD a month" in told.stdout
    assert all(line in told.stderr for line in found["assumptions"])
