"""Which files of an app's folder go into its image."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from driver.core.image import docker_ignore, git_ignore, secret_files
from driver.errors import InvalidInput

# Never part of an image: version control, caches, this machine's virtual environment and databases. Files of variables
# are not either.
ALWAYS: Final = re.compile(
    r"\.git|\.hg|\.svn|__pycache__|.*\.pyc|\.venv|.*\.sqlite3.*|\.mypy_cache|\.pytest_cache|\.ruff_cache|\.DS_Store",
    re.DOTALL,
)
_DOCKER: Final = ("Dockerfile.dockerignore", ".dockerignore")
"""The first that is there counts. https://docs.docker.com/build/concepts/context/#filename-and-location"""
_GIT: Final = ".gitignore"


class _Rules(Protocol):
    def skips(self, path: str, *, folder: bool) -> bool: ...

    def below(self, path: str) -> "_Rules": ...


@dataclass(frozen=True)
class _Docker:
    rules: tuple[docker_ignore.Rule, ...]

    def skips(self, path: str, *, folder: bool) -> bool:
        out = docker_ignore.ignored(self.rules, path)
        return out and not (folder and docker_ignore.may_hold(self.rules, path))

    def below(self, path: str) -> "_Docker":
        return self


@dataclass(frozen=True)
class _Git:
    """The rules of the nearest file first; `above` leads from the repository to the app's folder, with a slash."""

    folder: Path
    above: bytes
    lists: tuple[tuple[git_ignore.Rule, ...], ...]

    def skips(self, path: str, *, folder: bool) -> bool:
        return git_ignore.ignored(self.lists, self.above + os.fsencode(path), folder=folder)

    def below(self, path: str) -> "_Git":
        raw = _read(self.folder / path / _GIT)
        if raw is None:
            return self
        base = self.above + os.fsencode(f"{path}/" if path else "")
        return _Git(self.folder, self.above, (git_ignore.rules(raw, base), *self.lists))


def files(folder: Path) -> tuple[Path, ...]:
    """The files and symbolic links below `folder`, relative to it and sorted by name.

    Left out is what `.dockerignore` names, or where there is none the `.gitignore` files of the repository, as Docker
    and git read them. Directories that hold no file are left out, as git has none. Raises InvalidInput for a folder
    that can't be read and that nothing leaves out.
    """
    return tuple(sorted(_walk(folder, "", _rules(folder)), key=lambda path: path.as_posix()))


def secrets(folder: Path) -> tuple[Path, ...]:
    """Those of the files that look like keys or passwords."""
    return tuple(path for path in files(folder) if secret_files.suspicious(folder / path))


def _walk(folder: Path, at: str, rules: _Rules) -> Iterator[Path]:
    entries = _entries(folder / at)
    rules = rules.below(at)
    for entry in entries:
        path = f"{at}/{entry.name}" if at else entry.name
        if ALWAYS.fullmatch(entry.name) or secret_files.never(entry.name):
            continue
        below = entry.is_dir(follow_symlinks=False)
        if rules.skips(path, folder=below):
            continue
        if below:
            yield from _walk(folder, path, rules)
        elif entry.is_symlink() or entry.is_file():
            yield Path(path)


def _entries(folder: Path) -> Sequence["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        raise InvalidInput(
            f"{folder} can't be packed: {error.strerror or error}",
            hint="Make it readable, or name it in .dockerignore.",
        ) from error


def _rules(folder: Path) -> _Rules:
    for name in _DOCKER:
        raw = _read(folder / name)
        if raw is not None:
            return _Docker(docker_ignore.rules(raw, str(folder / name)))
    return _above(folder)


def _above(folder: Path) -> _Git:
    """The rules of the folders between the repository's and the app's own; none where they leave the app's out."""
    whole = folder.resolve()
    root = next((path for path in (whole, *whole.parents) if (path / ".git").exists()), whole)
    lists: tuple[tuple[git_ignore.Rule, ...], ...] = ()
    base = b""
    for part in whole.relative_to(root).parts:
        raw = _read(root / os.fsdecode(base) / _GIT)
        lists = lists if raw is None else (git_ignore.rules(raw, base), *lists)
        base += os.fsencode(part)
        if git_ignore.ignored(lists, base, folder=True):
            return _Git(folder, b"", ())
        base += b"/"
    return _Git(folder, base, lists)


def _read(file: Path) -> bytes | None:
    """The bytes of a file of rules; None where there is none. Raises InvalidInput where it can't be read."""
    try:
        # git follows no symbolic link here, and Docker does.
        if file.name == _GIT and file.is_symlink():
            return None
        return file.read_bytes() if file.is_file() else None
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror or error}") from error
