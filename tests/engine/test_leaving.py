"""An app that leaves the catalogue of a protected environment: asked about first, its images and archive stay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spec.names import archive_bucket
from tests.projects import edited, edited_catalogue, project_copy
from tests.site import Site, sandboxed

pytestmark = pytest.mark.engine

ARCHIVE = archive_bucket("dev", "eu-west-1", "000000000000")
LINES = "logs/app=till/process=web/dt=2026-01-01/one.json.gz"


def lay_project(folder: Path) -> Path:
    """The repository's own project with a second app, everything protected."""
    made = project_copy(folder)
    with edited_catalogue(made) as apps:
        apps.clear()
        apps.update({name: {"processes": {"web": {"port": 8000, "count": 1}}} for name in ("shop", "till")})
    with edited(made / "Pulumi.dev.yaml") as stack:
        stack["slipway:protect"] = True
        stack["slipway:logs"] = {"archive": {"processes": ["shop.web", "till.web"]}}
    return made


@pytest.fixture(scope="module")
def left(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The environment after till has left its catalogue."""
    with sandboxed(tmp_path_factory.mktemp("leaving"), engine, lay_project) as site:
        site.well("up", "dev", "--yes")
        site.push("v1", "till")
        site.aws("s3").put_object(Bucket=ARCHIVE, Key=LINES, Body=b"{}")
        with edited_catalogue(site.project) as apps:
            del apps["till"]
        with edited(site.project / "Pulumi.dev.yaml") as stack:
            stack["slipway:logs"]["archive"]["processes"].remove("till.web")
        site.story["unasked"] = site.slipway("up", "dev")
        site.story["preview"] = site.slipway("preview", "dev")
        assert site.services("till-web")["till-web"]["status"] == "ACTIVE"
        site.story["up"] = site.slipway("up", "dev", "--yes")
        yield site


def test_nothing_leaves_without_a_yes(left: Site) -> None:
    done = left.story["unasked"]
    assert done.returncode != 0
    assert "till is not in the catalogue any more: delete its" in done.stderr and "Its images stay" in done.stderr
    assert "there is no preview of their deletion" in left.story["preview"].stderr


def test_with_a_yes_the_app_is_gone_and_its_images_and_archived_lines_are_not(left: Site) -> None:
    assert left.story["up"].returncode == 0, left.story["up"].stderr
    found = left.aws("ecs").describe_services(cluster="dev", services=["till-web"])["services"]
    assert not [row for row in found if row["status"] == "ACTIVE"]
    assert "v1" in {row.get("imageTag") for row in left.aws("ecr").list_images(repositoryName="till")["imageIds"]}
    assert left.aws("s3").get_object(Bucket=ARCHIVE, Key=LINES)["Body"].read() == b"{}"
    assert left.aws("logs").describe_log_groups(logGroupNamePrefix="/ecs/dev-till-")["logGroups"] == []
    assert "no changes" in left.well("preview", "dev")
    assert left.services("shop-web")["shop-web"]["runningCount"] == 1
