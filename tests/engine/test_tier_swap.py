"""One private tier for another in the steps of docs/network.md: no subnet moves, no service is replaced, and each app
moves when it is released and not before.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from driver.errors import ExitCode
from tests.projects import edited, edited_catalogue, project_copy
from tests.sandbox_project import Site, sandboxed

pytestmark = pytest.mark.engine

OLD, NEW = "100.64.0.0/16", "100.65.0.0/16"
APPS = ("shop", "till")
SERVICES = {app: f"{app}-worker" for app in APPS}


def lay_project(folder: Path) -> Path:
    """The repository's own project with two apps, in a network that has grown by a tier already."""
    made = project_copy(folder)
    with edited_catalogue(made) as apps:
        apps.clear()
        apps.update({app: {"processes": {"worker": {"count": 1, "command": ["sleep", "infinity"]}}} for app in APPS})
    have_tiers(made, OLD)
    return made


def have_tiers(project: Path, *tiers: str) -> None:
    with edited(project / "Pulumi.dev.yaml") as stack:
        stack["slipway:network"]["tiers"] = [{"cidr": cidr, "mask": 20} for cidr in tiers]


@dataclass
class Swap:
    """The environment on its way from one tier to the other. `services` is when each was made."""

    site: Site
    services: dict[str, Any] = field(default_factory=dict)

    def subnets(self) -> dict[str, str]:
        """The subnets of the VPC, each with its block and zone."""
        rows = self.site.aws("ec2").describe_subnets()["Subnets"]
        return {row["SubnetId"]: f"{row['CidrBlock']} {row['AvailabilityZone']}" for row in rows}

    def where(self, app: str) -> set[str]:
        """Which tier an app's service is spread over beside the first, by the beginning of its blocks."""
        used = self.rows()[app]["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
        blocks = {self.subnets()[one] for one in used}
        return {tier for tier in (OLD, NEW) if any(block.startswith(tier[:7]) for block in blocks)}

    def rollouts(self) -> dict[str, list[str]]:
        """The deployments of each app's service."""
        return {app: [deployment["id"] for deployment in row["deployments"]] for app, row in self.rows().items()}

    def up(self) -> list[str]:
        """What it did at AWS, while no service has rolled and none was replaced."""
        before = self.rollouts()
        done = json.loads(self.site.well("up", "dev", "--yes", "--json"))
        assert self.rollouts() == before
        self.check_services()
        return sorted({row["operation"] for row in done if row["kind"].startswith("aws:")})

    def check_services(self) -> None:
        """Each service is the one that it was, and runs its task."""
        rows = self.rows()
        assert {app: row["createdAt"] for app, row in rows.items()} == self.services
        assert {app: row["runningCount"] for app, row in rows.items()} == dict.fromkeys(APPS, 1)

    def release(self, app: str) -> None:
        """The same image and config again: the app rolls and no other does."""
        before = self.rollouts()
        self.site.well("deploy", "dev", app, "--config-only")
        after = self.rollouts()
        assert [one for one in APPS if after[one] != before[one]] == [app]
        self.check_services()

    def refused(self, *arguments: str) -> str:
        done = self.site.slipway(*arguments)
        assert done.returncode == ExitCode.NOT_READY, done.stderr
        return str(done.stderr)

    def rows(self) -> dict[str, Any]:
        """Each app's service as ECS has it."""
        found = self.site.services(*SERVICES.values())
        return {app: found[service] for app, service in SERVICES.items()}


@pytest.fixture(scope="module")
def swap(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swap]:
    """Both apps released in the old tier."""
    with sandboxed(tmp_path_factory.mktemp("swap"), engine, lay_project) as site:
        site.well("up", "dev", "--yes")
        for app in APPS:
            site.well("config", "import", "dev", app, "-", stdin="GREETING=Hello\n")
            site.push("v1", app)
            site.well("deploy", "dev", app, "--image", "v1")
        made = Swap(site)
        made.services = {app: row["createdAt"] for app, row in made.rows().items()}
        yield made


def test_the_documented_steps_move_no_subnet_and_replace_no_service(swap: Swap) -> None:
    before, project = swap.subnets(), swap.site.project
    assert [swap.where(app) for app in APPS] == [{OLD}, {OLD}]

    have_tiers(project, NEW)
    assert "shop, till may still run there" in swap.refused("up", "dev", "--yes")
    assert swap.subnets() == before

    have_tiers(project, OLD, NEW)
    assert swap.up() == ["create"]
    beside = swap.subnets()
    assert beside.items() > before.items()
    assert [swap.where(app) for app in APPS] == [{OLD}, {OLD}]

    have_tiers(project, NEW)
    assert "shop, till may still run there" in swap.refused("up", "dev", "--yes")
    swap.release("shop")
    assert [swap.where(app) for app in APPS] == [{NEW}, {OLD}]
    assert "till may still run there" in swap.refused("up", "dev", "--yes")
    swap.release("till")
    assert [swap.where(app) for app in APPS] == [{NEW}, {NEW}]

    assert swap.subnets() == beside
    assert swap.up() == ["delete"]
    after = swap.subnets()
    assert after == {name: place for name, place in beside.items() if not place.startswith(OLD[:7])}
    assert len(after) == len(before)
    assert "no changes" in swap.site.well("preview", "dev")
