import hashlib
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.projects import copied, edited_catalogue, project_copy
from tests.sandbox_project import SENTINEL, Site, until_it_says

pytestmark = pytest.mark.engine


def page(site: Site) -> str:
    with urllib.request.urlopen(site.url(), timeout=10) as answer:
        return str(answer.read().decode())


def rollouts(site: Site) -> dict[str, list[str]]:
    names = ("example-web", "example-worker")
    return {name: [row["id"] for row in found["deployments"]] for name, found in site.services(*names).items()}


def definition(site: Site, service: str) -> dict[str, Any]:
    arn = site.services(service)[service]["taskDefinition"]
    found: dict[str, Any] = site.aws("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return found


def release_of(site: Site, service: str) -> str:
    environment = definition(site, service)["containerDefinitions"][0]["environment"]
    return next(str(row["value"]) for row in environment if row["name"] == "SLIPWAY_RELEASE")


def releases(site: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(site.well("releases", "dev", "example", "--json"))
    return found


PLAIN_UP = """
import json, sys
from pathlib import Path
from driver.adapters.pulumi.stacks import PulumiStacks
from driver.core.values.existing import Nothing
from driver.core.ports import Update
tell = lambda line: print(line, file=sys.stderr)
changes = PulumiStacks(Path(sys.argv[1]), tell, Nothing()).up(Update(env="dev", message="up"), tell)
print(json.dumps([(row.operation, row.kind) for row in changes]))
"""


def plain_up(site: Site) -> "subprocess.CompletedProcess[str]":
    """What `pulumi up` does with the program, which knows nothing of the driver's ledger; its changes as JSON."""
    command = [sys.executable, "-c", PLAIN_UP, str(site.project)]
    return subprocess.run(command, env=site.environment, capture_output=True, text=True, check=False, timeout=300)


def engines(driver: int) -> list[int]:
    """The engines that a driver has started and that still run."""
    below = [pid for path in Path(f"/proc/{driver}/task").glob("*/children") for pid in path.read_text().split()]
    return [int(pid) for pid in below if Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi"]


def until_gone(pid: int) -> None:
    """An engine outlives its driver for a moment, in which it may still move a service."""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def checksums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def export(site: Site) -> str:
    command = ["pulumi", "stack", "export", "--stack", "dev"]
    done = subprocess.run(
        command, cwd=site.project, env=site.environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_the_platform_comes_up_on_the_bootstrap_image(platform: Site) -> None:
    assert "has no release yet" in page(platform)
    assert release_of(platform, "example-worker") == "v0"


def test_a_deploy_moves_all_processes_and_serves_the_page(released: Site) -> None:
    assert release_of(released, "example-web") == release_of(released, "example-worker") == "v1"
    assert "Hello" in page(released)


def test_the_targets_are_healthy(released: Site) -> None:
    group = released.services("example-web")["example-web"]["loadBalancers"][0]["targetGroupArn"]
    health = released.aws("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [row["TargetHealth"]["State"] for row in health if row["TargetHealth"]["State"] != "draining"] == [
        "healthy"
    ] * 2


def test_the_migration_ran_once_with_exit_code_0_and_its_log_is_kept(released: Site) -> None:
    ecs = released.aws("ecs")
    arns = ecs.list_tasks(cluster="dev", family="dev-example-release", desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster="dev", tasks=arns)["tasks"]
    assert [task["containers"][0]["exitCode"] for task in tasks] == [0]
    events = released.aws("logs").filter_log_events(logGroupName="/ecs/dev-example-release")["events"]
    assert any("Applying" in event["message"] for event in events)


def test_task_definitions_and_state_hold_references_and_no_value(released: Site) -> None:
    body = json.dumps(definition(released, "example-web"), default=str)
    state = export(released)
    assert "SECRET_KEY" in body and "SECRET_KEY" in state
    assert SENTINEL not in body
    assert SENTINEL not in state
    for done in released.story.values():
        assert SENTINEL not in done.stdout + done.stderr


def test_a_deploy_never_touches_an_app_whose_name_extends_its_own(released: Site) -> None:
    assert release_of(released, "example-two-worker") == "v0"
    assert "example-two" not in released.story["deploy"].stderr


def test_an_up_from_a_checkout_with_another_cpu_leaves_what_runs_alone(released: Site, tmp_path: Path) -> None:
    before = rollouts(released)
    with edited_catalogue(copied(released.project, tmp_path, "dev")) as apps:
        apps["example"]["processes"]["web"] |= {"cpu": 512, "memory": 1024}
    done = released.slipway("up", "dev", "--yes", "--json", project=tmp_path)
    assert done.returncode == 0, done.stderr
    kinds = [row["kind"] for row in json.loads(done.stdout)]
    assert not [kind for kind in kinds if "taskDefinition" in kind or "service:" in kind.lower()]
    brings = "takes effect with the next release: slipway deploy dev example --config-only"
    assert f"cpu 256 -> 512 {brings}" in done.stderr
    assert rollouts(released) == before


def test_a_second_up_changes_nothing_and_leaves_the_scale(released: Site) -> None:
    released.aws("ecs").update_service(cluster="dev", service="example-worker", desiredCount=3)
    assert json.loads(released.well("up", "dev", "--yes", "--json")) == []
    assert released.services("example-worker")["example-worker"]["desiredCount"] == 3
    released.aws("ecs").update_service(cluster="dev", service="example-worker", desiredCount=1)


def test_an_up_and_a_deploy_leave_the_checkout_as_it_was(released: Site, tmp_path: Path) -> None:
    assert checksums(released.project) == checksums(project_copy(tmp_path / "project"))


def test_a_deploy_which_evaluates_its_own_app_alone_loses_nothing_of_the_others(released: Site) -> None:
    outputs, before = (
        json.loads(text) for text in (released.well("outputs", "dev", "--json"), released.story["outputs"].stdout)
    )
    release = outputs["monitoring"]["apps"]["example"].pop("release")
    assert (release["number"], release["version"]) == (1, "v1")
    assert before["monitoring"]["apps"]["example"].pop("release")["number"] == 0
    assert outputs == before
    assert set(outputs["urls"]) == {"example", "example-two"}
    assert json.loads(released.well("preview", "dev", "--json")) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("deploy", "dev", "shop", "--image", "v1"), 3, "unknown app shop; the catalogue has example, example-two"),
        (("deploy", "test", "example", "--image", "v1"), 3, "unknown environment test; this project has dev"),
        (("deploy", "dev", "example"), 3, "either --image or --config-only"),
    ],
)
def test_what_cannot_be_deployed_is_one_sentence(
    released: Site, arguments: tuple[str, ...], code: int, words: str
) -> None:
    before = rollouts(released)
    done = released.slipway(*arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert rollouts(released) == before


def test_an_up_after_a_deploy_was_killed_in_mid_rollout_changes_nothing_that_runs(released: Site) -> None:
    released.push("v2")
    with released.started("deploy", "dev", "example", "--image", "v2") as deploy:
        told = until_it_says(deploy, "~ Service")
        (engine,) = engines(deploy.pid)
        deploy.kill()
    assert "rolling out example" in told
    until_gone(engine)
    before = {name: row["taskDefinition"] for name, row in released.services("example-web", "example-worker").items()}
    counts = {name: row["desiredCount"] for name, row in released.services(*before).items()}
    refused = released.slipway("up", "dev", "--yes")
    assert refused.returncode == 11, refused.stderr
    assert "is not finished" in refused.stderr
    up = plain_up(released)
    assert up.returncode == 0, up.stderr
    assert "killed and left its lock behind" in up.stderr
    # The former task definitions leave the state; at AWS they stay registered.
    touched = [row for row in json.loads(up.stdout) if row[0] != "delete-replaced"]
    assert [row for row in touched if row[1].startswith("aws:ecs")] == []
    after = released.services(*before)
    assert {name: row["taskDefinition"] for name, row in after.items()} == before
    assert {name: row["desiredCount"] for name, row in after.items()} == counts
    assert "Hello" in page(released)


def test_a_rollback_finishes_what_was_cut_off_and_goes_back_with_code_and_config(released: Site) -> None:
    first = next(row for row in releases(released) if row["release"] == 1)
    done = released.slipway("rollback", "dev", "example", "v1", "--json")
    assert done.returncode == 0, done.stderr
    assert "has not been heard of for 4 s: taking over the lock of example" in done.stderr
    # The kill came after one service was moved, or after both.
    finished = "was never finished, but all processes run it: it has succeeded" in done.stderr
    reverted = "was cut off in the middle of its rollout: reverting to v1" in done.stderr
    assert finished is not reverted, done.stderr
    pin, rows = json.loads(done.stdout), releases(released)
    assert (pin["copies"], pin["image"], pin["config"]) == (1, first["image"], first["config"])
    assert "started" not in {row["verdict"] for row in rows}
    assert (rows[1]["verdict"], rows[1]["kind"]) == ("succeeded", "deploy" if finished else "going back")
    assert (rows[0]["kind"], rows[0]["release"]) == ("rollback", pin["release"])
    running = {name: row["taskDefinition"] for name, row in released.services("example-web", "example-worker").items()}
    assert running == {"example-web": first["tasks"]["web"], "example-worker": first["tasks"]["worker"]}


def test_destroy_leaves_nothing_but_the_repositories(released: Site) -> None:
    released.well("destroy", "dev", "--yes")
    ecs, ec2 = released.aws("ecs"), released.aws("ec2")
    assert [row for row in ecs.list_clusters()["clusterArns"] if row.endswith("/dev")] == []
    assert [row for row in ec2.describe_vpcs()["Vpcs"] if not row["IsDefault"]] == []
    assert released.aws("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert released.aws("secretsmanager").list_secrets()["SecretList"] == []
    assert {row["repositoryName"] for row in released.aws("ecr").describe_repositories()["repositories"]} == {
        "slipway/bootstrap",
        "example",
        "example-two",
    }


def test_an_environment_comes_up_again_after_its_destruction(released: Site) -> None:
    released.well("up", "dev", "--yes")
    assert "has no release yet" in page(released)
