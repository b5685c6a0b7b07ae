"""A promotion: what runs in dev is released in staging, the very same image."""

import json
from dataclasses import replace

import pytest
import yaml

from tests.faults.town import APP, OTHER, SETTINGS, Town
from tests.site import ROOT

pytestmark = pytest.mark.engine

WORKER = f"{APP}-worker"


@pytest.fixture(scope="module")
def staging(town: Town) -> Town:
    """The town, seen from a project whose staging has a worker of the same app and nothing else; it is up."""
    folder = town.folder / "staging"
    folder.mkdir()
    for name in ("__main__.py", "Pulumi.dev.yaml"):
        (folder / name).write_bytes((town.project / name).read_bytes())
    project = yaml.safe_load((town.project / "Pulumi.yaml").read_text())
    project["config"]["apps"]["value"] = {APP: {"processes": {"worker": OTHER}}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))
    stack = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text())
    stack["config"]["slipway:deploy"] = SETTINGS
    (folder / "Pulumi.staging.yaml").write_text(yaml.safe_dump(stack, sort_keys=False))
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
