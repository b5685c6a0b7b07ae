"""Another kind of load balancer: what serves an app goes on serving it until the app's next release has moved it."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.faults.app_environment import Town
from tests.projects import copied, edited

pytestmark = pytest.mark.engine


def with_ingress(town: Town, folder: Path, kind: str) -> Path:
    """The town's project with this kind of load balancers."""
    with edited(copied(town.project, folder, "dev") / "Pulumi.dev.yaml") as stack:
        stack["slipway:ingress"] = kind
    return folder


def changed(text: str) -> set[str]:
    return {row["operation"] for row in json.loads(text) if row["kind"].startswith("aws:")}


def answers(url: str) -> int:
    with urllib.request.urlopen(f"{url}health/", timeout=30) as answer:
        return int(answer.status)


def rollouts(town: Town) -> list[dict[str, Any]]:
    found = town.services("shop-web")["shop-web"]
    return [*found["deployments"], *found["loadBalancers"]]


def test_what_serves_an_app_serves_it_until_its_next_release_has_moved_it(town: Town, tmp_path: Path) -> None:
    town.settled("good")
    project, before, shared = with_ingress(town, tmp_path, "dedicated"), rollouts(town), town.url("shop")

    done = town.slipway("up", "dev", "--yes", "--json", project=project)
    assert done.returncode == 0, done.stderr
    assert changed(done.stdout) == {"create"}
    assert rollouts(town) == before
    assert "shop.web: ingress shared -> dedicated takes effect with the next release: slipway deploy" in done.stderr
    assert town.url("shop") == shared
    assert answers(shared) == 200
    assert json.loads(town.slipway("up", "dev", "--yes", "--json", project=project).stdout) == []

    town.image("moved")
    done = town.slipway("deploy", "dev", "shop", "--image", "moved", project=project)
    assert done.returncode == 0, done.stderr
    own = town.url("shop")
    assert own != shared
    assert answers(own) == 200

    done = town.slipway("up", "dev", "--yes", "--json", project=project)
    assert changed(done.stdout) == {"delete"}, done.stdout
    assert answers(own) == 200

    # And back: the project of the town shares.
    assert changed(town.well("up", "dev", "--yes", "--json")) == {"create"}
    town.settled("good")
    again = town.url("shop")
    assert again.rsplit(":", 1)[1] == shared.rsplit(":", 1)[1]
    assert changed(town.well("up", "dev", "--yes", "--json")) == {"delete"}
    assert answers(again) == 200
