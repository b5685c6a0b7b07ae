"""New capacity weights on an app that runs: `up` announces them, the next release moves them, nothing is replaced."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.site import Site, project_copy, sandboxed

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def spot(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A released app whose worker is to go to Spot with its next release."""
    with sandboxed(tmp_path_factory.mktemp("spot"), engine, project_copy) as site:
        site.well("up", "dev", "--yes")
        site.configure()
        site.push("v1")
        site.well("deploy", "dev", "example", "--image", "v1")
        stack = site.project / "Pulumi.dev.yaml"
        data = yaml.safe_load(stack.read_text())
        data["config"]["slipway:overrides"] = {
            "example": {"processes": {"worker": {"capacity": {"fargate": 0, "spot": 1}}}}
        }
        stack.write_text(yaml.safe_dump(data))
        site.story["preview"] = site.slipway("preview", "dev")
        site.story["up"] = site.slipway("up", "dev", "--yes")
        site.story["deploy"] = site.slipway("deploy", "dev", "example", "--config-only")
        yield site


def test_up_names_what_waits_and_moves_nothing(spot: Site) -> None:
    done = spot.story["up"]
    assert (
        "worker: capacity FARGATE 1 and FARGATE_SPOT 1 -> FARGATE_SPOT 1 takes effect with the next release"
        in done.stderr
    )
    assert "no changes" in spot.story["preview"].stdout and "no changes" in done.stdout


def test_the_next_release_moves_it_in_one_rollout_and_replaces_nothing(spot: Site) -> None:
    assert spot.story["deploy"].returncode == 0, spot.story["deploy"].stderr
    service = spot.services("example-worker")["example-worker"]
    assert [row["capacityProvider"] for row in service["capacityProviderStrategy"]] == ["FARGATE_SPOT"]
    listed = spot.aws("ecs").list_service_deployments(cluster="dev", service="example-worker")["serviceDeployments"]
    # The bootstrap, v1 and v2: a service that was replaced would have lost the first two.
    assert [row["status"] for row in listed] == ["SUCCESSFUL"] * 3


def test_nothing_forces_a_rollout_from_then_on(spot: Site) -> None:
    rows = [row for row in spot.state()["resources"] if row["type"] == "aws:ecs/service:Service"]
    assert not any(row["inputs"].get("forceNewDeployment") for row in rows)
    assert "no changes" in spot.well("preview", "dev")
