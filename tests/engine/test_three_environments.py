import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from spec.monitoring import Monitoring
from tests.projects import ROOT
from tests.site import Site, sandboxed

pytestmark = pytest.mark.engine

REGIONS = {"dev": "eu-west-1", "staging": "eu-central-1", "prod": "eu-north-1"}


def lay_project(folder: Path) -> Path:
    """The repository's own project, each environment moved to a region of its own with repositories of its own."""
    folder.mkdir()
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, folder)
    for env, region in REGIONS.items():
        text = (ROOT / f"Pulumi.{env}.yaml").read_text()
        stack = yaml.safe_load(re.sub(r"eu-west-1(?=[a-z\b]|$)", region, text, flags=re.MULTILINE))
        stack["config"]["slipway:registry"] = {"owner": env}
        (folder / f"Pulumi.{env}.yaml").write_text(yaml.safe_dump(stack))
    return folder


@pytest.fixture(scope="module")
def regions(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sandboxed(tmp_path_factory.mktemp("regions"), engine, lay_project) as made:
        yield made


@pytest.mark.parametrize("env", REGIONS)
def test_each_environment_comes_up_in_its_region_leaves_nothing_to_do_and_says_what_to_watch(
    regions: Site, env: str
) -> None:
    regions.well("up", env, "--yes")
    assert json.loads(regions.well("up", env, "--yes", "--json")) == []
    found = Monitoring.model_validate(json.loads(regions.well("monitoring", "export", env)), extra="forbid")
    assert (found.environment, found.region) == (env, REGIONS[env])
    assert set(found.apps) == {"example"}
