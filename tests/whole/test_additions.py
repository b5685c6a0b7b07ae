"""What is added to the catalogue is only created: a preview of it changes and takes away nothing."""

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


def planned(whole: Whole, folder: Path, change: dict[str, Any]) -> list[dict[str, Any]]:
    """What `up` would do with further apps and processes."""
    shutil.copytree(whole.project, folder)
    path = folder / "Pulumi.yaml"
    project = yaml.safe_load(path.read_text())
    apps = project["config"]["apps"]["value"]
    for app, processes in change.items():
        apps.setdefault(app, {"processes": {}})["processes"].update(processes)
    path.write_text(yaml.safe_dump(project, sort_keys=False))
    done = whole.slipway("preview", "dev", "--json", project=folder)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return [row for row in rows if row["kind"].startswith("aws:")]


def test_a_further_process_and_a_further_app_are_only_created(whole: Whole, tmp_path: Path) -> None:
    more = {
        "till": {"importer": {"count": 1}, "nightly": {"schedule": "cron(0 1 * * ? *)"}},
        "desk": {"web": {"port": 8000}, "worker": {"capacity": {"spot": 2}}},
    }
    rows = planned(whole, tmp_path / "project", more)
    made = {row["name"] for row in rows if row["operation"] == "create"}
    assert {"till.importer", "till.nightly", "desk.web", "desk.worker"} <= made
    others = [found for row in rows if (found := told(row))[0] != "create" and found not in ROLE]
    assert others == [MESSAGE]
