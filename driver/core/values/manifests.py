"""Manifests and configs of images, as values.

https://github.com/opencontainers/image-spec/blob/main/manifest.md
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from model.releases import Source

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEXES = (OCI_INDEX, DOCKER_INDEX)
ACCEPTED = (OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST)

PLATFORM = "linux/amd64"
REVISION = "org.opencontainers.image.revision"
BRANCH = "org.opencontainers.image.ref.name"
SOURCE = "org.opencontainers.image.source"
CREATED = "org.opencontainers.image.created"
VERSION = "org.opencontainers.image.version"
BASE_NAME = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"
DIRTY = "slipway.dirty"
TARGET = "slipway.target"
TIP = "slipway.tip"
MERGE_BASE = "slipway.merge-base"
BESIDE = {"target": TARGET, "tip": TIP, "merge_base": MERGE_BASE}
"""What of a source has a label of Slipway's own, by field."""
CONTENT = "slipway.content"


def digest_of(raw: bytes) -> str:
    """The digest of some content."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One manifest or index, byte for byte as its registry gave it: its digest hangs on every one of them."""

    raw: bytes
    media_type: str

    @property
    def digest(self) -> str:
        """Its digest."""
        return digest_of(self.raw)

    @cached_property
    def body(self) -> Mapping[str, object]:
        """Its content; empty where it is no JSON object."""
        try:
            return _mapping(json.loads(self.raw))
        except ValueError:
            return {}

    @property
    def index(self) -> bool:
        """Whether it stands for several platforms."""
        return self.media_type in INDEXES or "manifests" in self.body

    @property
    def children(self) -> tuple[str, ...]:
        """The digests of an index's manifests, attestations included."""
        return tuple(str(row["digest"]) for row in _rows(self.body.get("manifests")))

    @property
    def config(self) -> str:
        """The digest of the image config; empty for an index."""
        return str(_mapping(self.body.get("config")).get("digest", ""))

    @property
    def blobs(self) -> tuple[str, ...]:
        """The digests that the manifest needs in its repository. A layer with `urls` is fetched from there instead."""
        layers = [str(row["digest"]) for row in _rows(self.body.get("layers")) if not row.get("urls")]
        return tuple(dict.fromkeys([self.config, *layers])) if self.config else tuple(layers)

    @property
    def platforms(self) -> Mapping[str, str]:
        """The digest by platform of an index, such as `linux/amd64`; what belongs to none is left out."""
        found: dict[str, str] = {}
        for row in _rows(self.body.get("manifests")):
            name = platform(_mapping(row.get("platform")))
            if name and name != "unknown/unknown":
                found.setdefault(name, str(row["digest"]))
        return found


def platform(row: Mapping[str, object]) -> str:
    """`os/architecture` of an index entry or an image config; empty where it says neither."""
    return f"{row['os']}/{row['architecture']}" if row.get("os") and row.get("architecture") else ""


def config_of(raw: bytes) -> Mapping[str, object]:
    """An image config; empty where it is no JSON object."""
    try:
        return _mapping(json.loads(raw))
    except ValueError:
        return {}


def source_of(config: Mapping[str, object]) -> Source | None:
    """What an image says it was built from, None where it says nothing."""
    labels = _mapping(_mapping(config.get("config")).get("Labels"))
    commit, branch = labels.get(REVISION), labels.get(BRANCH)
    if not commit and not branch:
        return None
    return Source(
        commit=str(commit) if commit else None,
        branch=str(branch) if branch else None,
        dirty=labels.get(DIRTY) == "true",
        **{name: str(labels[label]) for name, label in BESIDE.items() if labels.get(label)},
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping) and "digest" in row] if isinstance(value, list) else []
