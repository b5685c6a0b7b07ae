"""Pulls image manifests and layers over the OCI distribution API.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

import hashlib
import http.client
import json
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPResponse as Answer
from io import BufferedReader
from pathlib import Path
from typing import Any, TypeVar

from .reference import Reference

MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
T = TypeVar("T")

TIMEOUT = 60.0
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class PullError(Exception):
    """An image that can't be had, in the words that ECS puts after `CannotPullContainerError:`."""


@dataclass(frozen=True)
class Manifest:
    """An image: `digest` is what its reference resolves to, an index's own digest included."""

    digest: str
    config: dict[str, Any]
    layers: tuple[str, ...]

    @property
    def layers_digest(self) -> str:
        """A name for the file system that the layers make, one on top of the other."""
        return hashlib.sha256("\n".join(self.layers).encode()).hexdigest()


@dataclass(frozen=True)
class Registries:
    """The emulator's own registry, and the mirror that stands in for all others."""

    own: tuple[str, int]
    mirror: tuple[str, int]

    def resolve(self, text: str) -> str:
        """The digest that a reference names now; raises PullError."""
        return self._manifest(Reference.parse(text), text)[0]

    def manifest(self, text: str, architecture: str = "") -> Manifest:
        """What to unpack and how to run it, for this machine's architecture unless one is named; raises PullError."""
        reference = Reference.parse(text)
        digest, body = self._manifest(reference, text)
        if "manifests" in body:
            _, body = self._manifest(Reference(reference.host, reference.repository, choose(body, architecture)), text)
        try:
            config, layers = body["config"]["digest"], tuple(layer["digest"] for layer in body["layers"])
        except (KeyError, TypeError) as error:
            raise PullError(f"{text}: its manifest names no config or layers") from error
        raw = self._get(reference, f"blobs/{config}", text, Answer.read)
        verify(config, raw, text)
        return Manifest(digest, json.loads(raw).get("config") or {}, layers)

    def blob(self, text: str, digest: str, target: Path) -> None:
        """Download a layer to a file and check its digest; raises PullError."""

        def save(answer: Answer) -> None:
            with target.open("wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)

        self._get(Reference.parse(text), f"blobs/{digest}", text, save)
        with target.open("rb") as file:
            verify(digest, file, text)

    def _manifest(self, reference: Reference, text: str) -> tuple[str, dict[str, Any]]:
        raw: bytes = self._get(reference, f"manifests/{reference.version}", text, Answer.read)
        digest = "sha256:" + hashlib.sha256(raw).hexdigest()
        if ":" in reference.version:
            verify(reference.version, raw, text)
        body = json.loads(raw)
        if not isinstance(body, dict):
            raise PullError(f"{text}: its manifest is not an object")
        return digest, body

    def _get(self, reference: Reference, path: str, text: str, read: Callable[[Answer], T]) -> T:
        host, port = self.own if self._is_own(reference) else self.mirror
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        # ECR's host name carries the account and the region that the repository is in.
        headers = {"Accept": ", ".join(MANIFEST_TYPES), **({"Host": reference.host} if reference.is_ecr else {})}
        try:
            connection.request("GET", f"/v2/{reference.repository}/{path}", headers=headers)
            answer = connection.getresponse()
            if answer.status == 404:
                raise PullError(f"failed to resolve ref {text}: {text}: not found")
            if answer.status != 200:
                raise PullError(f"failed to resolve ref {text}: unexpected status code {answer.status}")
            return read(answer)
        except (OSError, http.client.HTTPException) as error:
            raise PullError(f"failed to resolve ref {text}: {error}") from error
        finally:
            connection.close()

    def _is_own(self, reference: Reference) -> bool:
        return reference.is_ecr or reference.host in (f"127.0.0.1:{self.own[1]}", f"localhost:{self.own[1]}")


def choose(index: dict[str, Any], architecture: str) -> str:
    """The digest in an index that fits; the first one where none does, since programs come from this machine."""
    wanted = architecture or ARCHITECTURES.get(platform.machine(), "amd64")
    images = [entry for entry in index["manifests"] if (entry.get("platform") or {}).get("os", "linux") == "linux"]
    fitting = [entry for entry in images if (entry.get("platform") or {}).get("architecture") == wanted]
    if not images:
        raise PullError("no matching manifest for linux in the image index")
    return str((fitting or images)[0]["digest"])


def verify(digest: str, content: bytes | BufferedReader, text: str) -> None:
    """Raise PullError unless the content has that digest."""
    algorithm, _, wanted = digest.partition(":")
    if algorithm != "sha256":
        raise PullError(f"{text}: digest algorithm {algorithm} is not supported; sha256 is")
    found = hashlib.sha256(content) if isinstance(content, bytes) else hashlib.file_digest(content, "sha256")
    if found.hexdigest() != wanted:
        raise PullError(f"{text}: {digest} arrived as sha256:{found.hexdigest()}")
