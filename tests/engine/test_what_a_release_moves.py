"""What moves with a release and not before: capacity weights, which replace nothing, schedules, and the backdoor."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.projects import add_what_follows_releases, edited, project_copy
from tests.sandbox_project import Site, sandboxed

pytestmark = pytest.mark.engine


def lay_project(folder: Path) -> Path:
    """The repository's own project, with a process that runs by the clock, and a backdoor."""
    return add_what_follows_releases(project_copy(folder))


def schedule(site: Site) -> tuple[str, str]:
    """Whether it is on, and the revision that it starts."""
    found: dict[str, Any] = site.aws("scheduler").get_schedule(Name="dev-example-cleanup")
    return found["State"], found["Target"]["EcsParameters"]["TaskDefinitionArn"].rsplit(":", 1)[1]


def behind(site: Site) -> tuple[int, str]:
    """How many tasks the backdoor shall have, and the revision that they run."""
    found = site.services("example-backdoor")["example-backdoor"]
    return found["desiredCount"], found["taskDefinition"].rsplit(":", 1)[1]


@pytest.fixture(scope="module")
def backdoors() -> dict[str, tuple[int, str]]:
    """The backdoor after each step."""
    return {}


@pytest.fixture(scope="module")
def seen() -> dict[str, tuple[str, str]]:
    """The schedule after each step."""
    return {}


@pytest.fixture(scope="module")
def spot(
    engine: Path,
    seen: dict[str, tuple[str, str]],
    backdoors: dict[str, tuple[int, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A released app whose worker is to go to Spot with its next release."""
    with sandboxed(tmp_path_factory.mktemp("spot"), engine, lay_project) as site:
        site.well("up", "dev", "--yes")
        seen["bootstrap"], backdoors["bootstrap"] = schedule(site), behind(site)
        site.configure()
        site.push("v1")
        site.well("deploy", "dev", "example", "--image", "v1")
        seen["v1"], backdoors["v1"] = schedule(site), behind(site)
        site.story["open"] = site.slipway("backdoor", "open", "dev", "example", "--json")
        with edited(site.project / "Pulumi.dev.yaml") as stack:
            spot = {"capacity": {"fargate": 0, "spot": 1}}
            stack["slipway:overrides"] = {"example": {"processes": {"worker": spot}}}
        site.story["preview"] = site.slipway("preview", "dev")
        site.story["up"] = site.slipway("up", "dev", "--yes")
        site.story["deploy"] = site.slipway("deploy", "dev", "example", "--config-only")
        seen["v2"], backdoors["v2"] = schedule(site), behind(site)
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


def test_a_schedule_is_off_until_a_release_and_follows_each(spot: Site, seen: dict[str, tuple[str, str]]) -> None:
    assert seen == {"bootstrap": ("DISABLED", "1"), "v1": ("ENABLED", "2"), "v2": ("ENABLED", "3")}


def test_a_backdoor_is_closed_until_it_is_opened_and_follows_each_release(
    spot: Site, backdoors: dict[str, tuple[int, str]]
) -> None:
    assert spot.story["open"].returncode == 0, spot.story["open"].stderr
    answer = json.loads(spot.story["open"].stdout)
    [task] = spot.aws("ecs").describe_tasks(cluster="dev", tasks=[answer["task"]])["tasks"]
    assert task["taskDefinitionArn"].endswith("dev-example-backdoor:2")
    assert backdoors == {"bootstrap": (0, "1"), "v1": (0, "2"), "v2": (1, "3")}


def test_a_scale_leaves_nothing_to_do(spot: Site) -> None:
    spot.well("scale", "dev", "example", "worker=2", "--yes")
    assert json.loads(spot.well("preview", "dev", "--json")) == []


def test_a_rollback_takes_schedule_and_backdoor_back_to_the_revision_of_its_release(spot: Site) -> None:
    spot.well("rollback", "dev", "example", "v1", "--yes")
    assert schedule(spot) == ("ENABLED", "2")
    assert behind(spot) == (1, "2")
    spot.well("backdoor", "close", "dev", "example")
    assert behind(spot) == (0, "2")
    assert spot.services("example-worker")["example-worker"]["desiredCount"] == 2
    assert "no changes" in spot.well("preview", "dev")
    released = json.loads(spot.well("releases", "dev", "example", "--json"))
    assert released[0]["verdict"] == "succeeded"
