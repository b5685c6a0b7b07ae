"""What an image unpacks to, and that it stays where it is put."""

import io
import tarfile
from pathlib import Path

import pytest

from sandbox.runtime.unpack import unpack
from tests.sandbox.sandbox_world import tar_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def layer(tmp_path: Path, *members: tarfile.TarInfo) -> Path:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    (tmp_path / "layer").write_bytes(raw.getvalue())
    return tmp_path / "layer"


def files(tmp_path: Path, **names: str) -> Path:
    (tmp_path / "layer").write_bytes(tar_of({name.replace("__", "/"): text for name, text in names.items()}))
    return tmp_path / "layer"


def link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


def whiteout(name: str) -> tarfile.TarInfo:
    return tarfile.TarInfo(name)


def test_a_later_layer_replaces_and_removes(tmp_path: Path, root: Path) -> None:
    unpack(files(tmp_path, app__a="1", app__b="1", data__c="1"), root)
    unpack(files(tmp_path, app__a="2"), root)
    unpack(layer(tmp_path, whiteout("app/.wh.b"), whiteout("data/.wh..wh..opq")), root)
    assert (root / "app/a").read_text() == "2"
    assert sorted(path.name for path in root.rglob("*")) == ["a", "app", "data"]


def test_a_whiteout_hides_lower_layers_and_never_its_own(tmp_path: Path, root: Path) -> None:
    unpack(files(tmp_path, app__old="1"), root)
    unpack(layer(tmp_path, tarfile.TarInfo("app/new"), whiteout("app/.wh..wh..opq")), root)
    assert [path.name for path in (root / "app").iterdir()] == ["new"]


def test_an_absolute_link_stays_inside_the_root(tmp_path: Path, root: Path) -> None:
    unpack(files(tmp_path, etc__passwd="the image's"), root)
    unpack(layer(tmp_path, link("deep/down/link", "/etc/passwd")), root)
    assert (root / "deep/down/link").read_text() == "the image's"


@pytest.mark.parametrize("name", ["../outside", "a/../../outside"])
def test_a_path_that_leaves_the_root_is_refused(tmp_path: Path, root: Path, name: str) -> None:
    with pytest.raises(tarfile.TarError):
        unpack(layer(tmp_path, tarfile.TarInfo(name)), root)
    assert not (tmp_path / "outside").exists()


def test_a_link_that_leaves_the_root_is_refused(tmp_path: Path, root: Path) -> None:
    with pytest.raises(tarfile.TarError):
        unpack(layer(tmp_path, link("up", "../..")), root)


def test_a_whiteout_never_reaches_outside(tmp_path: Path, root: Path) -> None:
    (tmp_path / "precious").write_text("keep")
    with pytest.raises(tarfile.TarError):
        unpack(layer(tmp_path, whiteout("../.wh.precious")), root)
    with pytest.raises(tarfile.TarError):
        unpack(layer(tmp_path, whiteout(".wh...")), root)
    assert (tmp_path / "precious").read_text() == "keep"


def test_devices_are_left_out(tmp_path: Path, root: Path) -> None:
    device = tarfile.TarInfo("dev/null")
    device.type = tarfile.CHRTYPE
    unpack(layer(tmp_path, device, tarfile.TarInfo("kept")), root)
    assert [path.name for path in root.iterdir()] == ["kept"]
