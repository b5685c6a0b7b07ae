"""`slipway heroku push` as it is typed, against a Heroku on this machine."""

import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode
from tests.fake_heroku import TOKEN, Heroku, served
from tests.heroku_apps import api

ROOT = Path(__file__).parents[3]


def git(folder: Path, *words: str) -> str:
    author = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    done = subprocess.run(["git", "-C", str(folder), *author, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Desk:
    """A project, an app with two commits, and a Heroku."""

    def __init__(self, folder: Path, there: Heroku) -> None:
        self.project, self.there, self.app = folder / "project", there, folder / "app"
        self.project.mkdir()
        for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
            shutil.copy(ROOT / name, self.project)
        self.app.mkdir()
        git(self.app, "init", "-q")
        self.commits = []
        for text in ("first", "second"):
            (self.app / "Procfile").write_text(f"web: {text}\n")
            git(self.app, "add", ".")
            git(self.app, "commit", "-qm", text)
            self.commits.append(git(self.app, "rev-parse", "HEAD"))

    def __call__(self, commit: str, *words: str) -> Result:
        told = ["--to", "acme-api", "--path", str(self.app), "--commit", commit]
        words = ("--project", str(self.project), "heroku", "push", "dev", "example", *told, *words)
        done = CliRunner().invoke(build(), list(words))
        assert TOKEN not in done.output
        return done


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with served(api()) as there:
        monkeypatch.setenv("HEROKU_HOST", there.url)
        monkeypatch.setenv("HEROKU_API_KEY", TOKEN)
        yield Desk(tmp_path, there)


def test_heroku_gets_what_the_commit_has_and_not_what_lies_in_the_folder(desk: Desk) -> None:
    first, _ = desk.commits
    done = desk(first[:10], "--yes")
    assert done.exit_code == 0, done.output
    assert done.stdout == f"acme-api at Heroku, v44, runs {first[:12]}\n"
    assert "-----> Building" in done.stderr
    [sent] = desk.there.sources.values()
    with tarfile.open(fileobj=io.BytesIO(sent)) as packed:
        member = packed.extractfile("Procfile")
        assert member is not None
        assert member.read() == b"web: first\n"
    assert desk.there.apps["acme-api"].commit == first
    assert [token for method, _, token in desk.there.asked if method == "PUT"] == [""]
    again = desk(first, "--yes", "--json")
    assert json.loads(again.stdout)["pushed"] is False
    assert len(desk.there.sources) == 1


def test_a_plan_sends_nothing(desk: Desk) -> None:
    done = desk(desk.commits[1], "--dry-run")
    assert (done.exit_code, done.stdout) == (0, "nothing was changed\n")
    assert "it runs 0123456789ab now" in done.stderr
    assert {method for method, _, _ in desk.there.asked} == {"GET"}
    assert desk(desk.commits[1]).exit_code == ExitCode.INVALID_INPUT
    assert {method for method, _, _ in desk.there.asked} == {"GET"}


@pytest.mark.parametrize(
    ("status", "released", "words"), [("failed", True, "has failed"), ("succeeded", False, "not released")]
)
def test_what_heroku_does_not_run_in_the_end_is_a_failure(desk: Desk, status: str, released: bool, words: str) -> None:
    desk.there.build_status, desk.there.releases_builds = status, released
    done = desk(desk.commits[1], "--yes")
    assert (done.exit_code, done.stdout) == (ExitCode.ROLLOUT_FAILED, "")
    assert words in done.stderr
    assert "it runs 0123456789ab" in done.stderr


def test_a_commit_that_is_not_there_is_told_before_anything_is_sent(desk: Desk) -> None:
    for commit in ("1234567", "--output=x"):
        done = desk(commit, "--yes")
        assert done.exit_code == ExitCode.INVALID_INPUT, done.output
        assert "has no commit" in done.stderr
    assert desk.there.sources == {}


def test_a_pipeline_gives_heroku_the_commit_that_it_is_at_and_no_other(desk: Desk) -> None:
    words = (
        "pipeline",
        "dev",
        "example",
        "--path",
        str(desk.app),
        "--heroku",
        "acme-api",
        "--only",
        "heroku",
        "--json",
    )

    def typed(*more: str) -> Result:
        return CliRunner().invoke(build(), ["--project", str(desk.project), *words, *more])

    assert json.loads(typed("--dry-run").stdout)["steps"][4]["words"].startswith("would release")
    done = typed()
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["steps"][4]["outcome"] == "done"
    assert f"runs {desk.commits[1][:12]}" in json.loads(done.stdout)["steps"][4]["words"]
    assert json.loads(typed().stdout)["steps"][4]["outcome"] == "skipped"
    (desk.app / "Procfile").write_text("web: third\n")
    refused = typed()
    assert refused.exit_code == ExitCode.NOT_READY
    assert "is not just a commit" in refused.stderr
