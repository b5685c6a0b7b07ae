"""Images in ECR: found by its API, pushed and copied by the registry behind it."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from driver.adapters.aws.session import Session, code, registry_of, translated
from driver.adapters.host.loopback import is_loopback
from driver.adapters.oci.repository import Repository
from driver.core.image import packing
from driver.core.ports import Image, Packed, Say
from driver.core.values import manifests
from driver.core.values.image_reference import public_image, version_in
from driver.core.values.manifests import Manifest, digest_of
from driver.errors import InvalidInput, NotReady, Unreachable
from model.names.names import KEEP

MIRROR = "SLIPWAY_REGISTRY_MIRROR"
NO_IMAGE = "ImageNotFoundException"
NEWEST = 5
NO_REPOSITORY = "RepositoryNotFoundException"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One image as a list shows it. `size` in bytes, as it is stored: compressed."""

    tags: tuple[str, ...]
    digest: str
    pushed: datetime
    size: int


class EcrImages:
    """The port Images; `account` has the repositories where it is not our own.

    `platforms` are what the images of a repository must be there for; those of others are for linux/amd64.
    """

    def __init__(
        self, session: Session, account: str | None = None, platforms: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._session = session
        self._place = registry_of(account)
        self._authorization = ""
        self._platforms = platforms or {}

    def resolve(self, repository: str, reference: str) -> Image:
        """The image behind a tag, a digest or a full reference; for an index, what it says of its platform.

        Raises NotReady when it is not there or not for all platforms, InvalidInput for another repository's.
        """
        uri = self.uri(repository)
        version = version_in(reference, uri)
        with self.registry(uri) as registry:
            manifest = registry.manifest(version)
            if manifest is None:
                tags = [tag for row in self.list(repository)[:NEWEST] for tag in row.tags]
                newest = ", ".join(tag for tag in tags if not tag.startswith(KEEP))
                push = f"It is empty. Push one: slipway image push ENV {repository} --path DIR"
                hint = f"The newest there are: {newest}." if newest else push
                raise NotReady(f"there is no image {version} in {uri}", hint=hint)
            return self.image(registry, repository, uri, manifest)

    def push(self, repository: str, packed: Packed, progress: Say) -> Image:
        """Pack a folder as one layer and push it; nothing is sent when the tag holds just this already.

        Raises InvalidInput when the tag is taken by other content, NotReady without the repository.
        """
        uri = self.uri(repository)
        with tempfile.TemporaryDirectory(prefix="slipway-") as folder, self.registry(uri) as registry:
            layer = packing.write_layer(packed.folder, packed.scripts, Path(folder) / "layer.tar.gz")
            config = packing.image_config(layer, packed.labels)
            manifest = packing.image_manifest(layer, config)
            there = _taken(registry, uri, packed.tag, manifest)
            if there is not None:
                progress(f"{uri}:{packed.tag} is there already")
                return self.image(registry, repository, uri, there)
            progress(f"pushing {uri}:{packed.tag}, {layer.size / 1e6:.1f} MB")
            registry.upload(layer.digest, layer.path)
            registry.upload(digest_of(config), config)
            _put_tag(registry, uri, packed.tag, manifest)
            return self.image(registry, repository, uri, manifest)

    def mirror(self, source: str, repository: str, tag: str, progress: Say) -> Image:
        """Copy a public image, all its platforms included; nothing when the tag is there already.

        It is read from the registry that `source` names, or from SLIPWAY_REGISTRY_MIRROR where that is set. Raises
        NotReady when there is no such image or repository, Unreachable.
        """
        uri = self.uri(repository)
        wanted = public_image(source)
        base = public_base(wanted.host)
        with self.registry(uri) as target, Repository(base, wanted.repository) as origin:
            manifest = target.manifest(tag)
            if manifest is None:
                progress(f"copying {source} to {uri}:{tag}")
                manifest = origin.manifest(wanted.version)
                if manifest is None:
                    raise NotReady(f"there is no image {source} at {base}", hint="Check slipway:bootstrap.")
                _copy(origin, target, manifest, tag)
            return self.image(target, repository, uri, manifest)

    def exists(self, repository: str, tag: str) -> bool:
        """Whether a repository holds that tag; False when the repository itself is not there."""
        return bool(self._describe(repository, imageIds=[{"imageTag": tag}]))

    def list(self, repository: str) -> Sequence[Listed]:
        """The tagged images, newest first. Raises NotReady without the repository."""
        self.uri(repository)
        rows = self._describe(repository, filter={"tagStatus": "TAGGED"})
        found = [
            Listed(
                tags=tuple(sorted(row["imageTags"])),
                digest=row["imageDigest"],
                pushed=row["imagePushedAt"],
                size=row.get("imageSizeInBytes", 0),
            )
            for row in rows
            if row.get("imageTags")
        ]
        return sorted(found, key=lambda row: row.pushed, reverse=True)

    def _describe(self, repository: str, **selection: object) -> Sequence[Mapping[str, Any]]:
        from botocore.exceptions import ClientError

        with translated(f"reading the images of {repository}"):
            try:
                pages = self._session.client("ecr").get_paginator("describe_images")
                found = pages.paginate(repositoryName=repository, **self._place, **selection)
                return [row for page in found for row in _rows(page)]
            except ClientError as error:
                if code(error) not in {NO_IMAGE, NO_REPOSITORY}:
                    raise
                return []

    def uri(self, repository: str) -> str:
        """The registry's host and the repository's name. Raises NotReady without the repository."""
        from botocore.exceptions import ClientError

        with translated(f"looking for the repository {repository}"):
            try:
                client = self._session.client("ecr")
                answer = client.describe_repositories(repositoryNames=[repository], **self._place)
            except ClientError as error:
                if code(error) != NO_REPOSITORY:
                    raise
                raise NotReady(
                    f"there is no image repository {repository} in {self._session.region}",
                    hint="The environment that slipway:registry names as owner makes it: slipway up OWNER",
                ) from error
        return str(answer["repositories"][0]["repositoryUri"])

    def registry(self, uri: str) -> Repository:
        """The registry of a repository. Where the ECR API is on this machine, so is its registry, under ECR's name."""
        host, _, name = uri.partition("/")
        api = str(self._session.client("ecr").meta.endpoint_url)
        if is_loopback(api):
            return Repository(api, name, host=host, authorization=self._login())
        return Repository(f"https://{host}", name, authorization=self._login())

    def _login(self) -> str:
        """https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html#registry_auth_http"""
        if not self._authorization:
            with translated("logging in to the image registry"):
                answer = self._session.client("ecr").get_authorization_token()
            self._authorization = f"Basic {answer['authorizationData'][0]['authorizationToken']}"
        return self._authorization

    def image(self, registry: Repository, repository: str, uri: str, manifest: Manifest) -> Image:
        """What a manifest that is there is. Raises NotReady where it is not for all platforms."""
        rows = self._describe(repository, imageIds=[{"imageDigest": manifest.digest}])
        wanted = self._platforms.get(repository) or (manifests.PLATFORM,)
        found = [_config(registry, f"{uri}@{manifest.digest}", manifest, platform) for platform in wanted]
        config = found[0]
        return Image(
            reference=f"{uri}@{manifest.digest}",
            digest=manifest.digest,
            tags=tuple(sorted(tag for row in rows for tag in row.get("imageTags", ()))),
            source=manifests.source_of(config),
        )


def public_base(host: str) -> str:
    """The URL of a public registry, or of the one that stands in for all but this machine's."""
    if is_loopback(f"http://{host}"):
        return f"http://{host}"
    return os.environ.get(MIRROR) or f"https://{host}"


def _rows(page: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = page.get("imageDetails", ())
    return rows


def _config(registry: Repository, reference: str, manifest: Manifest, platform: str) -> Mapping[str, object]:
    """The image config for a platform of Fargate's. Raises NotReady when the image has none for it."""
    if manifest.index:
        digest = manifest.platforms.get(platform)
        child = registry.manifest(digest) if digest else None
        if child is None:
            known = ", ".join(manifest.platforms) or "none"
            raise NotReady(
                f"{reference} has no image for {platform}; its platforms: {known}",
                hint=f"Build it with --platform {platform}.",
            )
        manifest = child
    config = manifests.config_of(registry.read_blob(manifest.config)) if manifest.config else {}
    found = manifests.platform(config)
    if found and found != platform:
        raise NotReady(
            f"{reference} is for {found}, and tasks run on {platform}",
            hint=f"Build it with --platform {platform}.",
        )
    return config


def _taken(registry: Repository, uri: str, tag: str, manifest: Manifest) -> Manifest | None:
    """The manifest behind the tag if it is of the same content. Raises InvalidInput for other content.

    Content and labels are in the image config; the layer's own digest also hangs on the version of zlib.
    """
    there = registry.manifest(tag)
    if there is not None and there.config != manifest.config:
        raise InvalidInput(
            f"the tag {tag} of {uri} is taken by other content ({there.digest})",
            hint="Choose another tag: --tag TAG. A tag is never moved.",
        )
    return there


def _put_tag(registry: Repository, uri: str, tag: str, manifest: Manifest) -> None:
    try:
        registry.put_manifest(tag, manifest)
    except Unreachable:
        # Tags are immutable: somebody else may have been first with this one.
        _taken(registry, uri, tag, manifest)
        raise


def _copy(origin: Repository, target: Repository, manifest: Manifest, version: str) -> None:
    """A manifest after all that it names, byte for byte."""
    for digest in manifest.children:
        child = origin.manifest(digest)
        if child is None:
            raise NotReady(f"{origin.base} has the index {manifest.digest} but not its image {digest}")
        _copy(origin, target, child, digest)
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        for digest in manifest.blobs:
            if not target.has_blob(digest):
                path = Path(folder) / "blob"
                origin.download(digest, path)
                target.upload(digest, path)
    target.put_manifest(version, manifest)
