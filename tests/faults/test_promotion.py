"""A promotion: what runs in dev is released in staging, the very same image."""

import json
import shutil
from dataclasses import replace

import pytest

from tests.faults.town import APP, OTHER, SETTINGS, Town
from tests.projects import ROOT, copied, edited, edited_catalogue

pytestmark = pytest.mark.engine

WORKER = f"{APP}-worker"


@pytest.fixture(scope="module")
def staging(town: Town) -> Town:
    """The town, seen from a project whose staging has a worker of the same app and nothing else; it is up."""
    folder = copied(town.project, town.folder / "staging", "dev")
    shutil.copy(ROOT / "Pulumi.staging.yaml", folder)
    with edited_catalogue(folder) as apps:
        apps[APP] = {"processes": {"worker": OTHER}}
    with edited(folder / "Pulumi.staging.yaml") as stack:
        stack["slipway:deploy"] = SETTINGS
    made = replace(town, project=folder)
    made.well("up", "staging", "--yes")
    made.well("config", "import", "staging", APP, "-", stdin="GREETING=Hello from staging\n")
    return made


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
