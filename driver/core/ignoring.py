"""Which files of an app's folder go into its image."""

from collections.abc import Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

# Never part of an image: version control, caches, this machine's virtual environment and databases, and .env files,
# which hold secrets.
ALWAYS = (
    ".git",
    ".hg",
    ".svn",
    "__pycache__",
    "*.pyc",
    ".venv",
    ".env",
    "*.sqlite3*",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".DS_Store",
)


def files(folder: Path) -> tuple[Path, ...]:
    """The files and symbolic links below `folder`, relative to it and sorted by name.

    Left out is what `.dockerignore` names, or `.gitignore` where there is no `.dockerignore`; only those directly in
    `folder` are read. Directories that hold no file are left out, as git has none.
    """
    ignored = GitIgnoreSpec.from_lines([*_lines(folder), *ALWAYS])
    return tuple(sorted(_walk(folder, Path(), ignored), key=lambda path: path.as_posix()))


def _walk(folder: Path, below: Path, ignored: GitIgnoreSpec) -> Iterator[Path]:
    for entry in (folder / below).iterdir():
        path = below / entry.name
        real_folder = entry.is_dir() and not entry.is_symlink()
        # A folder is walked into even where a pattern names it: a later `!pattern` may name something in it.
        if real_folder and not _always(entry.name):
            yield from _walk(folder, path, ignored)
        elif (entry.is_file() or entry.is_symlink()) and not ignored.match_file(path.as_posix()):
            yield path


def _always(name: str) -> bool:
    return name in ALWAYS


def _lines(folder: Path) -> list[str]:
    docker, git = folder / ".dockerignore", folder / ".gitignore"
    if docker.is_file():
        return [_rooted(line) for line in docker.read_text(encoding="utf-8").splitlines()]
    return git.read_text(encoding="utf-8").splitlines() if git.is_file() else []


def _rooted(line: str) -> str:
    """A line of `.dockerignore` as git means it: Docker's patterns begin at the folder, git's match at any depth.

    https://docs.docker.com/build/concepts/context/#dockerignore-files
    """
    line = line.strip()
    if not line or line.startswith("#"):
        return ""
    sign, pattern = ("!", line[1:].strip()) if line.startswith("!") else ("", line)
    return f"{sign}/{pattern.removeprefix('./').strip('/')}"
