"""`slipway image name` and `source` as they are typed."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode
from tests.driver.adapters.project.test_checkout import CI, Origin, github, origin, pulled
from tests.driver.adapters.project.test_git import git

__all__ = ["origin"]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, folder)
    return folder


def typed(project: Path, *words: str) -> Result:
    return CliRunner().invoke(build(), ["--project", str(project), "image", *words])


def test_the_mainline_and_a_pull_request_have_the_two_patterns(
    origin: Origin, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = typed(project, "name", "dev", "example", "--path", str(origin.folder))
    assert done.stdout == f"main-{origin.main[:12]}\n"
    github(monkeypatch, origin.merge)
    folder = pulled(origin, tmp_path / "pulled", "--depth=1")
    answer = json.loads(typed(project, "name", "dev", "example", "--path", str(folder), "--json").stdout)
    assert answer == {"tag": f"topic-7-{origin.merge[:12]}", "repository": "example", "mainline": False}


def test_what_is_in_no_commit_is_named_as_a_push_names_it(origin: Origin, project: Path) -> None:
    (origin.folder / "Procfile").write_text("release: true\nweb: serve\nworker: work\n")
    name = typed(project, "name", "dev", "example", "--path", str(origin.folder)).stdout.strip()
    assert name.startswith(f"main-{origin.main[:12]}-dirty-")


def test_a_merged_pull_request_names_both_commits(
    origin: Origin, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    github(monkeypatch, origin.merge)
    folder = pulled(origin, tmp_path / "pulled", "--depth=1")
    git(folder, "remote", "set-url", "origin", "https://x-access-token:ghs_secret@github.com/acme/shop.git")
    done = typed(project, "source", "--path", str(folder))
    assert done.exit_code == 0
    for words in (origin.merge, origin.topic, "merged into main", "the clone is shallow", "7 of GitHub"):
        assert words in done.stdout
    assert "ghs_secret" not in done.stdout
    answer = json.loads(typed(project, "source", "--path", str(folder), "--json").stdout)
    assert (answer["merged"], answer["tip"], answer["origin"]) == (
        True,
        origin.topic,
        "https://github.com/acme/shop.git",
    )


def test_a_folder_that_is_no_checkout_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    for name in CI:
        monkeypatch.delenv(name, raising=False)
    done = typed(project, "source", "--path", str(project))
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "is no checkout of a git repository" in done.stderr
