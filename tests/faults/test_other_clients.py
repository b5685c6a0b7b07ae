"""Other people's tools on what Slipway has made: fabfuel's ecs-deploy itself, and the calls of the AWS CLI."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.app_environment import APP, Row, Town
from tests.projects import edited_catalogue

pytestmark = pytest.mark.engine
ECS_DEPLOY = Path(sys.prefix) / "clients/bin/ecs"
PROCESSES = ("web", "worker")


def ecs(town: Town, command: str, process: str, *options: str) -> None:
    """A command of ecs-deploy, which deregisters the task definition that was there before."""
    assert ECS_DEPLOY.exists(), "the clients are not installed: make clients"
    done = subprocess.run(
        [str(ECS_DEPLOY), command, "dev", f"{APP}-{process}", *options],
        env={**town.environment, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def done_well(town: Town, *arguments: str) -> str:
    done = town.slipway(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stderr)


def definition(town: Town, process: str) -> Row:
    service = f"{APP}-{process}"
    arn = town.services(service)[service]["taskDefinition"]
    found: Row = town.aws("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return found


def variables(town: Town, process: str) -> dict[str, str]:
    return {row["name"]: row["value"] for row in definition(town, process)["containerDefinitions"][0]["environment"]}


def newest(town: Town) -> Row:
    """The newest release in the ledger, which is what runs: each process, and what it runs on."""
    row: Row = town.standing().ledger[0]
    for process in PROCESSES:
        found = definition(town, process)
        ran = row["processes"][process]
        assert (ran["task"], ran["image"]) == (found["taskDefinitionArn"], found["containerDefinitions"][0]["image"])
        assert (ran["cpu"], ran["memory"]) == (int(found["cpu"]), int(found["memory"]))
    return row


def said_to_type(told: str, word: str) -> list[str]:
    """The command that a message names after a word, as it is typed."""
    assert word in told, told
    return told.partition(word)[2].splitlines()[0].split()


def test_what_ecs_deploy_has_deregistered_stands_in_nobodys_way(town: Town) -> None:
    other, before = town.image("other"), town.settled("good")
    for process in PROCESSES:
        ecs(town, "deploy", process, "-e", "app", "X", "1")
    assert town.slipway("drift", "dev").returncode == 13
    told = done_well(town, "deploy", "dev", APP, "--image", other)
    assert f"{APP}-web runs dev-{APP}-web:" in told and "this overwrites what somebody has changed" in told
    assert newest(town)["verdict"] == "succeeded"
    assert "X" not in variables(town, "web")
    done_well(town, "rollback", "dev", APP, f"v{before.release}", "--yes")
    assert newest(town)["copies"] == before.release
    assert town.slipway("drift", "dev").returncode == 0


def test_it_can_be_put_back_although_it_was_deregistered(town: Town) -> None:
    before = town.settled("good")
    was = variables(town, "web")
    for process in PROCESSES:
        ecs(town, "deploy", process, "-e", "app", "X", "1")
    assert variables(town, "web")["X"] == "1"
    told = done_well(town, "drift", "dev", "--overwrite", "--yes")
    assert "was deregistered; registered again as" in told
    assert variables(town, "web") == was
    assert town.since(before) == []
    assert town.slipway("drift", "dev").returncode == 0
    town.standing().check_at_rest()
    done_well(town, "deploy", "dev", APP, "--config-only")
    assert newest(town)["verdict"] == "succeeded"


def test_it_can_be_kept_and_the_way_back_that_is_named_is_to_what_was_pinned(town: Town) -> None:
    before = town.settled("good")
    for process in PROCESSES:
        ecs(town, "deploy", process, "-e", "app", "X", "1", "--task-memory", "1024")
    told = done_well(town, "drift", "dev", "--adopt", "--yes")
    row = newest(town)
    assert (row["kind"], row["verdict"], row["processes"]["web"]["memory"]) == ("adoption", "succeeded", 1024)
    undo = said_to_type(told, "Undo: slipway ")
    assert undo == ["rollback", "dev", APP, f"v{before.release}"]
    done_well(town, *undo, "--yes")
    assert "X" not in variables(town, "worker")
    assert newest(town)["processes"]["web"]["memory"] == 512
    assert town.slipway("drift", "dev").returncode == 0


def test_a_deploy_that_fails_over_another_image_of_one_process_leaves_what_ran_and_calls_it_mixed(town: Town) -> None:
    other, before = town.image("other"), town.settled("good")
    image = definition(town, "web")["containerDefinitions"][0]["image"].rsplit("@", 1)[0]
    ecs(town, "deploy", "web", "-i", "app", f"{image}@{town.images[other]}")
    done = town.deploy(town.image("crashing-web", web="crashes"))
    assert done.returncode == 6, done.stderr
    mixed = newest(town)
    assert (mixed["kind"], mixed["verdict"]) == ("going back", "mixed")
    assert town.standing().runs == {"web": town.images[other], "worker": town.images["good"]}
    assert "which is mixed, and nothing goes back to it" in done.stderr
    listed: list[dict[str, Any]] = json.loads(town.well("releases", "dev", APP, "--json"))
    assert [row["release"] for row in listed if row["current"]] == [mixed["release"]]
    status = json.loads(town.well("status", "dev", APP, "--json"))
    assert status["release"] == f"v{mixed['release']}"
    way = said_to_type(done.stderr, "To a good release: slipway ")
    done_well(town, *way, "--yes")
    now = town.standing()
    now.check_at_rest()
    assert now.pinned == town.images["good"] and now.ledger[0]["copies"] == before.release


def test_a_log_group_that_is_gone_stops_a_deploy_before_it_migrates(town: Town) -> None:
    before, logs, group = town.settled("good"), town.aws("logs"), f"/ecs/dev-{APP}-worker"
    logs.delete_log_group(logGroupName=group)
    try:
        for command in (("deploy", "dev", APP, "--config-only"), ("rollback", "dev", APP, "--yes")):
            refused = town.slipway(*command)
            assert refused.returncode == 4, refused.stderr
            assert f"would start: LogGroup {group}" in refused.stderr
            assert "Run `slipway up dev` first: it makes anew what is gone" in refused.stderr
        assert town.since(before) == []
    finally:
        logs.create_log_group(logGroupName=group)
    done_well(town, "deploy", "dev", APP, "--config-only")


def test_somebodys_new_deployment_of_the_very_same_in_the_middle_of_a_rollout_is_followed(town: Town) -> None:
    other, before = town.image("other"), town.settled("good")
    was = town.services(f"{APP}-web")[f"{APP}-web"]["taskDefinition"]
    with town.started("deploy", "dev", APP, "--image", other) as process:
        deadline = time.monotonic() + 120
        while town.services(f"{APP}-web")[f"{APP}-web"]["taskDefinition"] == was and time.monotonic() < deadline:
            time.sleep(0.1)
        town.aws("ecs").update_service(cluster="dev", service=f"{APP}-web", forceNewDeployment=True)
        assert process.wait(timeout=180) == 0
    assert town.since(before) == ["succeeded"]
    assert newest(town)["verdict"] == "succeeded"
    town.standing().check_at_rest()


def test_a_lock_of_a_machine_that_is_gone_is_taken_by_the_command_that_names_it(town: Town) -> None:
    key = ".pulumi/locks/organization/slipway/dev/11111111-2222-3333-4444-555555555555.json"
    holder = {"pid": 4, "username": "ci", "hostname": "gone", "timestamp": "2026-11-24T12:00:00Z"}
    town.aws("s3").put_object(Bucket=town.bucket, Key=key, Body=json.dumps(holder).encode())
    told = town.well("lock", "release", "dev", "--dry-run")
    assert "ci@gone (process 4" in told
    assert town.standing().engine_locks != []
    town.well("lock", "release", "dev", "--yes")
    assert town.standing().engine_locks == []
    assert "nobody changes dev" in town.well("lock", "release", "dev", "--yes")


def test_what_is_wrong_with_another_app_stops_no_deploy(town: Town) -> None:
    with edited_catalogue(town.project) as apps:
        apps["other"] = {"processes": {"web": {"cpu": 3}}}
    try:
        done = town.slipway("deploy", "dev", APP, "--config-only")
        assert (done.returncode, "apps/other/processes/web/cpu: 3 is not" in done.stderr) == (0, True), done.stderr
        assert town.slipway("up", "dev", "--yes").returncode == 3
    finally:
        with edited_catalogue(town.project) as apps:
            del apps["other"]
