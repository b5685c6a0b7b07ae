"""What is told of a folder, against the real git."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from driver.adapters.project.git import between, history, source
from driver.errors import InvalidInput


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", ".")
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
    git(folder, *who, "commit", "-q", "-m", "a change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A repository around the tests' temporary folder must not be found.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "Procfile").write_text("web: true\n")
    git(folder, "init", "-q", "-b", "trunk")
    return folder


def test_a_clean_checkout_is_its_commit_and_branch(repository: Path) -> None:
    head = commit(repository)
    found = source(repository / "app")
    assert found is not None
    assert (found.commit, found.branch, found.dirty) == (head, "trunk", False)


@pytest.mark.parametrize("name", ["Procfile", "new.py"])
def test_a_changed_and_a_new_file_make_it_dirty(repository: Path, name: str) -> None:
    commit(repository)
    (repository / "app" / name).write_text("other\n")
    found = source(repository / "app")
    assert found is not None
    assert found.dirty


def test_a_change_outside_of_the_folder_does_not(repository: Path) -> None:
    commit(repository)
    (repository / "README").write_text("other\n")
    found = source(repository / "app")
    assert found is not None
    assert not found.dirty


def test_the_scripts_made_from_the_procfile_are_no_change(repository: Path) -> None:
    commit(repository)
    (repository / "app" / "entrypoint-web.sh").write_text("true\n")
    found = source(repository / "app")
    assert found is not None
    assert not found.dirty


def test_a_checkout_of_a_bare_commit_has_no_branch(repository: Path) -> None:
    head = commit(repository)
    git(repository, "checkout", "-q", "--detach", head)
    found = source(repository / "app")
    assert found is not None
    assert (found.commit, found.branch) == (head, None)


def test_without_a_commit_or_a_repository_there_is_no_source(repository: Path, tmp_path: Path) -> None:
    assert source(repository / "app") is None
    (tmp_path / "plain").mkdir()
    assert source(tmp_path / "plain") is None


def test_a_folder_that_the_repository_ignores_is_not_its_commit(repository: Path) -> None:
    (repository / ".gitignore").write_text("build/\n")
    commit(repository)
    (repository / "build").mkdir()
    assert source(repository / "build") is None


def test_without_git_there_is_no_source(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commit(repository)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert source(repository) is None


def test_a_git_that_fails_is_told_and_not_taken_for_no_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failing = tmp_path / "git"
    failing.write_text("#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\nexit 128\n")
    failing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(InvalidInput, match="dubious ownership"):
        source(repository)


def test_a_hook_of_another_repository_does_not_pass_its_own_off(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(repository)
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    (other / "file").write_text("x")
    assert commit(other) != head
    # What git sets for its hooks.
    told = {"GIT_DIR": ".git", "GIT_WORK_TREE": ".", "GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": ""}
    for name, value in told.items():
        monkeypatch.setenv(name, str(other / value) if value else "")
    found = source(repository / "app")
    assert found is not None
    assert (found.commit, found.branch, found.dirty) == (head, "trunk", False)


def test_the_history_has_every_commit_with_its_parents_also_those_of_other_branches(repository: Path) -> None:
    first = commit(repository)
    (repository / "app" / "new").write_text("x")
    git(repository, "switch", "-q", "-c", "other")
    second = commit(repository)
    git(repository, "switch", "-q", "trunk")
    found = history(repository / "app")
    assert {name: row.parents for name, row in found.items()} == {first: (), second: (first,)}
    assert abs(found[first].at.timestamp() - time.time()) < 600


def test_the_commits_between_two_are_told_both_ways_and_unknown_ones_are_none(repository: Path) -> None:
    first = commit(repository)
    (repository / "app" / "new").write_text("x")
    second = commit(repository)
    found = between(repository, first, second)
    assert found is not None
    assert ([row.subject for row in found.more], found.less) == (["a change"], [])
    assert between(repository, first, "f" * 40) is None
    assert between(repository, first, "--output=x") is None
    assert not (repository / "x").exists()


def test_without_git_or_a_repository_there_is_no_history(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert history(tmp_path) == {}
    assert between(tmp_path, "a", "b") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (history(repository), between(repository, "a", "b")) == ({}, None)
