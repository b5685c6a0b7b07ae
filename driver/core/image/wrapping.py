"""Entrypoint scripts laid over an image that is there, as one small layer of their own.

No layer of the image is changed or read: only its manifests and configs are, which name the new layer after their own.
https://github.com/opencontainers/image-spec/blob/main/manifest.md
"""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from driver.core.image.naming import PLAIN, Naming, check_tag, default_tag
from driver.core.image.packing import compact, labels, member
from driver.core.values import manifests
from driver.core.values.manifests import Manifest, digest_of
from driver.errors import InvalidInput, NotReady
from model.releases import Source

CREATED_BY: Final = "wrapped by slipway"
SCRIPTS: Final = "slipway.entrypoints"
"""The label with the digest of the layer of scripts, by which a second wrap puts its own in that one's place."""
SYSTEM: Final = "linux"
_ABOUT: Final = (manifests.REVISION, manifests.BRANCH, manifests.SOURCE, manifests.CREATED, manifests.VERSION)
_INDEX_ENTRY: Final = "manifests"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be laid over which image.

    `base` is the reference as somebody wrote it. `own` is whether that is an image of the app's own repository: what
    such a one says of its source is of its code, and stays. `platforms`, such as `linux/arm64`, are those to keep, all
    of Linux where there are none.
    """

    base: str
    scripts: Mapping[str, str]
    source: Source | None = None
    tag: str | None = None
    own: bool = False
    platforms: Sequence[str] = ()
    naming: Naming = PLAIN


@dataclass(frozen=True, kw_only=True)
class ScriptLayer:
    """The compressed layer, and the digest of the tar within it."""

    raw: bytes
    content: str

    @property
    def digest(self) -> str:
        """The digest of the compressed layer."""
        return digest_of(self.raw)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The image of one platform: what it was, and what becomes of it."""

    platform: str
    workdir: str
    base: Manifest
    layer: ScriptLayer
    config: bytes
    manifest: Manifest


@dataclass(frozen=True, kw_only=True)
class Wrapped:
    """A whole image with its scripts, ready to be pushed. `left_out` are what of the base is not in it, in words."""

    tag: str
    base: str
    manifest: Manifest
    pieces: Sequence[Piece]
    left_out: Sequence[str] = ()

    @property
    def platforms(self) -> tuple[str, ...]:
        """Those that it is for."""
        return tuple(piece.platform for piece in self.pieces)


def chosen(base: Manifest, wish: Wish) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The digests of an index's images that are wrapped, and in words what of it is left out.

    An attestation is of the very image that it was made for, and stays with that one. Raises NotReady where nothing is
    left, or not each of the platforms that are wished for.
    """
    rows = _rows(base)
    keep = {str(row["digest"]): name for row in rows if (name := _platform(row)) and _wanted(name, wish.platforms)}
    missing = [name for name in wish.platforms if name not in keep.values()]
    if missing or not keep:
        known = ", ".join(dict.fromkeys(name for row in rows if (name := _platform(row)))) or "none"
        raise NotReady(
            f"{wish.base} has no image for {', '.join(missing) or SYSTEM}; its platforms: {known}",
            hint="Choose among them with --platform, or take another image.",
        )
    others = list(dict.fromkeys(name for row in rows if (name := _platform(row)) and str(row["digest"]) not in keep))
    proofs = sum(1 for row in rows if not _platform(row))
    words = [*others, *([f"{proofs} attestations, which are of the base"] if proofs else [])]
    return tuple(keep), tuple(words)


def wrap(base: Manifest, images: Sequence[tuple[Manifest, bytes]], wish: Wish, left_out: Sequence[str] = ()) -> Wrapped:
    """The image with the scripts over it. `images` are its manifests and configs, one a platform, in its order.

    Raises InvalidInput for a tag that can't be, and for what is no image for Linux.
    """
    check_tag(wish.tag)
    content = digest_of(compact([base.digest, dict(wish.scripts)]))
    tag = wish.tag or _default_tag(wish, content)
    about = {**labels(wish.source, content), **wish.naming.about, manifests.VERSION: tag}
    pieces = [_piece(manifest, raw, wish, about, base.digest) for manifest, raw in images]
    whole = pieces[0].manifest if not base.index else _index(base, pieces, _annotations(about, wish, base.digest))
    return Wrapped(tag=tag, base=base.digest, manifest=whole, pieces=pieces, left_out=left_out)


def script_layer(scripts: Mapping[str, str], workdir: str) -> ScriptLayer:
    """The scripts below a folder, the same bytes every time. The folder itself is not in it: it keeps its owner."""
    file = io.BytesIO()
    root = PurePosixPath(workdir.lstrip("/"))
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in sorted(scripts.items()):
            raw = text.encode()
            archive.addfile(member(str(root / name), mode=0o755, size=len(raw)), io.BytesIO(raw))
    return ScriptLayer(raw=gzip.compress(file.getvalue(), mtime=0), content=digest_of(file.getvalue()))


def _default_tag(wish: Wish, content: str) -> str:
    """The tag of an image of the app's own with a word more: that one is taken."""
    tag = wish.base.rpartition("/")[2].partition("@")[0].rpartition(":")[2]
    if wish.own and tag and "@" not in wish.base:
        check_tag(named := f"{tag[:119]}-wrapped")
        return named
    return default_tag(wish.source, content, wish.naming)


def _piece(base: Manifest, raw: bytes, wish: Wish, about: Mapping[str, str], whole: str) -> Piece:
    config = _config(raw, wish.base)
    settings: dict[str, Any] = dict(config.get("config") or {})
    workdir = settings.get("WorkingDir") or "/"
    layer = script_layer(wish.scripts, workdir)
    body: dict[str, Any] = json.loads(base.raw)
    _take_off_ours(config, body, settings)
    settings["Labels"] = {**_labels(settings.get("Labels") or {}, wish, about), SCRIPTS: layer.digest}
    config["config"] = settings
    config["rootfs"]["diff_ids"].append(layer.content)
    if config.get("history"):
        config["history"].append({"created_by": CREATED_BY})
    new = json.dumps(config, separators=(",", ":")).encode()
    docker = base.media_type == manifests.DOCKER_MANIFEST
    kind = manifests.DOCKER_LAYER if docker else manifests.OCI_LAYER
    body["layers"].append({"mediaType": kind, "digest": layer.digest, "size": len(layer.raw)})
    body["config"] |= {"digest": digest_of(new), "size": len(new)}
    if not docker:
        body["annotations"] = {**(body.get("annotations") or {}), **_annotations(about, wish, whole)}
    made = Manifest(raw=json.dumps(body, separators=(",", ":")).encode(), media_type=base.media_type)
    platform = manifests.platform(config)
    return Piece(platform=platform, workdir=workdir, base=base, layer=layer, config=new, manifest=made)


def _config(raw: bytes, base: str) -> dict[str, Any]:
    """A config that can be added to. Raises InvalidInput."""
    config: dict[str, Any] = dict(manifests.config_of(raw))
    system = config.get("os") or SYSTEM
    rootfs = config.get("rootfs")
    if not isinstance(rootfs, dict) or not isinstance(rootfs.get("diff_ids"), list):
        raise InvalidInput(f"{base} is no image: it names no layers", hint="Name an image that `docker pull` takes.")
    if system != SYSTEM:
        raise InvalidInput(f"{base} is for {system}, and tasks run on {SYSTEM}", hint="Take an image for Linux.")
    return config


def _take_off_ours(config: dict[str, Any], body: dict[str, Any], settings: dict[str, Any]) -> None:
    """Where the last layer is of a former wrap, the new one takes its place."""
    layers = body["layers"]
    if not layers or (settings.get("Labels") or {}).get(SCRIPTS) != layers[-1]["digest"]:
        return
    layers.pop()
    config["rootfs"]["diff_ids"].pop()
    if config.get("history"):
        config["history"].pop()


def _labels(there: Mapping[str, str], wish: Wish, about: Mapping[str, str]) -> dict[str, str]:
    """What an image of the app's says of its source stays; what any other says of its own does not."""
    if wish.own and there.get(manifests.REVISION):
        return {**about, **there, manifests.VERSION: about[manifests.VERSION]}
    return {**{name: value for name, value in there.items() if name not in _ABOUT}, **about}


def _annotations(about: Mapping[str, str], wish: Wish, base: str) -> dict[str, str]:
    """https://github.com/opencontainers/image-spec/blob/main/annotations.md"""
    known = {name: value for name, value in about.items() if name in _ABOUT}
    return {**known, manifests.BASE_NAME: wish.base, manifests.BASE_DIGEST: base}


def _index(base: Manifest, pieces: Sequence[Piece], annotations: Mapping[str, str]) -> Manifest:
    made = {piece.base.digest: piece.manifest for piece in pieces}
    body: dict[str, Any] = json.loads(base.raw)
    body[_INDEX_ENTRY] = [
        {**row, "digest": made[row["digest"]].digest, "size": len(made[row["digest"]].raw)}
        for row in body[_INDEX_ENTRY]
        if row["digest"] in made
    ]
    if base.media_type != manifests.DOCKER_INDEX:
        body["annotations"] = {**(body.get("annotations") or {}), **annotations}
    return Manifest(raw=json.dumps(body, separators=(",", ":")).encode(), media_type=base.media_type)


def _rows(base: Manifest) -> list[Mapping[str, Any]]:
    found = base.body.get(_INDEX_ENTRY)
    return [row for row in found if isinstance(row, Mapping) and "digest" in row] if isinstance(found, list) else []


def _platform(row: Mapping[str, Any]) -> str:
    """Such as `linux/arm/v7`; empty for what is no image of any platform."""
    said: Mapping[str, Any] = row.get("platform") or {}
    name = manifests.platform(said)
    if not name or name == "unknown/unknown":
        return ""
    variant = said.get("variant")
    # 64 bits of ARM are v8 until there is another.
    return f"{name}/{variant}" if variant and (name, variant) != ("linux/arm64", "v8") else name


def _wanted(platform: str, wished: Sequence[str]) -> bool:
    return platform in wished if wished else platform.startswith(f"{SYSTEM}/")
