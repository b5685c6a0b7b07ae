"""What git says of a folder."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from driver.core.image import build_system
from driver.core.image.checkout import Checkout, Facts, source_of
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
    """The source of a folder; None where `checkout` has none."""
    found = checkout(folder)
    return None if found is None else found.source


def checkout(folder: Path) -> Checkout | None:
    """The commit that a folder is at, its branch and where that goes, and whether anything differs from the commit.

    None where there is no git, no repository, no commit yet, or the repository ignores the folder. A checkout of a bare
    commit has the branch that the build system names, or the only one of origin's that ends there. Raises InvalidInput
    when git itself fails.
    """
    try:
        inside = _git(folder, "rev-parse", "--is-inside-work-tree")
    except FileNotFoundError:
        return None
    if inside.returncode != 0 and "not a git repository" not in inside.stderr:
        raise InvalidInput(f"git can't read {folder}: {_one_line(inside.stderr)}")
    if inside.stdout.strip() != "true" or _git(folder, "check-ignore", "--quiet", ".").returncode == 0:
        return None
    facts = _facts(folder)
    if facts is None:
        return None
    build = build_system.read(os.environ)
    found = source_of(facts, build)
    if found.target and not found.merge_base:
        found = found.model_copy(update={"merge_base": _merge_base(folder, found, facts) or None})
    return Checkout(source=found, remote=facts.remote, time=facts.time, shallow=facts.shallow, build=build)


def _facts(folder: Path) -> Facts | None:
    head = _said(folder, "rev-parse", "--verify", "--quiet", "HEAD")
    if not head:
        return None
    changes = _git(folder, "status", "--porcelain", "--", ".", GENERATED)
    if changes.returncode != 0:
        raise InvalidInput(f"git can't read {folder}: {_one_line(changes.stderr)}")
    default = _said(folder, "symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD")
    return Facts(
        head=head,
        parents=_parents(folder),
        branch=_said(folder, "symbolic-ref", "--short", "--quiet", "HEAD"),
        remotes=_remotes(folder),
        default=default.removeprefix("origin/"),
        dirty=bool(changes.stdout.strip()),
        remote=without_login(_said(folder, "config", "--get", "remote.origin.url")),
        time=_said(folder, "show", "--no-patch", "--format=%cI", "HEAD"),
        shallow=_said(folder, "rev-parse", "--is-shallow-repository") == "true",
    )


def _parents(folder: Path) -> tuple[str, ...]:
    """As the commit has them: where a clone was cut off, git's own words for a commit's parents know none."""
    head = _said(folder, "cat-file", "commit", "HEAD").partition("\n\n")[0]
    return tuple(line.split()[1] for line in head.splitlines() if line.startswith("parent "))


def _remotes(folder: Path) -> dict[str, str]:
    rows = _said(folder, "for-each-ref", "--format=%(objectname) %(refname:lstrip=3)", "refs/remotes/origin")
    found = (line.partition(" ") for line in rows.splitlines())
    return {name: commit for commit, _, name in found if name != "HEAD"}


def _merge_base(folder: Path, found: Source, facts: Facts) -> str:
    """Where the branch left its target; empty where the clone does not reach back to it."""
    tip = found.tip or facts.head
    others = [parent for parent in facts.parents if parent != tip] if found.tip else []
    into = others or [facts.remotes.get(found.target or "", "")]
    return _said(folder, "merge-base", tip, into[0]) if into[0] else ""


def without_login(url: str) -> str:
    """A remote's address without the login that it may hold; empty for a folder of this machine."""
    bare = re.sub(r"^([a-z+]+://)[^@/]*@", r"\1", url)
    if "://" in bare:
        return "" if bare.startswith("file:") else bare.partition("?")[0]
    host, colon, path = bare.partition(":")
    short = bool(colon) and "/" not in host
    return f"ssh://{host.rpartition('@')[2]}/{path.lstrip('/')}" if short else ""


def _said(folder: Path, *arguments: str) -> str:
    """What git answers; empty where it has no answer."""
    done = _git(folder, *arguments)
    return done.stdout.strip() if done.returncode == 0 else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def archive(folder: Path, commit: str, file: Path) -> str:
    """Write what a commit has in a folder as a packed tar file; the commit's whole name.

    Raises InvalidInput where the repository has no such commit, or there is none.
    """
    try:
        known = _git(folder, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
        whole = known.stdout.strip()
        done = _git(folder, "archive", "--format=tar.gz", f"--output={file.resolve()}", whole) if whole else known
    except FileNotFoundError:
        raise InvalidInput("git is not installed, and the source of a commit is taken from it") from None
    if not whole:
        raise InvalidInput(
            f"{folder} has no commit {commit[:12]}",
            hint="Name the folder of the app's repository (--path), and git fetch.",
        )
    if done.returncode != 0:
        raise InvalidInput(f"git can't pack {commit[:12]} of {folder}: {_one_line(done.stderr)}")
    return whole


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
    except subprocess.TimeoutExpired:
        raise InvalidInput(
            f"git did not list the commits of {folder} within {TIMEOUT:.0f} s", hint="Give another --path."
        ) from None
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
        except (FileNotFoundError, subprocess.TimeoutExpired):
            return None
        if found.returncode != 0:
            return None
        rows = (line.partition(" ") for line in found.stdout.splitlines())
        sides.append([Line(commit=name, subject=subject) for name, _, subject in rows])
    return Commits(more=sides[0], less=sides[1])
