import json

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def test_a_process_stands_on_the_capacity_that_it_asks_for_and_others_on_the_environments(whole: Whole) -> None:
    found = {
        name: [(row["capacityProvider"], row["weight"]) for row in service["capacityProviderStrategy"]]
        for name, service in whole.services("shop-web", "shop-worker").items()
    }
    assert found["shop-worker"] == [("FARGATE_SPOT", 1)]
    assert sorted(found["shop-web"]) == [("FARGATE", 1), ("FARGATE_SPOT", 1)]


def test_the_cluster_has_insights_and_writes_down_every_session(whole: Whole) -> None:
    cluster = whole.aws("ecs").describe_clusters(clusters=["dev"], include=["SETTINGS", "CONFIGURATIONS"])["clusters"][
        0
    ]
    assert {"name": "containerInsights", "value": "enhanced"} in cluster["settings"]
    logged = cluster["configuration"]["executeCommandConfiguration"]
    assert logged["logging"] == "OVERRIDE"
    assert logged["logConfiguration"]["cloudWatchLogGroupName"] == "/slipway/dev/exec"


def test_only_a_process_that_asks_for_it_can_be_entered(whole: Whole) -> None:
    services = whole.services("shop-web", "shop-worker")
    assert {name: row["enableExecuteCommand"] for name, row in services.items()} == {
        "shop-web": False,
        "shop-worker": True,
    }
    policies = whole.of_type("aws:iam/rolePolicy:RolePolicy")
    assert "till.exec" not in policies
    policy = json.loads(policies["shop.exec"]["inputs"]["policy"])
    assert "ssmmessages:OpenDataChannel" in policy["Statement"][0]["Action"]
