import json
from typing import Any

import pytest

from sandbox import quotas
from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def change(whole: Whole, value: float) -> None:
    quotas.change(whole.environment["AWS_ENDPOINT_URL"], "eu-west-1", "fargate", "L-3032A538", value=value)


def answer(whole: Whole, *words: str) -> tuple[int, dict[str, Any], dict[str, dict[str, Any]]]:
    done = whole.slipway("quotas", "dev", "--json", *words)
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    return done.returncode, found, {row["quota"]: row for row in found["quotas"]}


def test_an_environment_that_is_up_has_what_it_needs_and_counts_once(whole: Whole) -> None:
    change(whole, 100)
    code, _, rows = answer(whole)
    assert code == 0
    for key in ("vpcs", "load-balancers", "target-groups", "elastic-ips", "clusters", "secrets", "roles"):
        assert (
            rows[key]["ours"] == rows[key]["need"] == rows[key]["expected"] - rows[key]["used"] + rows[key]["ours"]
        ), key
    for key in ("subnets-per-vpc", "blocks-per-vpc", "services-per-cluster", "rules-per-group"):
        assert 0 < rows[key]["ours"] <= rows[key]["need"], key
    assert rows["fargate-vcpu"]["ours"] + rows["fargate-spot-vcpu"]["ours"] > 0


def test_what_does_not_fit_is_asked_for_once_and_fits_when_aws_grants_it(whole: Whole) -> None:
    change(whole, 1)
    code, found, rows = answer(whole, "--request", "--dry-run")
    assert (code, rows["fargate-vcpu"]["state"]) == (4, "does not fit")
    [wanted] = [row for row in found["requests"] if row["quota"] == "fargate-vcpu"]
    assert wanted["value"] >= rows["fargate-vcpu"]["expected"]
    history = {"ServiceCode": "fargate", "QuotaCode": "L-3032A538"}
    client = whole.aws("service-quotas")
    assert client.list_requested_service_quota_change_history_by_quota(**history)["RequestedQuotas"] == []
    assert whole.slipway("quotas", "dev", "--request").returncode == 3
    for _ in range(2):
        assert whole.slipway("quotas", "dev", "--request", "--yes").returncode == 4
    asked = client.list_requested_service_quota_change_history_by_quota(**history)["RequestedQuotas"]
    assert [row["DesiredValue"] for row in asked] == [wanted["value"]]
    change(whole, wanted["value"])
    assert answer(whole)[0] == 0
