"""What the versions of the example are good for in a demonstration, and what its settings refuse."""

from pathlib import Path

import pytest

from examples.example_versions import LAYERS, lay_out, main
from tests.examples.running_app import App, ask, serving


def released(root: Path, *versions: str) -> App:
    apps = [App.of(version, root) for version in versions]
    for app in apps:
        done = app.manage("migrate", "--noinput")
        assert done.returncode == 0, done.stderr
    return apps[-1]


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS"])
def test_a_missing_variable_is_one_sentence_and_exit_code_1(tmp_path: Path, name: str) -> None:
    done = App.of("v1", tmp_path).manage("migrate", **{name: ""})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{name} is not set, and this app can't run without it.\n"


def test_the_web_process_ends_with_that_sentence_too(tmp_path: Path) -> None:
    web = App.of("v1", tmp_path).start("web", PORT="1", SECRET_KEY="")
    said = web.communicate(timeout=20)[0]
    assert (web.returncode, said) == (1, "SECRET_KEY is not set, and this app can't run without it.\n")


@pytest.mark.parametrize("url", ["sqlite://relative.db", "mysql://user:pa55@host/name", "postgres:///", "nonsense"])
def test_a_database_url_that_cannot_be_used_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    done = App.of("v1", tmp_path).manage("migrate", DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL is neither sqlite:")
    assert len(done.stderr.splitlines()) == 1
    assert "pa55" not in done.stderr


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_models_and_migrations_agree(tmp_path: Path, version: str) -> None:
    done = released(tmp_path, version).manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


def test_the_second_version_looks_different_and_knows_priorities(tmp_path: Path) -> None:
    app = released(tmp_path, "v1", "v2")
    app.manage("add_jobs", "2", "--seconds", "0")
    app.rows("UPDATE jobs_job SET priority = 2 WHERE id = 2")
    with serving(app) as (_, port):
        page = ask(port, "/").body
    assert '<span class="version">v2</span>' in page
    assert "<th>Priority</th>" in page
    first = next(line for line in app.manage("work", "--until-empty").stdout.splitlines() if '"job"' in line)
    assert '"id": 2' in first


def test_the_first_version_goes_on_working_after_the_seconds_migration(tmp_path: Path) -> None:
    released(tmp_path, "v1", "v2")
    first = App(tmp_path / "v1", tmp_path / "db.sqlite3")
    assert first.manage("add_jobs", "1", "--seconds", "0").returncode == 0
    assert '"status": "done"' in first.manage("work", "--until-empty").stdout


def test_the_broken_version_fails_in_web_alone_and_says_why(tmp_path: Path) -> None:
    app = released(tmp_path, "v2", "broken")
    web = app.start("web", PORT="1")
    said = web.communicate(timeout=20)[0]
    assert web.returncode == 1
    assert said.splitlines()[-1] == "ModuleNotFoundError: No module named 'parcel_tracking'"
    assert app.manage("work", "--until-empty").returncode == 0


def test_the_bad_migration_exits_3_with_its_reason_and_changes_nothing(tmp_path: Path) -> None:
    released(tmp_path, "v1", "v2")
    app = App.of("bad-migration", tmp_path)
    before = app.rows("SELECT sql FROM sqlite_master WHERE name = 'jobs_job'")
    release = app.start("release")
    said = release.communicate(timeout=20)[0]
    assert release.returncode == 3
    assert said.splitlines()[-1].endswith("the jobs that exist have no address, so none was added.")
    assert app.rows("SELECT sql FROM sqlite_master WHERE name = 'jobs_job'") == before


def test_nothing_is_laid_out_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(FileExistsError):
        lay_out("v1", tmp_path)
    assert main(["v1", str(tmp_path)]) == f"{tmp_path}: it is not empty; give a folder that doesn't exist"
    assert "usage" in str(main(["v9", str(tmp_path / "new")]))
    assert set(LAYERS) == {"v1", "v2", "broken", "bad-migration"}
