"""`slipway image` and `slipway logs` as they are typed, against the sandbox."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from driver.adapters.aws.session import Session
from driver.cli import build
from driver.errors import ExitCode

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).parents[3]
PROCFILE = "release: true\nweb: serve\nworker: work\n"


class Shell:
    """Types commands into a copy of the project, with an app's folder beside it."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.project, self.folder = project, folder
        self.app = build()

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(self.app, ["--project", str(self.project), *words])

    def push(self, *options: str) -> Result:
        return self("image", "push", "dev", "example", "--path", str(self.folder), *options)


@pytest.fixture
def shell(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    project, folder = tmp_path / "project", tmp_path / "app"
    project.mkdir()
    folder.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, project)
    (folder / "Procfile").write_text(PROCFILE)
    session.client("ecr").create_repository(repositoryName="example", imageTagMutability="IMMUTABLE")
    yield Shell(project, folder)
    session.client("ecr").delete_repository(repositoryName="example", force=True)


def test_a_push_prints_the_reference_and_again_prints_the_same(shell: Shell) -> None:
    first = shell.push()
    assert first.exit_code == 0
    assert re.fullmatch(r"\S+/example@sha256:[0-9a-f]{64}\n", first.stdout)
    assert shell.push().stdout == first.stdout
    assert shell.push("--json").stdout.count(first.stdout.strip()) == 1


def test_other_content_under_a_taken_tag_is_refused(shell: Shell) -> None:
    assert shell.push("--tag", "v1").exit_code == 0
    (shell.folder / "Procfile").write_text(PROCFILE + "clock: tick\n")
    done = shell.push("--tag", "v1")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "is taken by other content" in done.stderr
    assert "note: the Procfile's clock is not in the catalogue" in done.stderr


def test_a_dry_run_pushes_nothing(shell: Shell) -> None:
    assert "example:v1; nothing was changed" in shell.push("--tag", "v1", "--dry-run").stdout
    assert json.loads(shell("image", "list", "dev", "example", "--json").stdout) == []


def test_a_push_tells_what_does_no_good_and_what_looks_like_a_key(shell: Shell) -> None:
    (shell.folder / "Procfile").write_text("release: true\nweb: gunicorn shop.wsgi -b :9\nworker: work &\n")
    (shell.folder / "id_rsa").write_text("x")
    (shell.folder / ".env.production").write_text("KEY=x")
    done = shell.push("--json")
    answer = json.loads(done.stdout)
    assert [(row["process"], row["rule"]) for row in answer["advice"]] == [("worker", "background")]
    assert answer["keys"] == ["id_rsa"]
    assert "id_rsa looks like a key or a password" in done.stderr
    (shell.folder / "Procfile").write_text("release: true\nweb: gunicorn shop.wsgi -b :9000\nworker: work\n")
    assert "web listens on 9000" in shell.push("--dry-run").stderr


def test_a_script_written_by_hand_is_not_replaced(shell: Shell) -> None:
    (shell.folder / "entrypoint-web.sh").write_text("#!/bin/sh\nserve\n")
    for done in (shell.push(), shell("image", "entrypoints", "--path", str(shell.folder))):
        assert done.exit_code == ExitCode.INVALID_INPUT
        assert "this file was not made from the Procfile" in done.stderr


def test_the_images_are_listed(shell: Shell) -> None:
    for tag in ("v1", "v2"):
        (shell.folder / "version").write_text(tag)
        assert shell.push("--tag", tag).exit_code == 0
    rows = json.loads(shell("image", "list", "dev", "example", "--json").stdout)
    assert sorted(row["tags"] for row in rows) == [["v1"], ["v2"]]
    assert shell("image", "list", "dev", "example").stdout.splitlines()[0].split() == [
        "TAG",
        "DIGEST",
        "PUSHED",
        "SIZE",
        "KEPT",
        "FOR",
    ]


def test_a_process_of_the_catalogue_needs_its_line(shell: Shell) -> None:
    (shell.folder / "Procfile").write_text("web: serve\n")
    done = shell.push()
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "no line for worker, release" in done.stderr


def test_a_folder_without_procfile_is_told(shell: Shell) -> None:
    (shell.folder / "Procfile").unlink()
    done = shell.push()
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert f"there is no {shell.folder / 'Procfile'}" in done.stderr


def test_entrypoints_are_written_beside_the_procfile(shell: Shell) -> None:
    done = shell("image", "entrypoints", "--path", str(shell.folder))
    written = [Path(line).name for line in done.stdout.splitlines()]
    assert written == ["entrypoint-release.sh", "entrypoint-web.sh", "entrypoint-worker.sh"]
    assert (shell.folder / "entrypoint-web.sh").read_text().endswith("exec serve\n")


@pytest.fixture
def logged(shell: Shell, session: Session) -> Iterator[Shell]:
    logs, now = session.client("logs"), int(time.time() * 1000)
    probe = '10.0.1.7 - - "GET /health/ HTTP/1.1" 200 2 "-" "ELB-HealthChecker/2.0"'
    lines = {"web": [(-4000, "GET [/health] 200"), (-2500, probe), (-2000, "later")], "worker": [(-3000, "took a job")]}
    for process, rows in lines.items():
        place = {"logGroupName": f"/ecs/dev-example-{process}", "logStreamName": f"ecs/app/{process}0123456789"}
        logs.create_log_group(logGroupName=place["logGroupName"])
        logs.create_log_stream(**place)
        logs.put_log_events(**place, logEvents=[{"timestamp": now + at, "message": text} for at, text in rows])
    yield shell
    for process in lines:
        logs.delete_log_group(logGroupName=f"/ecs/dev-example-{process}")


def without_time(text: str) -> list[str]:
    time_of = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ")
    assert all(time_of.match(line) for line in text.splitlines())
    return [time_of.sub("", line) for line in text.splitlines()]


def test_the_log_of_an_app_is_that_of_its_processes_merged(logged: Shell) -> None:
    done = logged("logs", "dev", "example")
    assert without_time(done.stdout) == [
        "web.web012: GET [/health] 200",
        "worker.worker: took a job",
        "web.web012: later",
    ]


def test_the_log_is_cut_to_a_process_a_count_and_a_span(logged: Shell) -> None:
    assert without_time(logged("logs", "dev", "example", "-p", "worker").stdout) == ["worker.worker: took a job"]
    assert without_time(logged("logs", "dev", "example", "-n", "1").stdout) == ["web.web012: later"]
    assert len(logged("logs", "dev", "example", "--since", "1h").stdout.splitlines()) == 3
    assert len(logged("logs", "dev", "example", "--since", "1h", "--probes").stdout.splitlines()) == 4
    first = json.loads(logged("logs", "dev", "example", "--json").stdout.splitlines()[0])
    assert (first["process"], first["task"], first["message"]) == ("web", "web0123456789", "GET [/health] 200")


def test_the_log_is_cut_to_a_pattern_and_a_level_and_where_nothing_is_left_that_is_said(logged: Shell) -> None:
    found = logged("logs", "dev", "example", "--grep", "^took|LATER$")
    assert without_time(found.stdout) == ["worker.worker: took a job"]
    none = logged("logs", "dev", "example", "--since", "1h", "--level", "error")
    assert (none.exit_code, none.stdout) == (0, "")
    assert "none of the 4 lines since" in none.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--grep", "("), ExitCode.INVALID_INPUT, "( is no regular expression"),
        (("--level", "loud"), ExitCode.INVALID_INPUT, "loud is no level"),
        (("--release", "newest"), ExitCode.INVALID_INPUT, "newest is no release"),
        (("-p", "clock"), ExitCode.INVALID_INPUT, "example has no process clock; it has"),
        (("--since", "soon"), ExitCode.INVALID_INPUT, "soon is no span of time"),
        (("-p", "release"), ExitCode.NOT_READY, "there is no log group /ecs/dev-example-release"),
    ],
)
def test_what_has_no_log_is_one_sentence(logged: Shell, words: tuple[str, ...], code: ExitCode, sentence: str) -> None:
    done = logged("logs", "dev", "example", *words)
    assert done.exit_code == code
    assert sentence in done.stderr
