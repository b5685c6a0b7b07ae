"""What is added to the catalogue is only created, and what leaves it is asked about and keeps its images."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.whole.conftest import Whole

pytestmark = pytest.mark.engine
# An app's one message about all its alarms names the new ones too; nothing that serves is behind it.
MESSAGE = ("update", "aws:cloudwatch/compositeAlarm:CompositeAlarm", "till")


# The role that CI deploys with names each thing that it may touch, so a further thing is a further line of a policy.
ROLE = {("update", "aws:iam/policy:Policy", f"deploy.{number}") for number in range(1, 11)}


def told(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["operation"], row["kind"], row["name"]


def laid(whole: Whole, folder: Path, change: dict[str, Any], gone: str = "") -> Path:
    """The project with further apps and processes, and without one app."""
    shutil.copytree(whole.project, folder)
    path = folder / "Pulumi.yaml"
    project = yaml.safe_load(path.read_text())
    apps = project["config"]["apps"]["value"]
    for app, processes in change.items():
        apps.setdefault(app, {"processes": {}})["processes"].update(processes)
    apps.pop(gone, None)
    path.write_text(yaml.safe_dump(project, sort_keys=False))
    return folder


def planned(whole: Whole, folder: Path) -> list[dict[str, Any]]:
    """What `up` would do."""
    done = whole.slipway("preview", "dev", "--json", project=folder)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return [row for row in rows if row["kind"].startswith("aws:")]


def test_a_further_process_and_a_further_app_are_only_created(whole: Whole, tmp_path: Path) -> None:
    more = {
        "till": {"importer": {"count": 1}, "nightly": {"schedule": "cron(0 1 * * ? *)"}},
        "desk": {"web": {"port": 8000}, "worker": {"capacity": {"spot": 2}}},
    }
    rows = planned(whole, laid(whole, tmp_path / "project", more))
    made = {row["name"] for row in rows if row["operation"] == "create"}
    assert {"till.importer", "till.nightly", "desk.web", "desk.worker"} <= made
    others = [found for row in rows if (found := told(row))[0] != "create" and found not in ROLE]
    assert others == [MESSAGE]


def test_an_app_that_leaves_takes_only_its_own_along_and_never_its_images(whole: Whole, tmp_path: Path) -> None:
    folder = laid(whole, tmp_path / "project", {}, gone="till")
    rows = planned(whole, folder)
    deleted = [row for row in rows if row["operation"] == "delete"]
    # The shared load balancer of internal processes has no other process here.
    others = {".".join(row["name"].split(".")[:2]) for row in deleted if row["name"].split(".")[0] != "till"}
    assert others == {"dev.internal"}
    assert "aws:ecs/service:Service" in {row["kind"] for row in deleted}
    assert not [row for row in rows if row["kind"].startswith("aws:ecr/")]
    done = whole.slipway("up", "dev", project=folder)
    assert done.returncode != 0 and "this deletes or replaces" in done.stderr
