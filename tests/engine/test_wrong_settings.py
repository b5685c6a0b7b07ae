from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.projects import edited_catalogue, project_copy
from tests.sandbox_project import Site

pytestmark = pytest.mark.engine

Apps = dict[str, Any]


def web(apps: Apps) -> dict[str, Any]:
    found: dict[str, Any] = apps["example"]["processes"]["web"]
    return found


def second_web(apps: Apps) -> None:
    apps["example"]["processes"]["admin"] = {"port": 8000}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda all_: web(all_).update(cpu="much"),
            "apps/example/processes/web/cpu: 'much' will not do; write a whole number",
        ),
        (lambda all_: web(all_).update(color="blue"), "apps/example/processes/web/color: unknown key; known here: "),
        (
            lambda all_: web(all_).update(cpu=300),
            "apps/example/processes/web/cpu: 300 is not a Fargate size; use 256, 512",
        ),
        (
            lambda all_: web(all_).update(cpu=256, memory=9000),
            "apps/example/processes/web: memory 9000 MiB does not go with cpu 256 on Fargate; use 512, 1024, 2048",
        ),
        (second_web, "apps/example: port 8000 is used by web and admin; give each process a port of its own"),
    ],
    ids=["wrong type", "unknown key", "no size of Fargate", "sizes that don't go together", "duplicate port"],
)
@pytest.mark.parametrize("command", [("up", "dev", "--yes"), ("deploy", "dev", "example", "--image", "v1")])
def test_settings_that_can_not_be_are_refused_with_their_path_before_anything_runs(
    site: Site, tmp_path: Path, change: Callable[[Apps], None], sentence: str, command: tuple[str, ...]
) -> None:
    project = project_copy(tmp_path / "project")
    with edited_catalogue(project) as apps:
        change(apps)
    done = site.slipway(*command, project=project)
    assert done.returncode == 3, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
