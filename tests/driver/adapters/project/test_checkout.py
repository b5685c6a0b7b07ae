"""Checkouts as CI systems make them, with the real git."""

import subprocess
from pathlib import Path

import pytest

from driver.adapters.project.git import checkout, without_login
from tests.driver.adapters.project.test_git import commit, git

CI = ("GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "BUILDKITE", "BITBUCKET_BUILD_NUMBER", "JENKINS_URL")


class Origin:
    """A repository with `main` and `topic`, and the commit by which a pull request would be merged."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        git(folder, "init", "-q", "-b", "main")
        self.folder = folder
        self.base = self._change("Procfile")
        git(folder, "checkout", "-q", "-b", "topic")
        self.topic = self._change("topic.py")
        git(folder, "checkout", "-q", "main")
        self.main = self._change("main.py")
        git(folder, "checkout", "-q", "--detach")
        who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        git(folder, *who, "merge", "-q", "--no-ff", "-m", "Merge", "topic")
        self.merge = git(folder, "rev-parse", "HEAD")
        git(folder, "update-ref", "refs/pull/12/merge", self.merge)
        git(folder, "checkout", "-q", "main")

    def _change(self, name: str) -> str:
        (self.folder / name).write_text("web: true\n")
        return commit(self.folder)

    def clone(self, folder: Path, *options: str) -> Path:
        subprocess.run(["git", "clone", "-q", *options, self.folder.as_uri(), str(folder)], check=True)
        return folder


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Origin:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for name in (*CI, "GITHUB_HEAD_REF", "GITHUB_BASE_REF"):
        monkeypatch.delenv(name, raising=False)
    return Origin(tmp_path / "origin")


def pulled(origin: Origin, folder: Path, *depth: str) -> Path:
    """As GitHub's checkout action leaves a pull request: one ref fetched, HEAD a bare commit."""
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "remote", "add", "origin", origin.folder.as_uri())
    git(folder, "fetch", "-q", *depth, "origin", "+refs/pull/12/merge:refs/remotes/pull/12/merge")
    git(folder, "checkout", "-q", "--detach", "refs/remotes/pull/12/merge")
    return folder


def github(monkeypatch: pytest.MonkeyPatch, sha: str) -> None:
    told = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": sha, "GITHUB_RUN_NUMBER": "7"}
    for name, value in {**told, "GITHUB_HEAD_REF": "topic", "GITHUB_BASE_REF": "main"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("depth", [(), ("--depth=1",)], ids=["whole", "shallow"])
def test_a_pull_request_is_told_from_its_branch(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: tuple[str, ...]
) -> None:
    github(monkeypatch, origin.merge)
    found = checkout(pulled(origin, tmp_path / "pulled", *depth))
    assert found is not None
    assert found.source.merged
    assert (found.source.branch, found.source.target) == ("topic", "main")
    assert (found.source.commit, found.source.tip) == (origin.merge, origin.topic)
    assert found.source.merge_base == (None if depth else origin.base)
    assert found.shallow is bool(depth)
    assert str(found.source) == f"topic at {origin.topic[:10]} merged into main: {origin.merge[:10]}"


def test_a_branch_knows_where_it_left_its_target(origin: Origin, tmp_path: Path) -> None:
    found = checkout(origin.clone(tmp_path / "clone", "--branch", "topic"))
    assert found is not None
    assert not found.source.merged
    assert (found.source.branch, found.source.target, found.source.merge_base) == ("topic", "main", origin.base)
    assert found.time


def test_a_bare_commit_is_of_the_one_branch_that_ends_there(origin: Origin, tmp_path: Path) -> None:
    folder = origin.clone(tmp_path / "clone")
    git(folder, "checkout", "-q", "--detach", "origin/topic")
    found = checkout(folder)
    assert found is not None
    assert found.source.branch == "topic"
    git(folder, "checkout", "-q", "--detach", origin.base)
    found = checkout(folder)
    assert found is not None
    assert found.source.branch is None


def test_jenkins_merge_of_a_pull_request_is_told_by_the_branchs_ref(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = origin.clone(tmp_path / "clone")
    git(folder, "checkout", "-q", "--detach", "origin/topic")
    who = ("-c", "user.name=Jenkins", "-c", "user.email=nobody@nowhere")
    git(folder, *who, "merge", "-q", "--no-ff", "-m", "Merge", "origin/main")
    merge = git(folder, "rev-parse", "HEAD")
    told = {"BRANCH_NAME": "PR-12", "CHANGE_BRANCH": "topic", "CHANGE_TARGET": "main", "GIT_COMMIT": merge}
    for name, value in {"JENKINS_URL": "https://ci.example.org/", "BUILD_NUMBER": "7", **told}.items():
        monkeypatch.setenv(name, value)
    found = checkout(folder)
    assert found is not None
    assert (found.source.commit, found.source.tip) == (merge, origin.topic)
    assert found.source.merge_base == origin.base
    assert found.number == "7"


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://x-access-token:ghs_secret@github.com/acme/shop.git", "https://github.com/acme/shop.git"),
        ("https://gitlab-ci-token:secret@gitlab.com/acme/shop.git?private_token=s", "https://gitlab.com/acme/shop.git"),
        ("ssh://git@github.com/acme/shop.git", "ssh://github.com/acme/shop.git"),
        ("git@github.com:acme/shop.git", "ssh://github.com/acme/shop.git"),
        ("/srv/git/shop.git", ""),
        ("../shop", ""),
        ("file:///srv/git/shop.git", ""),
        ("", ""),
    ],
)
def test_no_login_goes_into_an_image(url: str, bare: str) -> None:
    assert without_login(url) == bare
