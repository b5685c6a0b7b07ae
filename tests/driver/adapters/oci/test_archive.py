"""What build tools save is read as a registry would hand it out."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from driver.adapters.oci.archive import Archive
from driver.core.values.manifests import Manifest, digest_of
from driver.errors import InvalidInput, NotReady
from tests.driver.adapters.oci import saved_image

LAYERS = (saved_image.tar({"bin/sh": b"a shell"}), saved_image.tar({"app/main.py": b"print()"}))
Save = Callable[[Path], None]
FORMATS = {
    "docker": lambda path: saved_image.docker_archive(path, LAYERS, saved_image.config(LAYERS)),
    "layout": lambda path: saved_image.layout(path, {"linux/amd64": LAYERS}, packed=True),
    "layout of plain layers": lambda path: saved_image.layout(path, {"linux/amd64": LAYERS}, packed=False),
}


def opened(tmp_path: Path, save: Save, **secrets: bytes) -> Archive:
    save(tmp_path / "image.tar")
    (tmp_path / "read").mkdir()
    return Archive(tmp_path / "image.tar", tmp_path / "read", secrets)


def layers_of(archive: Archive, manifest: Manifest, folder: Path) -> list[bytes]:
    found = []
    for digest in manifest.blobs[1:]:
        archive.download(digest, folder / "blob")
        raw = (folder / "blob").read_bytes()
        assert digest_of(raw) == digest
        found.append(gzip.decompress(raw))
    return found


@pytest.mark.parametrize("save", FORMATS.values(), ids=FORMATS)
def test_layers_come_compressed_and_in_order_from_either_format(tmp_path: Path, save: Save) -> None:
    archive = opened(tmp_path, save)
    manifest = archive.manifest("")
    assert manifest is not None
    assert layers_of(archive, manifest, tmp_path) == list(LAYERS)
    assert digest_of(archive.read_blob(manifest.config)) == manifest.config


def test_an_index_has_every_platform(tmp_path: Path) -> None:
    images = {"linux/amd64": LAYERS, "linux/arm64": LAYERS[:1]}
    archive = opened(tmp_path, lambda path: saved_image.layout(path, images, packed=True))
    index = archive.manifest("")
    assert index is not None
    assert set(index.platforms) == set(images)
    child = archive.manifest(index.platforms["linux/arm64"])
    assert child is not None
    assert layers_of(archive, child, tmp_path) == [LAYERS[0]]


@pytest.mark.parametrize("save", FORMATS.values(), ids=FORMATS)
def test_the_value_of_a_secret_in_a_layer_stops_it_and_is_not_told(tmp_path: Path, save: Save) -> None:
    with pytest.raises(InvalidInput, match="the value of the secret npm is in a layer") as caught:
        opened(tmp_path, save, npm=b"a shell")
    assert "a shell" not in f"{caught.value}{caught.value.hint}"


def test_a_secret_in_a_variable_or_the_history_stops_it_too(tmp_path: Path) -> None:
    head = saved_image.config(LAYERS, Env=["NPM_TOKEN=sentinel-4711"])
    with pytest.raises(InvalidInput, match="in its config and history"):
        opened(tmp_path, lambda path: saved_image.docker_archive(path, LAYERS, head), npm=b"sentinel-4711")


def test_what_is_no_image_is_told(tmp_path: Path) -> None:
    for raw in (b"", b"not a tar", saved_image.tar({"a": b"b"})):
        (tmp_path / "read").mkdir(exist_ok=True)
        (tmp_path / "image.tar").write_bytes(raw)
        with pytest.raises(NotReady, match="something that is no image"):
            Archive(tmp_path / "image.tar", tmp_path / "read")
