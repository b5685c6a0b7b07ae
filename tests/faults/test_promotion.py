"""A promotion: what runs in dev is released in staging, and then in prod, the very same image."""

import json
import shutil
from dataclasses import replace

import pytest

from tests.faults.app_environment import APP, OTHER, SETTINGS, Town
from tests.projects import ROOT, copied, edited, edited_catalogue

pytestmark = pytest.mark.engine

WORKER = f"{APP}-worker"
ENVIRONMENTS = ("staging", "prod")


def brought_up(town: Town, env: str) -> Town:
    """The town, seen from a project whose environment has a worker of the same app and nothing else; it is up."""
    folder = copied(town.project, town.folder / env, "dev")
    for name in ENVIRONMENTS:
        shutil.copy(ROOT / f"Pulumi.{name}.yaml", folder)
    with edited_catalogue(folder) as apps:
        apps[APP] = {"processes": {"worker": OTHER}}
    for name in ENVIRONMENTS:
        with edited(folder / f"Pulumi.{name}.yaml") as stack:
            stack["slipway:deploy"] = SETTINGS
            # The example's own are for an app that is not here.
            stack.pop("slipway:overrides", None)
            stack.pop("slipway:balancers", None)
    made = replace(town, project=folder)
    made.well("up", env, "--yes")
    made.well("config", "import", env, APP, "-", stdin=f"GREETING=Hello from {env}\n")
    return made


@pytest.fixture(scope="module")
def staging(town: Town) -> Town:
    """With staging up."""
    return brought_up(town, "staging")


@pytest.fixture(scope="module")
def prod(town: Town) -> Town:
    """With prod up, whose images are in the repositories that dev owns."""
    return brought_up(town, "prod")


def test_a_promotion_releases_the_very_image_of_the_other_environment_with_its_own_config(
    town: Town, staging: Town
) -> None:
    before = town.settled("good")
    done = staging.slipway("promote", "dev", "staging", APP, "--yes", "-m", "ship it")
    assert done.returncode == 0, done.stderr
    (service,) = town.aws("ecs").describe_services(cluster="staging", services=[WORKER])["services"]
    assert town.digest(service["taskDefinition"]) == town.images["good"]
    (release,) = json.loads(staging.well("releases", "staging", APP, "--json"))
    assert (release["kind"], release["verdict"], release["message"]) == ("promote", "succeeded", "ship it")
    assert release["promoted"] == f"dev v{before.release}"
    assert release["image"].endswith(f"@{town.images['good']}")
    assert release["keys"] == ["GREETING"]
    assert town.standing() == before


def test_what_was_promoted_is_promoted_on_to_prod(town: Town, staging: Town, prod: Town) -> None:
    done = prod.slipway("promote", "staging", "prod", APP, "--yes")
    assert done.returncode == 0, done.stderr
    (service,) = town.aws("ecs").describe_services(cluster="prod", services=[WORKER])["services"]
    assert town.digest(service["taskDefinition"]) == town.images["good"]
    (release,) = json.loads(prod.well("releases", "prod", APP, "--json"))
    assert (release["promoted"], release["verdict"]) == ("staging v1", "succeeded")
    assert "no changes" in prod.well("preview", "prod")
