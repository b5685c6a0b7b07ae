"""Processes that a released app gets: they wait on the bootstrap image until the release that has their lines."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.app_environment import APP, OTHER, Town
from tests.faults.fixtures import opened
from tests.projects import edited, edited_catalogue

pytestmark = pytest.mark.engine

NEW: dict[str, Any] = {
    "image_Resize-worker": {**OTHER, "count": 2},
    "Admin_2": {**OTHER, "port": 9000, "public": False, "health": {"path": "/health/"}},
    "nightly": {**OTHER, "schedule": "rate(1 day)"},
}
"""Called as no name at AWS may be."""
LINES = "image_Resize-worker: python app.py worker\nAdmin_2: python app.py web\nnightly: python app.py release\n"
MAILER, ADMIN = f"{APP}-image_Resize-worker", f"{APP}-Admin_2"


@pytest.fixture(scope="module")
def town(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose app has two good releases, and then some processes more in its settings."""
    with opened(tmp_path_factory.mktemp("town"), engine) as made:
        made.settled("better")
        with edited_catalogue(made.project) as apps:
            apps[APP]["processes"] |= NEW
        made.story["preview"] = made.slipway("preview", "dev")
        made.story["up"] = made.slipway("up", "dev", "--yes")
        yield made


def runs(town: Town) -> dict[str, tuple[str, int]]:
    """The image and the tasks of each new service: `bootstrap`, or the tag of its image."""
    found = town.services(MAILER, ADMIN)
    digests = {name: town.digest(row["taskDefinition"]) for name, row in found.items()}
    return {name: (town.tag_of(digests[name]) or digests[name], row["runningCount"]) for name, row in found.items()}


def nightly(town: Town) -> tuple[str, str]:
    """Whether the schedule is on, and the image that it starts."""
    found = town.aws("scheduler").get_schedule(Name="dev-shop-nightly")
    digest = town.digest(found["Target"]["EcsParameters"]["TaskDefinitionArn"])
    return found["State"], town.tag_of(digest) or digest


def states(town: Town) -> dict[str, str]:
    """What `status` says of each process."""
    return {row["name"]: row["state"] for row in json.loads(town.well("status", "dev", APP, "--json"))["processes"]}


def pinned(town: Town) -> dict[str, Any]:
    """The release that the state echoes."""
    rows = town.state()["resources"]
    found: dict[str, Any] = next(row["outputs"]["pin"] for row in rows if row["urn"].endswith(f"App::{APP}"))
    return found


def check_waiting(town: Town) -> None:
    """The new ones run the bootstrap image, whole, and everybody says so."""
    assert runs(town) == {MAILER: ("bootstrap", 2), ADMIN: ("bootstrap", 1)}
    assert nightly(town) == ("DISABLED", "bootstrap")
    assert {states(town)[process] for process in NEW} == {"waits for the next release"}
    assert town.slipway("drift", "dev").returncode == 0
    again = town.slipway("preview", "dev")
    assert "no changes" in again.stdout
    assert f"{APP}.Admin_2 is new and waits on the bootstrap image for a release that has it" in again.stderr


def test_they_start_on_the_bootstrap_image_and_up_says_what_they_wait_for(town: Town) -> None:
    done = town.story["up"]
    assert done.returncode == 0, done.stderr
    assert f"{MAILER}" in done.stderr and "bootstrap image" in done.stderr
    assert f"slipway deploy dev {APP} --image TAG" in town.story["preview"].stderr
    check_waiting(town)


def test_a_release_that_fails_leaves_them_where_they_were(town: Town) -> None:
    done = town.deploy(town.image("sick", LINES, web="crashes"))
    assert done.returncode == 6, done.stderr
    check_waiting(town)
    assert town.standing().ledger[0]["verdict"] == "succeeded"
    assert set(pinned(town)["processes"]) == {"release", "web", "worker"}


def test_a_rollback_to_a_release_that_knew_nothing_of_them_leaves_them_too(town: Town) -> None:
    done = town.slipway("rollback", "dev", APP, "v1", "--yes")
    assert done.returncode == 0, done.stderr
    check_waiting(town)
    assert town.tag_of(town.digest(town.services(f"{APP}-web")[f"{APP}-web"]["taskDefinition"])) == "good"


def test_the_release_that_has_their_lines_moves_them(town: Town) -> None:
    done = town.deploy(town.image("whole", LINES))
    assert done.returncode == 0, done.stderr
    assert runs(town) == {MAILER: ("whole", 2), ADMIN: ("whole", 1)}
    assert nightly(town) == ("ENABLED", "whole")
    assert set(states(town).values()) == {"successful", "rate(1 day)"}
    done = town.slipway("preview", "dev")
    assert "no changes" in done.stdout and "waits on" not in done.stderr
    assert town.slipway("scale", "dev", APP, "image_Resize-worker=1", "--yes").returncode == 0


def pulumi(town: Town, *arguments: str, stdin: str | None = None) -> str:
    """The engine itself, with the state of dev."""
    command = ["pulumi", "stack", *arguments, "--stack", "dev"]
    done = subprocess.run(
        command, cwd=town.project, env=town.environment, input=stdin, capture_output=True, text=True, check=True
    )
    return done.stdout


def changed(town: Town, command: str, *blocks: str) -> set[tuple[str, str]]:
    """What `up` or `preview` changes at AWS once these blocks are let in."""
    with edited(town.project / "Pulumi.dev.yaml") as stack:
        stack["slipway:allowed"] = list(blocks)
    rows = json.loads(town.well(command, "dev", "--json", *(["--yes"] if command == "up" else [])))
    return {(row["operation"], row["name"]) for row in rows if row["kind"].startswith("aws:")}


def test_a_rule_that_had_the_name_of_its_place_is_known_by_its_block(town: Town) -> None:
    by_block, everybody = re.compile(r'(SecurityGroupIngressRule::[^"]*)\.0\.0\.0\.0/0"'), "0.0.0.0/0"
    former, renamed = by_block.subn(r'\1.0"', pulumi(town, "export"))
    assert renamed > 2
    pulumi(town, "import", stdin=former)
    assert changed(town, "preview", everybody) == set()
    created = {("create", f"{name}.10.1.0.0/16") for name in ("dev.public", "dev.internal", "shop.web", "shop.Admin_2")}
    assert changed(town, "up", "10.1.0.0/16", everybody) == created
    assert by_block.search(pulumi(town, "export"))
    assert changed(town, "preview", everybody, "10.1.0.0/16") == set()
    deleted = {("delete", name.replace("10.1.0.0/16", everybody)) for _, name in created}
    assert changed(town, "up", "10.1.0.0/16") == deleted
