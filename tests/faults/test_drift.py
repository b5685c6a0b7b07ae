"""Somebody deploys past Slipway: what is then, and what is made of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.app_environment import APP, Town

pytestmark = pytest.mark.engine
KEPT = ("family", "networkMode", "requiresCompatibilities", "containerDefinitions", "executionRoleArn", "taskRoleArn")
Change = Callable[[dict[str, Any]], None]


def deploys(town: Town, process: str, change: Change = lambda _container: None) -> str:
    """Another tool's deploy of one process, to its end: a revision with more memory, and whatever else is changed."""
    ecs, service = town.aws("ecs"), f"{APP}-{process}"
    row = ecs.describe_task_definition(taskDefinition=town.services(service)[service]["taskDefinition"])
    asked = {key: row["taskDefinition"][key] for key in KEPT}
    change(asked["containerDefinitions"][0])
    arn = str(ecs.register_task_definition(**asked, cpu="256", memory="1024")["taskDefinition"]["taskDefinitionArn"])
    ecs.update_service(cluster="dev", service=service, taskDefinition=arn)
    town.well("status", "dev", APP)
    return arn


def drift(town: Town, *options: str) -> Any:
    done = town.slipway("drift", "dev", *options)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_what_another_tool_deployed_becomes_a_release_that_one_can_go_back_from(town: Town) -> None:
    before = town.settled("good")
    runs = {process: deploys(town, process) for process in ("web", "worker")}
    assert drift(town).returncode == 13
    done = drift(town, "--adopt", "--yes", "-m", "by hand")
    assert done.returncode == 0, done.stderr
    after = town.standing()
    after.check_at_rest()
    newest = after.ledger[0]
    assert (newest["release"], newest["kind"], newest["verdict"]) == (before.release + 1, "adoption", "succeeded")
    assert newest["tasks"] == runs
    assert {row["taskDefinition"] for row in town.services(f"{APP}-web", f"{APP}-worker").values()} == set(
        runs.values()
    )
    assert drift(town).returncode == 0
    assert json.loads(town.well("preview", "dev", "--json")) == []
    back = town.slipway("rollback", "dev", APP, f"v{before.release}", "--yes")
    assert back.returncode == 0, back.stderr
    assert drift(town).returncode == 0


def test_one_process_with_an_image_of_its_own_is_refused_as_a_release_and_put_back(town: Town) -> None:
    other, before = town.image("other"), town.settled("good")

    def elsewhere(container: dict[str, Any]) -> None:
        container["image"] = f"{container['image'].rsplit('@', 1)[0]}@{town.images[other]}"

    deploys(town, "worker", elsewhere)
    refused = drift(town, "--adopt", "--yes")
    assert refused.returncode == 4, refused.stderr
    assert "its processes run different images" in refused.stderr
    assert town.since(before) == []
    town.aws("ecs").update_service(cluster="dev", service=f"{APP}-web", desiredCount=2)
    done = drift(town, "--overwrite", "--yes")
    assert done.returncode == 0, done.stderr
    assert town.since(before) == []
    town.standing().check_at_rest()
    assert town.services(f"{APP}-web")[f"{APP}-web"]["desiredCount"] == 1
    assert drift(town).returncode == 0


def test_a_scale_is_adopted_by_the_lines_that_the_settings_lack(town: Town) -> None:
    town.settled("good")
    town.aws("ecs").update_service(cluster="dev", service=f"{APP}-worker", desiredCount=2)
    done = drift(town, "--adopt", "--yes")
    assert done.returncode == 13, done.stderr
    assert "        worker: {count: 2}" in done.stderr
    assert drift(town, "--overwrite", "--yes").returncode == 0
