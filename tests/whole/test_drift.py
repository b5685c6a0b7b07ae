import json
from typing import Any

import pytest

from tests.whole.conftest import Whole

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


def test_what_somebody_changed_at_ecs_is_named_and_put_back(whole: Whole) -> None:
    assert differences(whole) == (0, {})
    ecs, before = whole.aws("ecs"), whole.services("shop-web", "till-mailer")
    runs = before["shop-web"]["taskDefinition"]
    foreign = another_revision(whole, runs)
    network = before["shop-web"]["networkConfiguration"]["awsvpcConfiguration"]
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
    code, rows = differences(whole)
    assert code == 13
    assert rows["shop", "web", "task definition"]["found"] == foreign
    assert rows["shop", "web", "subnets"]["found"] == network["subnets"][:1]
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
    assert whole.slipway("drift", "dev", "--overwrite").returncode == 3
    assert whole.slipway("drift", "dev", "--overwrite", "--dry-run").returncode == 13
    assert differences(whole) == (13, rows)
    done = whole.slipway("drift", "dev", "--overwrite", "--yes")
    assert done.returncode == 0, done.stderr
    assert differences(whole) == (0, {})
    after = whole.services("shop-web", "till-mailer")
    for name in before:
        for key in ("taskDefinition", "desiredCount", "networkConfiguration", "deploymentConfiguration"):
            assert after[name][key] == before[name][key], (name, key)
    limits = whole.aws("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[TARGET["ResourceId"]]
    )["ScalableTargets"]
    assert [(row["MinCapacity"], row["MaxCapacity"]) for row in limits] == [(1, 2)]
