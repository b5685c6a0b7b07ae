"""What git says of a folder."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from driver.core.observe.release_diff import Commits, Line
from driver.core.stats.commits import Commit
from driver.errors import InvalidInput
from model.releases import Source

TIMEOUT = 30.0
# Written next to the Procfile by `slipway image entrypoints`, and into every image: not a change of the app.
GENERATED = ":(exclude)entrypoint-*.sh"

# Those of `git rev-parse --local-env-vars` that say where a repository is. Settings, by which CI may declare a folder
# safe, stay. https://git-scm.com/docs/githooks#_description
OF_A_REPOSITORY = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
}  # fmt: skip


def source(folder: Path) -> Source | None:
    """The commit that a folder is at, its branch, and whether anything in it differs from the commit.

    None where there is no git, no repository, no commit yet, or the repository ignores the folder. A checkout of a bare
    commit, as build servers make it, has no branch. Raises InvalidInput when git itself fails.
    """
    try:
        inside = _git(folder, "rev-parse", "--is-inside-work-tree")
    except FileNotFoundError:
        return None
    if inside.returncode != 0 and "not a git repository" not in inside.stderr:
        raise InvalidInput(f"git can't read {folder}: {' '.join(inside.stderr.split())}")
    if inside.stdout.strip() != "true" or _git(folder, "check-ignore", "--quiet", ".").returncode == 0:
        return None
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "HEAD").stdout.strip()
    if not commit:
        return None
    branch = _git(folder, "symbolic-ref", "--short", "--quiet", "HEAD").stdout.strip()
    changes = _git(folder, "status", "--porcelain", "--", ".", GENERATED)
    if changes.returncode != 0:
        raise InvalidInput(f"git can't read {folder}: {' '.join(changes.stderr.split())}")
    return Source(commit=commit, branch=branch or None, dirty=bool(changes.stdout.strip()))


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    """Ours without what git tells its hooks of their own repository, which another folder is none of."""
    own = {name: value for name, value in os.environ.items() if name not in OF_A_REPOSITORY}
    return {**own, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def history(folder: Path) -> dict[str, Commit]:
    """Every commit that the repository of a folder has, by its full hash; none where there is no git or repository.

    Raises InvalidInput when git itself fails.
    """
    try:
        found = _git(folder, "log", "--all", "--format=%H %ct %P")
    except FileNotFoundError:
        return {}
    if found.returncode != 0 and "not a git repository" not in found.stderr:
        raise InvalidInput(f"git can't read {folder}: {' '.join(found.stderr.split())}")
    rows = [line.split() for line in found.stdout.splitlines()]
    return {name: Commit(at=datetime.fromtimestamp(int(at), UTC), parents=tuple(up)) for name, at, *up in rows}


def between(folder: Path, one: str, other: str) -> Commits | None:
    """The commits of either side alone; None where there is no repository that has both."""
    sides = []
    for begin, end in ((one, other), (other, one)):
        try:
            found = _git(folder, "log", "--format=%h %s", "--end-of-options", f"{begin}..{end}")
        except FileNotFoundError:
            return None
        if found.returncode != 0:
            return None
        rows = (line.partition(" ") for line in found.stdout.splitlines())
        sides.append([Line(commit=name, subject=subject) for name, _, subject in rows])
    return Commits(more=sides[0], less=sides[1])
