import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.core.image.ignore_rules import files, secrets
from driver.errors import InvalidInput


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


@pytest.mark.parametrize(
    "name",
    [
        ".env.production",
        ".env.local",
        "conf/.env.production",
        "a/b/.ENV",
        ".envrc",
        ".envs/.production/.django",
        ".env/x",
    ],
)
def test_no_file_of_variables_goes_in_at_any_depth(folder: Path, name: str) -> None:
    before = names(folder)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("SECRET=x")
    assert names(folder) == before


@pytest.mark.parametrize("name", [".env.example", ".env.sample", "conf/.env.local.example"])
def test_an_example_of_one_does(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("SECRET=")
    assert name in names(folder)


def test_what_looks_like_a_key_is_named_and_a_certificate_is_not(folder: Path) -> None:
    files_of = {
        "id_rsa": "x", "id_rsa.pub": "x", "shop/tls.pem": "-----BEGIN PRIVATE KEY-----", "chain.pem": "x",
        "ca.pem": "-----BEGIN CERTIFICATE-----", "both.pem": "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----",
        "prod.env": "A=b", "prod.env.example": "A=", "server.key": "x", "keys.py": "x",
    }  # fmt: skip
    for name, text in files_of.items():
        (folder / name).write_text(text)
    assert [path.as_posix() for path in secrets(folder)] == [
        "both.pem", "chain.pem", "id_rsa", "prod.env", "server.key", "shop/tls.pem",
    ]  # fmt: skip
    (folder / ".dockerignore").write_text("*.pem\nid_rsa\n*.key\n*.env\nshop\n")
    assert secrets(folder) == ()


def test_gitignore_files_of_folders_below_and_above_count_too(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("*.txt\nshop/*.log\n")
    (folder / "shop" / ".gitignore").write_text("!notes.txt\n/views.py\n")
    (folder / "shop" / "a.log").write_text("x")
    assert names(folder) == [".gitignore", "manage.py", "shop/.gitignore", "shop/notes.txt", "static/app.css",
                             "static/keep.css"]  # fmt: skip
    assert names(folder / "shop") == [".gitignore", "notes.txt"]


def test_a_folder_that_its_repository_ignores_is_packed_all_the_same(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("shop/\n")
    assert names(folder / "shop") == ["notes.txt", "views.py"]


def test_rules_of_another_repository_do_not_count(folder: Path) -> None:
    (folder / ".gitignore").write_text("*.py\n")
    (folder / "shop" / ".git").mkdir()
    assert names(folder / "shop") == ["notes.txt", "views.py"]


@pytest.mark.parametrize("name", [".gitignore", ".dockerignore"])
def test_whatever_bytes_rules_are_in_they_are_read(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xef\xbb\xbfnotes.txt\r\n# caf\xe9\r\n*.caf\xe9\nshop/notes.txt")
    (folder / os.fsdecode(b"menu.caf\xe9")).write_text("x")
    assert names(folder) == [name, "manage.py", "shop/views.py", "static/app.css", "static/keep.css"]


def test_the_rules_of_the_dockerfile_itself_come_first(folder: Path) -> None:
    (folder / "Dockerfile.dockerignore").write_text("shop\nstatic\n")
    (folder / ".dockerignore").write_text("manage.py\n")
    assert names(folder) == [".dockerignore", "Dockerfile.dockerignore", "manage.py", "notes.txt"]


def test_a_pattern_that_docker_refuses_is_refused_with_its_line(folder: Path) -> None:
    (folder / ".dockerignore").write_text("# it\n[a-\n")
    with pytest.raises(InvalidInput, match=r"\.dockerignore:2: no pattern of Docker's"):
        files(folder)


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder in which what is made unreadable is so: root reads everything, so this is somebody else."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made)
        path.chmod(0o755)
        (path / "manage.py").write_text("x")
        (path / "data" / "db").mkdir(parents=True)
        (path / "data" / "keep").write_text("x")
        (path / "data" / "db").chmod(0)
        (path / "data").chmod(0o700)
        was = os.geteuid()
        if was == 0:
            os.seteuid(65534)
        else:
            (path / "data").chmod(0)
        yield path
        os.seteuid(was)
        (path / "data").chmod(0o700)
        (path / "data" / "db").chmod(0o700)


@pytest.mark.parametrize(
    ("name", "text"), [(".gitignore", "data/\n"), (".dockerignore", "data\n"), (".dockerignore", "**/data\n!*.py\n")]
)
def test_a_folder_that_can_not_be_read_is_passed_by_where_a_rule_names_it(name: str, text: str, nobody: Path) -> None:
    was, _ = os.geteuid(), os.seteuid(os.getuid())
    (nobody / name).write_text(text)
    os.seteuid(was)
    assert names(nobody) == [name, "manage.py"]


def test_where_it_has_to_be_read_it_is_one_sentence_that_names_it(nobody: Path) -> None:
    with pytest.raises(InvalidInput, match=r"data can't be packed: Permission denied") as caught:
        files(nobody)
    assert ".dockerignore" in caught.value.hint
