"""Going back, and what stands in its way; and a Grafana that goes down while a release is under way."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from benchmarks.load import steady
from tests.driver.adapters.fake_receivers import TOKEN, Outside, listening
from tests.faults.app_environment import APP, Standing, Town
from tests.projects import edited

pytestmark = pytest.mark.engine
REASON = "drops the column parcel"


@dataclass(frozen=True)
class History:
    """The releases that this file is about: `good`, then `doomed`, then `better`, which nobody shall go back past."""

    town: Town
    good: int
    doomed: int
    better: int
    told: str

    def rollback(self, *arguments: str) -> Any:
        return self.town.slipway("rollback", "dev", APP, *arguments)

    def refused(self, before: Standing, code: int, *arguments: str) -> str:
        """A rollback that changes nothing; why."""
        done = self.rollback(*arguments)
        self.town.check(done, before, code=code, runs="better", verdicts=[])
        return str(done.stderr)


def pins(town: Town) -> dict[int, dict[str, Any]]:
    return {row["release"]: row for row in json.loads(town.well("releases", "dev", APP, "--json"))}


def kept(town: Town, tag: str) -> list[str]:
    rows = town.aws("ecr").describe_images(repositoryName=APP, imageIds=[{"imageTag": tag}])["imageDetails"]
    return sorted(name for name in rows[0]["imageTags"] if name.startswith("keep."))


@pytest.fixture(scope="module")
def history(town: Town) -> Iterator[History]:
    good = town.settled("good").release
    assert town.deploy(town.image("doomed")).returncode == 0
    doomed = town.standing().release
    town.well("config", "set", "dev", APP, "PARCELS", "--stdin", stdin="many")
    done = town.deploy(town.image("better"), "--no-rollback-past", "-m", REASON)
    assert done.returncode == 0, done.stderr
    yield History(town, good, doomed, town.standing().release, done.stderr)
    town.well("config", "unset", "dev", APP, "PARCELS", "--yes")


def test_a_rollback_past_a_release_that_is_marked_is_refused_with_its_reason(history: History) -> None:
    before = history.town.settled("better")
    told = history.refused(before, 4)
    assert f"v{history.better} is newer and marked --no-rollback-past: {REASON}" in told
    assert f"Undo: only by a new deploy, since v{history.better} is marked --no-rollback-past" in history.told


def test_a_rollback_to_an_image_that_is_gone_from_ecr_is_refused(history: History) -> None:
    town = history.town
    before = town.settled("better")
    assert kept(town, "doomed") == [f"keep.dev.{APP}.v{history.doomed}"]
    town.aws("ecr").batch_delete_image(repositoryName=APP, imageIds=[{"imageDigest": town.images["doomed"]}])
    told = history.refused(before, 4, f"v{history.doomed}", "--force-past", f"v{history.better}")
    assert f"the image of v{history.doomed} is gone from ECR: {town.images['doomed']}" in told


def test_a_rollback_to_a_config_that_has_lost_its_label_is_refused(history: History) -> None:
    town = history.town
    before, manager = town.settled("better"), town.aws("secretsmanager")
    version = pins(town)[history.good]["config"]
    rows = manager.list_secret_version_ids(SecretId=f"dev/{APP}", IncludeDeprecated=True)["Versions"]
    (label,) = (name for row in rows if row["VersionId"] == version for name in row["VersionStages"] if name[0] == "c")
    place = {"SecretId": f"dev/{APP}", "VersionStage": label}
    manager.update_secret_version_stage(**place, RemoveFromVersionId=version)
    try:
        told = history.refused(before, 4, f"v{history.good}", "--force-past", f"v{history.better}")
    finally:
        manager.update_secret_version_stage(**place, MoveToVersionId=version)
    assert f"the config of v{history.good} is gone from Secrets Manager: {version}" in told


def test_a_rollback_takes_code_and_config_back_leaves_the_scale_and_no_request_fails(history: History) -> None:
    town = history.town
    before, ecs = town.settled("better"), town.aws("ecs")
    ecs.update_service(cluster="dev", service=f"{APP}-web", desiredCount=2)
    with steady(town.url(APP)) as traffic:
        done = history.rollback(f"v{history.good}", "--force-past", f"v{history.better}")
    now = town.check(done, before, code=0, runs="good", verdicts=["succeeded"])
    assert (traffic.failures, len(traffic.seconds) > 20) == ([], True)
    counts = {name: row["desiredCount"] for name, row in town.services(f"{APP}-web", f"{APP}-worker").items()}
    assert counts == {f"{APP}-web": 2, f"{APP}-worker": 1}
    ecs.update_service(cluster="dev", service=f"{APP}-web", desiredCount=1)
    rows = pins(town)
    assert rows[now.release]["config"] == rows[history.good]["config"] != rows[history.better]["config"]
    assert rows[now.release]["tasks"] == rows[history.good]["tasks"]
    assert f"keep.dev.{APP}.v{now.release}" in kept(town, "good")
    assert "variables that go: PARCELS" in done.stderr
    assert "the database is not rolled back" in done.stderr
    assert f"Undo: slipway rollback dev {APP} v{history.better}" in done.stderr


@pytest.fixture
def grafana(town: Town) -> Iterator[Outside]:
    """A Grafana that the stack file names, for one test."""
    file = town.project / "Pulumi.dev.yaml"
    text = file.read_text()
    with listening() as outside:
        with edited(file) as stack:
            stack["slipway:notify"] = {"grafana": {"url": outside.url}}
        town.environment["GRAFANA_TOKEN"] = TOKEN
        try:
            yield outside
        finally:
            file.write_text(text)
            del town.environment["GRAFANA_TOKEN"]


def test_a_grafana_that_goes_down_in_mid_deploy_is_one_line_and_closes_what_was_killed_before(
    history: History, grafana: Outside
) -> None:
    town = history.town
    town.image("killed")
    before = town.settled("good")
    # What it took to get there was told of too.
    grafana.annotations.clear()
    with town.started("deploy", "dev", APP, "--image", "killed") as process:
        deadline = time.monotonic() + 120
        while not grafana.annotations and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    (begun,) = grafana.annotations.values()
    assert begun["timeEnd"] == begun["time"]
    grafana.down_after = 2
    done = town.deploy("better")
    verdicts = [row["verdict"] for row in town.standing().ledger if row["release"] > before.release]
    assert verdicts in (["succeeded", "failed"], ["succeeded", "release-failed"])
    town.check(done, before, code=0, runs="better", verdicts=verdicts)
    killed, alive = grafana.annotations.values()
    assert killed["timeEnd"] > killed["time"]
    assert {"rollback", "failed"} <= set(killed["tags"])
    assert alive["timeEnd"] == alive["time"]
    assert [line for line in done.stderr.splitlines() if "Grafana" in line] == [
        f"note: Grafana was not told of {APP} v{before.release + 2} (succeeded): it answered 500"
    ]
    assert TOKEN not in done.stderr + done.stdout


def test_a_rollback_onto_task_definitions_that_somebody_deregistered_registers_them_again(history: History) -> None:
    town = history.town
    before, ecs, old = town.settled("better"), town.aws("ecs"), pins(town)[history.good]
    for arn in old["tasks"].values():
        ecs.deregister_task_definition(taskDefinition=arn)
    done = history.rollback(f"v{history.good}", "--force-past", f"v{history.better}")
    now = town.check(done, before, code=0, runs="good", verdicts=["succeeded"])
    assert "web, worker: its task definition was deregistered; registered again" in done.stderr
    made = pins(town)[now.release]
    assert (made["image"], made["config"]) == (old["image"], old["config"])
    assert set(made["tasks"].values()).isdisjoint(old["tasks"].values())
    found = [ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"] for arn in made["tasks"].values()]
    assert [row["status"] for row in found] == ["ACTIVE"] * len(found)
