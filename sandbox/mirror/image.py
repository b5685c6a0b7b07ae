"""Builds the mirror's one image from a program file: the same bytes, so the same digest, every time."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
ARCHITECTURES = ("amd64", "arm64")
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Content:
    """Some bytes of a registry and their media type."""

    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """The name under which they can be had."""
        return "sha256:" + hashlib.sha256(self.data).hexdigest()

    def descriptor(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """How a manifest refers to them."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.data), **more}


@dataclass(frozen=True)
class Repository:
    """An image with its tags: manifests and blobs by digest, and the index that the tags name."""

    index: Content
    manifests: dict[str, Content]
    blobs: dict[str, Content]
    tags: tuple[str, ...]


def build(program: Path, name: str, tags: tuple[str, ...]) -> Repository:
    """One layer that holds the program as `/<name>`, which is the entry point too; an index of two architectures."""
    tar = _tar(program.read_bytes(), name)
    layer = Content(LAYER, gzip.compress(tar, mtime=0))
    blobs, manifests, entries = {layer.digest: layer}, {}, []
    for architecture in ARCHITECTURES:
        config = Content(CONFIG, _json(_config(architecture, name, tar)))
        body = {"schemaVersion": 2, "mediaType": MANIFEST}
        manifest = Content(MANIFEST, _json({**body, "config": config.descriptor(), "layers": [layer.descriptor()]}))
        blobs[config.digest], manifests[manifest.digest] = config, manifest
        entries.append(manifest.descriptor(platform={"os": "linux", "architecture": architecture}))
    index = Content(INDEX, _json({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}))
    return Repository(index, {**manifests, index.digest: index}, blobs, tags)


def _tar(data: bytes, name: str) -> bytes:
    file = io.BytesIO()
    # TarInfo's own defaults are fixed: time 0, root, no names.
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o755
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def _config(architecture: str, name: str, tar: bytes) -> dict[str, Any]:
    return {
        "created": EPOCH,
        "architecture": architecture,
        "os": "linux",
        "config": {"Entrypoint": [f"/{name}"], "Env": [], "WorkingDir": "/"},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]},
        "history": [{"created": EPOCH, "created_by": "slipway sandbox"}],
    }


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
