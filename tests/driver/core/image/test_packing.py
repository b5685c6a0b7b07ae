"""Rules of packing a folder."""

import os
import tarfile
from pathlib import Path

import pytest

from driver.core.image import naming, packing
from driver.core.values import manifests
from driver.errors import InvalidInput
from model.releases import Source

SCRIPTS = {"entrypoint-web.sh": "#!/bin/sh\nexec serve\n"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "app"
    (made / "sub").mkdir(parents=True)
    (made / "app.py").write_text("print()\n")
    (made / "sub" / "run").write_text("#!/bin/sh\n")
    (made / "sub" / "run").chmod(0o755)
    (made / "link").symlink_to("app.py")
    return made


def names(path: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(path) as archive:
        return {member.name: member for member in archive}


def test_the_files_lie_below_app_and_belong_to_nobody(folder: Path, tmp_path: Path) -> None:
    packing.write_layer(folder, SCRIPTS, tmp_path / "layer")
    members = names(tmp_path / "layer")
    assert list(members) == ["app", "app/sub", "app/app.py", "app/entrypoint-web.sh", "app/link", "app/sub/run"]
    assert [members[f"app/{name}"].mode for name in ("app.py", "sub/run", "entrypoint-web.sh")] == [
        0o644,
        0o755,
        0o755,
    ]
    assert {(row.uid, row.gid, row.mtime, row.uname) for row in members.values()} == {(0, 0, 0, "")}


def test_time_changes_no_byte_and_content_does(folder: Path, tmp_path: Path) -> None:
    first = packing.write_layer(folder, SCRIPTS, tmp_path / "first")
    os.utime(folder / "app.py", (1, 1))
    second = packing.write_layer(folder, SCRIPTS, tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert first.content == second.content == packing.content_digest(folder, SCRIPTS)
    (folder / "app.py").write_text("other\n")
    assert packing.content_digest(folder, SCRIPTS) != first.content


def test_secrets_caches_and_what_is_ignored_stay_out(folder: Path, tmp_path: Path) -> None:
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "__pycache__").mkdir()
    for name in (".env", "a.log", "__pycache__/a.pyc", "db.sqlite3"):
        (folder / name).write_text("x")
    packing.write_layer(folder, {}, tmp_path / "layer")
    assert set(names(tmp_path / "layer")) == {
        "app",
        "app/.gitignore",
        "app/app.py",
        "app/link",
        "app/sub",
        "app/sub/run",
    }


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        (None, "c" * 12),
        (Source(commit=COMMIT, branch="main"), "main-0123456789ab"),
        (Source(commit=COMMIT), "0123456789ab"),
        (Source(commit=COMMIT, branch="feature/x y"), "feature-x-y-0123456789ab"),
        (Source(commit=COMMIT, branch="main", dirty=True), "main-0123456789ab-dirty-cccccccc"),
    ],
)
def test_the_tag_tells_where_an_image_is_from(source: Source | None, tag: str) -> None:
    assert naming.default_tag(source, f"sha256:{'c' * 64}") == tag


def test_a_tag_that_can_be_none_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="can't be the tag"):
        packing.pack(folder, SCRIPTS, None, "-x")


@pytest.mark.parametrize("tag", ["keep.dev.example.v9", "keep."])
def test_a_tag_of_our_own_is_refused(tag: str, folder: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        packing.pack(folder, SCRIPTS, None, tag)
    assert caught.value.hint == "Tags that begin with `keep.` are those of releases."


def test_what_is_labelled_is_read_back() -> None:
    source = Source(commit=COMMIT, branch="topic", dirty=True, target="main", tip="b" * 40, merge_base="c" * 40)
    labels = packing.labels(source, f"sha256:{'c' * 64}")
    assert manifests.source_of({"config": {"Labels": labels}}) == source
