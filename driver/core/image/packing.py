"""An app's folder as an image: one layer below /app, the same bytes wherever and whenever it is packed."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from driver.core.image import ignore_rules
from driver.core.image.naming import PLAIN, Naming, check_tag, default_tag
from driver.core.ports import Packed
from driver.core.values import manifests
from driver.core.values.manifests import Manifest, digest_of
from driver.errors import InvalidInput
from model.releases import Source

WORKDIR = "/app"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A packed layer: `digest` and `size` (bytes) of the compressed file, `content` of the tar within it."""

    path: Path
    digest: str
    size: int
    content: str


class _Target(Protocol):
    def write(self, data: bytes, /) -> int: ...


class _Hashing(io.RawIOBase):
    """Passes what is written on to a file, if there is one, and hashes it."""

    def __init__(self, target: _Target | None = None) -> None:
        super().__init__()
        self._target = target
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raw = bytes(memoryview(data))  # type: ignore[arg-type]
        self._hash.update(raw)
        self.size += len(raw)
        if self._target is not None:
            self._target.write(raw)
        return len(raw)


def content_digest(folder: Path, scripts: Mapping[str, str]) -> str:
    """The digest of what a folder packs to. Raises InvalidInput that names a file which can't be read."""
    sink = _Hashing()
    _write_tar(sink, folder, scripts)
    return sink.digest


def write_layer(folder: Path, scripts: Mapping[str, str], path: Path) -> Layer:
    """Pack a folder into a compressed layer at `path`. Raises InvalidInput that names a file which can't be read."""
    with path.open("wb") as file:
        packed = _Hashing(file)
        # No name and no time in the header: two machines pack the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as compressed:
            content = _Hashing(compressed)
            _write_tar(content, folder, scripts)
    return Layer(path=path, digest=packed.digest, size=packed.size, content=content.digest)


def _write_tar(sink: _Hashing, folder: Path, scripts: Mapping[str, str]) -> None:
    root = PurePosixPath(WORKDIR.lstrip("/"))
    found: dict[str, Path | bytes] = {path.as_posix(): folder / path for path in ignore_rules.files(folder)}
    found |= {name: text.encode() for name, text in scripts.items()}
    parents = {str(parent) for name in found for parent in (root / name).parents if parent.name}
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(parents):
            archive.addfile(member(name, kind=tarfile.DIRTYPE, mode=0o755))
        for name, content in sorted(found.items()):
            _add(archive, str(root / name), content)


def _add(archive: tarfile.TarFile, name: str, content: Path | bytes) -> None:
    if isinstance(content, bytes):
        archive.addfile(member(name, mode=0o755, size=len(content)), io.BytesIO(content))
        return
    try:
        if content.is_symlink():
            archive.addfile(member(name, kind=tarfile.SYMTYPE, mode=0o777, link=content.readlink().as_posix()))
            return
        status = content.stat()
        with content.open("rb") as file:
            archive.addfile(member(name, mode=0o755 if status.st_mode & 0o100 else 0o644, size=status.st_size), file)
    except OSError as error:
        raise InvalidInput(f"{content} can't be packed: {error.strerror or error}") from error


def member(name: str, *, mode: int, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    """A member that says nothing of this machine: owner, time and group are 0."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.size, entry.linkname = kind, mode, size, link
    return entry


def image_config(layer: Layer, labels: Mapping[str, str]) -> bytes:
    """The OCI image config. https://github.com/opencontainers/image-spec/blob/main/config.md"""
    system, architecture = manifests.PLATFORM.split("/")
    return compact(
        {
            "architecture": architecture,
            "os": system,
            "config": {"WorkingDir": WORKDIR, "Labels": dict(labels)},
            "rootfs": {"type": "layers", "diff_ids": [layer.content]},
            "history": [{"created_by": "slipway image push"}],
        }
    )


def image_manifest(layer: Layer, config: bytes) -> Manifest:
    """The OCI manifest of one layer and its config."""
    body = {
        "schemaVersion": 2,
        "mediaType": manifests.OCI_MANIFEST,
        "config": {"mediaType": manifests.OCI_CONFIG, "digest": digest_of(config), "size": len(config)},
        "layers": [{"mediaType": manifests.OCI_LAYER, "digest": layer.digest, "size": layer.size}],
    }
    return Manifest(raw=compact(body), media_type=manifests.OCI_MANIFEST)


def pack(
    folder: Path, scripts: Mapping[str, str], source: Source | None, tag: str | None = None, naming: Naming = PLAIN
) -> Packed:
    """What a push makes of a folder. Raises InvalidInput when `tag` can't be a tag."""
    content = content_digest(folder, scripts)
    check_tag(tag)
    named = tag or default_tag(source, content, naming)
    about = {**labels(source, content), **naming.about, manifests.VERSION: named}
    return Packed(tag=named, labels=about, folder=folder, scripts=dict(scripts))


def labels(source: Source | None, content: str) -> dict[str, str]:
    """What an image says of where it came from; the content's digest where no commit tells all of it."""
    if source is None:
        return {manifests.CONTENT: content}
    known = {manifests.REVISION: source.commit, manifests.BRANCH: source.branch, manifests.DIRTY: _flag(source.dirty)}
    known |= {label: getattr(source, name) for name, label in manifests.BESIDE.items()}
    if source.dirty:
        known[manifests.CONTENT] = content
    return {name: value for name, value in sorted(known.items()) if value}


def _flag(value: bool) -> str:
    return "true" if value else "false"


def compact(value: object) -> bytes:
    """A value as JSON, the same bytes every time."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
