"""An image that a build tool has saved to a file, read as a registry would hand it out.

Two formats are in use: OCI's image layout, and the older one of `docker save`. Layers that are not compressed are, the
same bytes every time. https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

import gzip
import hashlib
import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from driver.core.values import manifests
from driver.core.values.manifests import Manifest, digest_of
from driver.errors import InvalidInput, NotReady

_CHUNK: Final = 1 << 20
_WRONG: Final = "the build tool has saved something that is no image"


class Archive:
    """The image in a file. Its methods are those of a `Repository` that is read. `secrets` are values, by what they are
    called, that no layer may hold.
    """

    def __init__(self, path: Path, folder: Path, secrets: Mapping[str, bytes] | None = None) -> None:
        """`folder` is an empty one, for the time that the archive is read. Raises InvalidInput, NotReady."""
        self._folder = folder
        self._secrets = {name: value for name, value in (secrets or {}).items() if len(value) >= 6}
        self._manifests: dict[str, Manifest] = {}
        self._blobs: dict[str, Path] = {}
        try:
            with tarfile.open(path) as archive:
                archive.extractall(folder, filter="data")
            self._top = self._read()
        except (tarfile.TarError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise NotReady(f"{_WRONG}: {error}", hint="Build it with another tool: --builder podman") from error

    def manifest(self, version: str) -> Manifest | None:
        """The whole image for an empty version, else the one of that digest."""
        return self._top if not version else self._manifests.get(version)

    def read_blob(self, digest: str) -> bytes:
        """A config."""
        return self._blobs[digest].read_bytes()

    def download(self, digest: str, path: Path) -> None:
        """A layer as a file."""
        shutil.copyfile(self._blobs[digest], path)

    def _read(self) -> Manifest:
        if (self._folder / "index.json").is_file():
            index = json.loads((self._folder / "index.json").read_bytes())
            rows = [row for row in index["manifests"] if "io.containerd.image.name" in row.get("annotations", {})]
            return self._manifest((rows or index["manifests"])[0])
        one = json.loads((self._folder / "manifest.json").read_bytes())[0]
        config = self._folder / one["Config"]
        layers = [{"path": self._folder / name, "mediaType": "tar"} for name in one["Layers"]]
        return self._made(config.read_bytes(), layers)

    def _manifest(self, row: Mapping[str, Any]) -> Manifest:
        raw = self._of_layout(row["digest"]).read_bytes()
        body = json.loads(raw)
        if "manifests" in body:
            return self._index(body)
        config = self._of_layout(body["config"]["digest"]).read_bytes()
        layers = [{"path": self._of_layout(layer["digest"]), **layer} for layer in body["layers"]]
        return self._made(config, layers)

    def _index(self, body: dict[str, Any]) -> Manifest:
        rows = []
        for row in body["manifests"]:
            if manifests.platform(row.get("platform") or {}) in {"", "unknown/unknown"}:
                continue
            made = self._manifest(row)
            rows.append({**row, "mediaType": made.media_type, "digest": made.digest, "size": len(made.raw)})
        if not rows:
            return self._manifest(body["manifests"][0])
        head = {"schemaVersion": 2, "mediaType": manifests.OCI_INDEX, "manifests": rows}
        return self._keep(Manifest(raw=json.dumps(head).encode(), media_type=manifests.OCI_INDEX))

    def _made(self, config: bytes, layers: list[dict[str, Any]]) -> Manifest:
        """The manifest of a config and its layers, each of which is compressed."""
        self._look_for_secrets(config, "its config and history")
        rows = [self._layer(layer) for layer in layers]
        digest = digest_of(config)
        self._blobs[digest] = self._folder / f"config-{digest[7:]}"
        self._blobs[digest].write_bytes(config)
        head = {"mediaType": manifests.OCI_CONFIG, "digest": digest, "size": len(config)}
        body = {"schemaVersion": 2, "mediaType": manifests.OCI_MANIFEST, "config": head, "layers": rows}
        return self._keep(Manifest(raw=json.dumps(body).encode(), media_type=manifests.OCI_MANIFEST))

    def _layer(self, layer: Mapping[str, Any]) -> dict[str, Any]:
        path = Path(layer["path"])
        kind = str(layer["mediaType"])
        if kind.endswith("zstd"):
            row = {"mediaType": kind, "digest": layer["digest"], "size": path.stat().st_size}
            self._blobs[layer["digest"]] = path
            return row
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        self._scan(path, packed=packed)
        if not packed:
            path = _compressed(path, self._folder / f"layer-{len(self._blobs)}")
        with path.open("rb") as file:
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        self._blobs[digest] = path
        return {"mediaType": manifests.OCI_LAYER, "digest": digest, "size": path.stat().st_size}

    def _scan(self, path: Path, *, packed: bool) -> None:
        if not self._secrets:
            return
        keep = max(len(value) for value in self._secrets.values())
        rest = b""
        with gzip.open(path) if packed else path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                self._look_for_secrets(rest + chunk, "a layer")
                rest = (rest + chunk)[-keep:]

    def _look_for_secrets(self, raw: bytes, where: str) -> None:
        for name, value in self._secrets.items():
            if value in raw:
                raise InvalidInput(
                    f"the value of the secret {name} is in {where} of the image; nothing was pushed",
                    hint="Use it within one RUN --mount=type=secret, and copy it into no file, argument or variable.",
                )

    def _of_layout(self, digest: str) -> Path:
        algorithm, _, name = digest.partition(":")
        return self._folder / "blobs" / algorithm / name

    def _keep(self, manifest: Manifest) -> Manifest:
        self._manifests[manifest.digest] = manifest
        return manifest


def _compressed(path: Path, target: Path) -> Path:
    with (
        path.open("rb") as plain,
        target.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as packed,
    ):
        shutil.copyfileobj(plain, packed, _CHUNK)
    return target
