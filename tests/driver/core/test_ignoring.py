from pathlib import Path

import pytest

from driver.core.ignoring import files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("manage.py", "shop/views.py", "shop/notes.txt", "notes.txt", "static/app.css", "static/keep.css"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return tmp_path


def names(folder: Path) -> list[str]:
    return [path.as_posix() for path in files(folder)]


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        "shop/__pycache__/views.pyc",
        ".venv/bin/python",
        "db.sqlite3",
        "db.sqlite3-wal",
        ".env",
        "shop/.env",
        "module.pyc",
    ],
)
def test_secrets_databases_and_this_machines_files_are_never_packed(folder: Path, name: str) -> None:
    before = names(folder)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    assert names(folder) == before


def test_no_pattern_brings_a_secret_back(folder: Path) -> None:
    (folder / ".env").write_text("KEY=value")
    (folder / ".dockerignore").write_text("!.env\n!**/.env\n")
    assert ".env" not in names(folder)


def test_gitignore_patterns_match_at_any_depth(folder: Path) -> None:
    (folder / ".gitignore").write_text("# comment\n\nnotes.txt\nstatic/\n")
    assert names(folder) == [".gitignore", "manage.py", "shop/views.py"]


def test_dockerignore_patterns_begin_at_the_folder_and_replace_gitignore(folder: Path) -> None:
    (folder / ".gitignore").write_text("static/\n")
    (folder / ".dockerignore").write_text("notes.txt\n./static/*.css\n!static/keep.css\n.gitignore\n.dockerignore\n")
    assert names(folder) == ["manage.py", "shop/notes.txt", "shop/views.py", "static/keep.css"]


def test_double_stars_match_folders(folder: Path) -> None:
    (folder / ".dockerignore").write_text("**/notes.txt\n.dockerignore\nstatic\n")
    assert names(folder) == ["manage.py", "shop/views.py"]


def test_a_link_to_a_folder_is_a_link_and_is_not_followed(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    assert "loop" in names(folder)
    assert not [name for name in names(folder) if name.startswith("loop/")]
