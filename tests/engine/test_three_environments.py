"""dev, staging and prod with 8 apps each, in three regions of one account, and what a second look at them finds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.monitoring.output import Monitoring
from tests.projects import REGIONS, in_regions
from tests.sandbox_project import Site, sandboxed

pytestmark = pytest.mark.engine

APPS = 8
LONG = 900.0


@pytest.fixture(scope="module")
def regions(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sandboxed(tmp_path_factory.mktemp("regions"), engine, lambda folder: in_regions(folder, APPS)) as made:
        yield made


@pytest.mark.parametrize("env", REGIONS)
def test_each_environment_comes_up_in_its_region_leaves_nothing_to_do_and_says_what_to_watch(
    regions: Site, env: str
) -> None:
    first = regions.slipway("up", env, "--yes", "--json", seconds=LONG)
    assert first.returncode == 0, first.stderr
    made = [row["kind"] for row in json.loads(first.stdout)]
    # Each app has a web and two workers, and a release process without a service.
    assert (made.count("aws:ecs/service:Service"), made.count("aws:ecs/taskDefinition:TaskDefinition")) == (24, 32)
    second = regions.slipway("up", env, "--yes", "--json", seconds=LONG)
    assert (second.returncode, json.loads(second.stdout)) == (0, []), second.stderr
    found = Monitoring.model_validate(json.loads(regions.well("monitoring", "export", env)), extra="forbid")
    assert (found.environment, found.region) == (env, REGIONS[env])
    assert set(found.apps) == {f"app{number:02}" for number in range(1, APPS + 1)}
