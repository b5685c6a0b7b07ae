"""Images as the emulator asks Docker for them: resolved, pulled, and unpacked once per digest."""

import json
import shutil
import tarfile
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

from .registry import Manifest, PullError, Registries
from .unpack import unpack

Refusal = Callable[[str], Exception]


@dataclass(frozen=True)
class RegistryData:
    """What a registry says of a reference; `id` is the manifest's digest."""

    id: str


@dataclass(frozen=True)
class Image:
    """A pulled image: `root` is its unpacked file system, `config` its OCI config (Entrypoint, Cmd, Env, ...)."""

    id: str
    root: Path
    config: dict[str, Any]

    def tag(self, repository: str, tag: str = "latest") -> bool:
        """Nothing to do: no image is ever looked up by tag here, only in the registry."""
        return True


class Images:
    """docker-py's `client.images`, as far as the emulator uses it.

    Like Fargate, it keeps no image cache that a task could fall back on: each pull asks the registry.
    What it keeps is unpacked files by digest, which spares the work and never the asking.
    """

    def __init__(self, registries: Registries, folder: Path, refusal: Refusal) -> None:
        """`refusal` makes the error that the emulator takes for a failed pull."""
        self._registries = registries
        self._folder = folder
        self._refusal = refusal
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, reference: str) -> Never:
        """No image is local; raises docker.errors.ImageNotFound."""
        from docker.errors import ImageNotFound

        raise ImageNotFound(f"No such image: {reference}")

    def get_registry_data(self, reference: str, auth_config: object = None) -> RegistryData:
        """The digest behind a reference; raises what `refusal` makes."""
        try:
            return RegistryData(self._registries.resolve(reference))
        except PullError as error:
            raise self._refusal(str(error)) from error

    def pull(self, reference: str, platform: str | None = None, auth_config: object = None) -> Image:
        """Fetch and unpack; raises what `refusal` makes."""
        try:
            manifest = self._registries.manifest(reference, (platform or "").rpartition("/")[2])
            return Image(manifest.digest, self._unpacked(reference, manifest), manifest.config)
        except (PullError, tarfile.TarError, json.JSONDecodeError) as error:
            raise self._refusal(str(error)) from error

    def _unpacked(self, reference: str, manifest: Manifest) -> Path:
        # By layers, not by manifest: an index has one digest and several architectures.
        root = self._folder / manifest.layers_digest
        with self._locks[root.name]:
            if not root.exists():
                self._unpack(reference, manifest, root)
        return root

    def _unpack(self, reference: str, manifest: Manifest, root: Path) -> None:
        draft = Path(tempfile.mkdtemp(dir=self._folder, prefix="draft-"))
        try:
            files = draft / "root"
            files.mkdir()
            for layer in manifest.layers:
                self._registries.blob(reference, layer, draft / "layer")
                unpack(draft / "layer", files)
            # A folder under this name is complete, whenever the process was killed.
            files.rename(root)
        finally:
            shutil.rmtree(draft)
