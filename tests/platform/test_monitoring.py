import json
from pathlib import Path

import pytest

from model.monitoring.output import Monitoring
from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def exported(whole: Whole) -> Monitoring:
    return Monitoring.model_validate(json.loads(whole.well("monitoring", "export", "dev")), extra="forbid")


def test_the_real_output_is_what_the_model_says_and_nothing_beside(whole: Whole, exported: Monitoring) -> None:
    assert Monitoring.model_validate(whole.outputs["monitoring"], extra="forbid") == exported
    assert (exported.environment, exported.region) == ("dev", "eu-west-1")


def test_every_service_but_backdoors_is_in_it_by_its_cloudwatch_dimensions(whole: Whole, exported: Monitoring) -> None:
    found = {
        (service.dimensions["ClusterName"], service.dimensions["ServiceName"])
        for app in exported.apps.values()
        for service in app.services.values()
    }
    arns = [
        arn
        for page in whole.aws("ecs").get_paginator("list_services").paginate(cluster="dev")
        for arn in page["serviceArns"]
    ]
    names = {arn.rsplit("/", 1)[1] for arn in arns}
    # One that is closed runs nothing, which is no reason to be alarmed.
    assert found == {("dev", name) for name in names if not name.endswith("-backdoor")}


def test_every_load_balancer_and_target_group_is_in_it_by_its_arn(whole: Whole, exported: Monitoring) -> None:
    services = [service for app in exported.apps.values() for service in app.services.values()]
    elb = whole.aws("elbv2")
    balancers = {row["LoadBalancerArn"] for row in elb.describe_load_balancers()["LoadBalancers"]}
    groups = {row["TargetGroupArn"] for row in elb.describe_target_groups()["TargetGroups"]}
    assert {service.load_balancer.arn for service in services if service.load_balancer} == balancers
    assert {group.arn for service in services for group in service.target_groups} == groups


def test_every_log_group_of_the_platform_is_in_it(whole: Whole, exported: Monitoring) -> None:
    made = {
        (row["outputs"]["name"], row["outputs"]["retentionInDays"])
        for row in whole.of_type("aws:cloudwatch/logGroup:LogGroup").values()
    }
    shown = [*exported.log_groups, *(group for app in exported.apps.values() for group in app.log_groups)]
    assert {(group.name, group.retention_days) for group in shown} == made


def test_prometheus_is_told_of_every_process_that_has_an_address(whole: Whole, tmp_path: Path) -> None:
    whole.well("monitoring", "export", "dev", "--format", "prometheus-sd", "--output", str(tmp_path / "targets.json"))
    groups = json.loads((tmp_path / "targets.json").read_text())
    urls = {url for app in whole.outputs["urls"].values() for url in app.values()}
    assert {f"{row['labels']['__scheme__']}://{row['targets'][0]}/" for row in groups} == urls
