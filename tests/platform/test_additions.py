"""What is added to the catalogue is only created, and what leaves it is asked about and keeps its images."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.platform.conftest import Whole
from tests.projects import copied, edited

pytestmark = pytest.mark.engine

Config = dict[str, Any]
Told = tuple[str, str, str]
# An app's one message about all its alarms names the new ones too; nothing that serves is behind it.
MESSAGE = ("update", "aws:cloudwatch/compositeAlarm:CompositeAlarm", "till")
# The role that CI deploys with names the image repository of each app, so a further app is a further line of a policy.
ROLE = ("update", "aws:iam/policy:Policy", "deploy.2")
# What an app has of its own is in its dashboard, and all apps are in the environment's. Of a further app a preview does
# not know yet what will be in them.
SHOWN = {("update", "aws:cloudwatch/dashboard:Dashboard", name) for name in ("dev", "dev.till")}
SHOP = ("update", "aws:cloudwatch/dashboard:Dashboard", "dev.shop")


def told(row: dict[str, Any]) -> Told:
    return row["operation"], row["kind"], row["name"]


def processes(config: Config, app: str) -> Config:
    """The processes of an app, which is added where it is not there."""
    found: Config = config["apps"]["value"].setdefault(app, {"processes": {}})["processes"]
    return found


def tier(_project: Config, stack: Config) -> None:
    stack["slipway:network"]["tiers"].append({"cidr": "100.65.0.0/16", "mask": 20})


def app(project: Config, _stack: Config) -> None:
    processes(project, "desk").update(web={"port": 8000}, worker={"capacity": {"spot": 2}})


def process(project: Config, _stack: Config) -> None:
    processes(project, "till").update(importer={"count": 1}, nightly={"schedule": "cron(0 1 * * ? *)"})


def scaling(project: Config, _stack: Config) -> None:
    mailer = processes(project, "till")["mailer"]
    del mailer["count"]
    mailer["scaling"] = {"min": 1, "max": 3, "backlog": 5, "queue": {"source": "own"}}


def laid(whole: Whole, folder: Path, change: Callable[[Config, Config], None]) -> Path:
    """The project with a change of its catalogue or of its stack file."""
    copied(whole.project, folder, "dev")
    with edited(folder / "Pulumi.yaml") as project, edited(folder / "Pulumi.dev.yaml") as stack:
        change(project, stack)
    return folder


def planned(whole: Whole, folder: Path) -> list[dict[str, Any]]:
    """What `up` would do."""
    done = whole.slipway("preview", "dev", "--json", project=folder)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return [row for row in rows if row["kind"].startswith("aws:")]


@pytest.mark.parametrize(
    ("change", "named", "updated"),
    [
        (tier, {"dev.100.65.0.0-16", "dev.100.65.0.0-16.eu-west-1a", "dev.100.65.0.0-16.eu-west-1b"}, set()),
        (app, {"desk.web", "desk.worker"}, {ROLE, *SHOWN, SHOP}),
        (process, {"till.importer", "till.nightly"}, {MESSAGE, *SHOWN}),
        (scaling, {"till.mailer", "till.mailer.backlog"}, {MESSAGE, *SHOWN}),
    ],
    ids=["a private tier", "an app", "a process", "a worker's scaling"],
)
def test_what_is_added_is_only_created_beside_two_lists_that_name_it(
    whole: Whole, tmp_path: Path, change: Callable[[Config, Config], None], named: set[str], updated: set[Told]
) -> None:
    rows = [told(row) for row in planned(whole, laid(whole, tmp_path / "project", change))]
    assert named <= {name for operation, _, name in rows if operation == "create"}
    assert {row for row in rows if row[0] != "create"} == updated


def test_an_app_that_leaves_takes_only_its_own_along_and_never_its_images(whole: Whole, tmp_path: Path) -> None:
    folder = laid(whole, tmp_path / "project", lambda project, _stack: project["apps"]["value"].pop("till"))
    rows = planned(whole, folder)
    deleted = [row for row in rows if row["operation"] == "delete"]
    # The shared load balancer of internal processes has no other process here, and nobody else's jobs are counted; its
    # dashboard is the environment's.
    others = {".".join(row["name"].split(".")[:2]) for row in deleted if row["name"].split(".")[0] != "till"}
    assert {name for name in others if "queue-" not in name} == {"dev.internal", "dev.till"}
    assert "aws:ecs/service:Service" in {row["kind"] for row in deleted}
    assert not [row for row in rows if row["kind"].startswith("aws:ecr/")]
    done = whole.slipway("up", "dev", project=folder)
    assert done.returncode != 0 and "this deletes or replaces" in done.stderr
