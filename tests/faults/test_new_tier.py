"""A private tier that is added to a running platform: no service moves until its app is released."""

import json
from pathlib import Path
from typing import Any

import pytest

from driver.errors import ExitCode
from tests.faults.app_environment import Town
from tests.projects import copied, edited

pytestmark = pytest.mark.engine

TIER = "100.64.0.0/16"
OTHER = "100.65.0.0/16"
SERVICES = ("shop-web", "shop-worker")


def with_tier(town: Town, folder: Path) -> Path:
    """The town's project with one more private tier."""
    with edited(copied(town.project, folder, "dev") / "Pulumi.dev.yaml") as stack:
        stack["slipway:network"]["tiers"] = [{"cidr": TIER, "mask": 20}]
    return folder


def subnets(town: Town) -> dict[str, list[str]]:
    found = town.services(*SERVICES)
    return {name: row["networkConfiguration"]["awsvpcConfiguration"]["subnets"] for name, row in found.items()}


def rollouts(town: Town) -> dict[str, list[str]]:
    return {name: [row["id"] for row in found["deployments"]] for name, found in town.services(*SERVICES).items()}


def changed(text: str) -> list[dict[str, Any]]:
    return [row for row in json.loads(text) if row["kind"].startswith("aws:")]


def assert_no_swap(town: Town, project: Path) -> None:
    """One tier for another names the apps, and what to do first."""
    stack = project / "Pulumi.dev.yaml"
    stack.write_text(stack.read_text().replace(TIER, OTHER))
    done = town.slipway("up", "dev", "--yes", project=project)
    assert done.returncode == ExitCode.NOT_READY
    assert f"shop may still run there, while the tier {OTHER} is still to be built" in done.stderr
    assert "put the old ones back beside the new" in done.stderr


def test_a_new_tier_is_only_created_and_reaches_an_app_with_its_next_release(town: Town, tmp_path: Path) -> None:
    town.settled("good")
    before, project = (subnets(town), rollouts(town)), with_tier(town, tmp_path)

    planned = changed(town.slipway("preview", "dev", "--json", project=project).stdout)
    assert {row["operation"] for row in planned} == {"create"}
    early = town.slipway("deploy", "dev", "shop", "--config-only", project=project)
    assert early.returncode == ExitCode.NOT_READY
    assert f"tier {TIER}, which nothing has built yet" in early.stderr
    assert "Run `slipway up dev` first" in early.stderr

    done = town.slipway("up", "dev", "--yes", "--json", project=project)
    assert done.returncode == 0, done.stderr
    assert {row["operation"] for row in changed(done.stdout)} == {"create"}
    assert (subnets(town), rollouts(town)) == before
    assert "shop.web: subnets 2 -> 4 takes effect with the next release: slipway deploy" in done.stderr

    assert json.loads(town.slipway("up", "dev", "--yes", "--json", project=project).stdout) == []

    town.image("moved")
    done = town.slipway("deploy", "dev", "shop", "--image", "moved", project=project)
    assert done.returncode == 0, done.stderr
    assert {name: len(row) for name, row in subnets(town).items()} == dict.fromkeys(SERVICES, 4)

    assert_no_swap(town, project)

    # The other way round the app leaves the tier first, and then it can go.
    used = town.slipway("up", "dev", "--yes")
    assert used.returncode == ExitCode.NOT_READY
    assert "slipway deploy dev shop --config-only" in used.stderr
    town.settled("good")
    assert subnets(town) == before[0]
    gone = changed(town.well("up", "dev", "--yes", "--json"))
    assert {row["operation"] for row in gone} == {"delete"}
