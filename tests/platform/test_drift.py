import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/dev/shop-web",
    "ScalableDimension": "ecs:service:DesiredCount",
}


def another_revision(whole: Whole, arn: str) -> str:
    """What somebody else's tool would register: the same with another size."""
    ecs = whole.aws("ecs")
    row = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    kept = (
        "family",
        "networkMode",
        "requiresCompatibilities",
        "containerDefinitions",
        "executionRoleArn",
        "taskRoleArn",
    )
    made = ecs.register_task_definition(**{key: row[key] for key in kept}, cpu="512", memory="1024")
    return str(made["taskDefinition"]["taskDefinitionArn"])


def differences(whole: Whole) -> tuple[int, dict[tuple[str, str, str], dict[str, Any]]]:
    done = whole.slipway("drift", "dev", "--json")
    assert "Traceback" not in done.stderr
    return done.returncode, {(row["app"], row["process"], row["what"]): row for row in json.loads(done.stdout)}


def disturb(whole: Whole) -> str:
    """Somebody changes two services and the limits of one at ECS; the task definition that one runs now."""
    ecs, web = whole.aws("ecs"), whole.services("shop-web")["shop-web"]
    foreign = another_revision(whole, web["taskDefinition"])
    network = web["networkConfiguration"]["awsvpcConfiguration"]
    ecs.update_service(
        cluster="dev",
        service="shop-web",
        taskDefinition=foreign,
        networkConfiguration={"awsvpcConfiguration": {**network, "subnets": network["subnets"][:1]}},
        deploymentConfiguration={
            "minimumHealthyPercent": 50,
            "maximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        },
    )
    whole.aws("application-autoscaling").register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=9)
    ecs.update_service(cluster="dev", service="till-mailer", desiredCount=3)
    return foreign


def standing(whole: Whole) -> tuple[dict[str, Any], tuple[int, int]]:
    """What the two services are set to, and the limits of the first one."""
    keys = ("taskDefinition", "desiredCount", "networkConfiguration", "deploymentConfiguration")
    services = whole.services("shop-web", "till-mailer")
    (limits,) = whole.aws("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[TARGET["ResourceId"]]
    )["ScalableTargets"]
    found = {(name, key): row[key] for name, row in services.items() for key in keys}
    return found, (limits["MinCapacity"], limits["MaxCapacity"])


@dataclass(frozen=True)
class Disturbed:
    """The environment before and after somebody was at it; `foreign` is the task definition that is not ours."""

    before: tuple[dict[str, Any], tuple[int, int]]
    foreign: str
    rows: dict[tuple[str, str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def disturbed(whole: Whole) -> Iterator[Disturbed]:
    """Somebody was at ECS; at the end it is put back."""
    assert differences(whole) == (0, {})
    before, foreign = standing(whole), disturb(whole)
    code, rows = differences(whole)
    assert code == 13
    yield Disturbed(before, foreign, rows)
    if differences(whole) != (0, {}):
        whole.well("drift", "dev", "--overwrite", "--yes")


def test_what_somebody_changed_at_ecs_is_named_with_who_did_it(disturbed: Disturbed) -> None:
    rows, subnets = disturbed.rows, disturbed.before[0]["shop-web", "networkConfiguration"]["awsvpcConfiguration"]
    assert rows["shop", "web", "task definition"]["found"] == disturbed.foreign
    assert rows["shop", "web", "subnets"]["found"] == subnets["subnets"][:1]
    assert rows["shop", "web", "scaling limits"]["wanted"] == [1, 2]
    assert all(row["by"].startswith("test, 20") and row["by"].endswith("UTC") for row in rows.values()), rows
    assert {key for key in rows if rows[key]["wanted"] != rows[key]["found"]} == {
        ("shop", "web", "task definition"),
        ("shop", "web", "subnets"),
        ("shop", "web", "deployment percentages"),
        ("shop", "web", "circuit breaker"),
        ("shop", "web", "scaling limits"),
        ("till", "mailer", "desired count"),
    }


def test_it_is_put_back_with_a_yes_and_not_without(whole: Whole, disturbed: Disturbed) -> None:
    assert whole.slipway("drift", "dev", "--overwrite").returncode == 3
    assert whole.slipway("drift", "dev", "--overwrite", "--dry-run").returncode == 13
    assert differences(whole) == (13, disturbed.rows)
    done = whole.slipway("drift", "dev", "--overwrite", "--yes")
    assert done.returncode == 0, done.stderr
    assert differences(whole) == (0, {})
    assert standing(whole) == disturbed.before
