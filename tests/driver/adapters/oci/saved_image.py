"""Images as build tools save them, made by hand."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from driver.core.values import manifests
from driver.core.values.manifests import digest_of


def tar(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in files.items():
            row = tarfile.TarInfo(name)
            row.size, row.mode = len(content), 0o755
            archive.addfile(row, io.BytesIO(content))
    return file.getvalue()


def config(layers: Sequence[bytes], platform: str = "linux/amd64", **settings: Any) -> bytes:
    """The config of an image of these layers."""
    system, architecture = platform.split("/")
    rootfs = {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]}
    return json.dumps({"os": system, "architecture": architecture, "config": settings, "rootfs": rootfs}).encode()


def docker_archive(path: Path, layers: Sequence[bytes], head: bytes) -> None:
    """As `docker save` was up to version 24."""
    names = [f"{number}/layer.tar" for number in range(len(layers))]
    index = json.dumps([{"Config": "config.json", "RepoTags": ["l/shop:1"], "Layers": names}]).encode()
    content = {"manifest.json": index, "config.json": head, **dict(zip(names, layers, strict=True))}
    path.write_bytes(tar(content))


def layout(path: Path, images: Mapping[str, Sequence[bytes]], *, packed: bool, **settings: Any) -> None:
    """OCI's layout, of one image, or of an index of several platforms."""
    blobs: dict[str, bytes] = {}
    rows = []
    for platform, layers in images.items():
        head = config(layers, platform, **settings)
        kept = [gzip.compress(layer, mtime=0) if packed else layer for layer in layers]
        kind = manifests.OCI_LAYER if packed else manifests.OCI_LAYER.removesuffix("+gzip")
        body = {
            "schemaVersion": 2,
            "mediaType": manifests.OCI_MANIFEST,
            "config": {"mediaType": manifests.OCI_CONFIG, "digest": digest_of(head), "size": len(head)},
            "layers": [{"mediaType": kind, "digest": digest_of(layer), "size": len(layer)} for layer in kept],
        }
        raw = json.dumps(body).encode()
        blobs |= {digest_of(one): one for one in (head, raw, *kept)}
        system, architecture = platform.split("/")
        row = {"mediaType": manifests.OCI_MANIFEST, "digest": digest_of(raw), "size": len(raw)}
        rows.append({**row, "platform": {"os": system, "architecture": architecture}})
    if len(rows) > 1:
        raw = json.dumps({"schemaVersion": 2, "mediaType": manifests.OCI_INDEX, "manifests": rows}).encode()
        blobs[digest_of(raw)] = raw
        rows = [{"mediaType": manifests.OCI_INDEX, "digest": digest_of(raw), "size": len(raw)}]
    index = json.dumps({"schemaVersion": 2, "manifests": rows}).encode()
    files = {f"blobs/{digest.replace(':', '/')}": raw for digest, raw in blobs.items()}
    path.write_bytes(tar({"oci-layout": b"{}", "index.json": index, **files}))
