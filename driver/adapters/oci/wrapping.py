"""An image read from one registry and pushed to another with entrypoint scripts over it."""

import tempfile
from pathlib import Path
from typing import Protocol

from driver.adapters.oci.repository import Repository
from driver.core.image import wrapping
from driver.core.image.wrapping import Piece, Wish, Wrapped
from driver.core.ports import Say
from driver.core.values.manifests import Manifest, digest_of
from driver.errors import InvalidInput, NotFound, NotReady


class Origin(Protocol):
    """Where an image is read: a repository of a registry, or what a build tool has saved."""

    def manifest(self, version: str) -> Manifest | None:
        """The manifest behind a tag or digest."""

    def read_blob(self, digest: str) -> bytes:
        """A small blob."""

    def download(self, digest: str, path: Path) -> None:
        """A blob as a file."""


def read(origin: Origin, version: str, wish: Wish) -> Wrapped:
    """What becomes of an image: its manifests and configs are read, none of its layers.

    Raises NotFound where it is not there, NotReady where it is not for Linux, InvalidInput for no image, Unreachable.
    """
    base = origin.manifest(version)
    if base is None:
        raise NotFound(f"there is no image {wish.base}", hint="Check its name, and the tag or digest behind it.")
    if not base.index:
        return wrapping.wrap(base, [(base, _config(origin, base, wish))], wish)
    digests, left_out = wrapping.chosen(base, wish)
    images = [_child(origin, digest, wish) for digest in digests]
    return wrapping.wrap(base, images, wish, left_out)


def push(origin: Origin, target: Repository, wrapped: Wrapped, progress: Say) -> Manifest:
    """Copy the base's layers, byte for byte, then what is new, then the tag. Raises Unreachable."""
    for piece in wrapped.pieces:
        _copy_layers(origin, target, piece, progress)
        target.upload(piece.layer.digest, piece.layer.raw)
        target.upload(digest_of(piece.config), piece.config)
        if wrapped.manifest.index:
            target.put_manifest(piece.manifest.digest, piece.manifest)
    target.put_manifest(wrapped.tag, wrapped.manifest)
    return wrapped.manifest


def same(target: Repository, there: Manifest, wrapped: Wrapped) -> bool:
    """Whether a tag holds just this: the configs say, since a layer's own digest hangs on the version of zlib too."""
    if there.digest == wrapped.manifest.digest:
        return True
    children = [there] if not there.index else [target.manifest(digest) for digest in there.children]
    found = [child.config for child in children if child is not None]
    return found == [piece.manifest.config for piece in wrapped.pieces]


def _child(origin: Origin, digest: str, wish: Wish) -> tuple[Manifest, bytes]:
    child = origin.manifest(digest)
    if child is None:
        raise NotReady(f"{wish.base} is an index that names {digest}, and its registry has no such image")
    return child, _config(origin, child, wish)


def _config(origin: Origin, manifest: Manifest, wish: Wish) -> bytes:
    if not manifest.config or not isinstance(manifest.body.get("layers"), list):
        raise InvalidInput(
            f"{wish.base} is no image of a kind that is in use today ({manifest.media_type})",
            hint="Pull and push it with a current engine, or take another.",
        )
    return origin.read_blob(manifest.config)


def _copy_layers(origin: Origin, target: Repository, piece: Piece, progress: Say) -> None:
    layers = [digest for digest in piece.base.blobs if digest != piece.base.config]
    missing = [digest for digest in layers if digest in piece.manifest.blobs and not target.has_blob(digest)]
    if missing:
        progress(f"copying {len(missing)} of {len(layers)} layers for {piece.platform}")
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        for digest in missing:
            path = Path(folder) / "blob"
            origin.download(digest, path)
            target.upload(digest, path)
