"""Rules of `.gitignore`, held against git itself."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver.core.image import git_ignore
from driver.core.image.git_ignore import Rule

PARTS = st.sampled_from(["a", "b", "ab", "a.b", "c", "#a", "!a", "a b", "a ", "-", "é", "\\a", "]"])
PATHS = st.lists(st.lists(PARTS, min_size=1, max_size=3).map("/".join), min_size=4, max_size=14, unique=True)
PIECES = (
    "a", "b", "*", "**", "/", "!", "?", "[ab]", "[!a]", "[^-a]", "[]a]", "[a-c]", "[é]", "[[:alpha:]]", "[:", "[", "]",
    "\\", "\\ ", "#", " ", ".", "-", "^", "é", "\r", "a*", "*.b", "a/b", "/**", "**/", "a/", "[\\]]",
)  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
FILES = st.lists(LINES, min_size=1, max_size=4).map("\n".join)


def ours(lists: Sequence[tuple[bytes, Sequence[Rule]]], path: str) -> bool:
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        part = "/".join(parts[:end]).encode()
        near = [rules for base, rules in reversed(lists) if part.startswith(base)]
        if git_ignore.ignored(near, part, folder=end < len(parts)):
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(paths=PATHS, top=FILES, below=FILES)
def test_what_git_leaves_out_is_left_out(
    paths: list[str], top: str, below: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    made = [path for path in paths if written(folder / path)]
    lists = [(b"", git_ignore.rules(top.encode()))]
    (folder / ".gitignore").write_bytes(top.encode())
    if (folder / "a").is_dir():
        lists.append((b"a/", git_ignore.rules(below.encode(), b"a/")))
        (folder / "a" / ".gitignore").write_bytes(below.encode())
    assert [path for path in made if ours(lists, path)] == by_git(folder, made)


def written(path: Path) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError:
        return False
    return path.is_file()


def by_git(folder: Path, paths: list[str]) -> list[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", folder, "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"],
        input="".join(f"{path}\0" for path in paths).encode(),
        capture_output=True,
        check=False,
        env=clean,
    )
    return [path.decode() for path in done.stdout.split(b"\0") if path]
