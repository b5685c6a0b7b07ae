"""Images of any registry, pushed to an app's repository in ECR with entrypoint scripts over them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from driver.adapters.aws.ecr.images import EcrImages, public_base
from driver.adapters.oci import docker_login, wrapping
from driver.adapters.oci.repository import Repository
from driver.adapters.oci.wrapping import Origin
from driver.core.image.wrapping import Wish, Wrapped
from driver.core.ports import Image, Say
from driver.core.values.image_reference import DIGEST, public_image
from driver.core.values.manifests import Manifest
from driver.errors import InvalidInput, NotFound, NotReady, Unreachable

_ECR: Final = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")
_TAG: Final = re.compile(r"[^/:@]+")


@dataclass(frozen=True, kw_only=True)
class _Base:
    """Where an image is: a registry's host with the repository in it, and a tag or digest."""

    uri: str
    version: str


class EcrWrapping:
    """Wraps images into one repository, for `platforms`, which each of them must be there for."""

    def __init__(self, images: EcrImages, repository: str, platforms: Sequence[str]) -> None:
        self._images = images
        self._repository = repository
        self._uri = images.uri(repository)
        self._platforms = platforms

    def look(self, wish: Wish) -> Wrapped:
        """What would be pushed. Raises NotReady, InvalidInput, Unreachable."""
        base = self._base(wish.base)
        with self._open(base) as origin:
            return self._read(origin, base, wish)

    def push(self, wish: Wish, progress: Say) -> tuple[Wrapped, Image]:
        """Push it; nothing is sent where the tag holds just this. Raises InvalidInput where it holds anything else."""
        base = self._base(wish.base)
        with self._open(base) as origin:
            return self.push_from(origin, self._read(origin, base, wish), progress)

    def read(self, origin: Origin, wish: Wish) -> Wrapped:
        """What would be pushed of an image that a build tool has made, which is `origin`'s only one."""
        return self._fitting(wrapping.read(origin, "", wish), wish)

    def push_from(self, origin: Origin, wrapped: Wrapped, progress: Say) -> tuple[Wrapped, Image]:
        """The same of an image that was read already."""
        with self._images.registry(self._uri) as target:
            there = self._taken(target, wrapped)
            if there is None:
                progress(f"pushing {self._uri}:{wrapped.tag} for {', '.join(wrapped.platforms)}")
                there = self._put(origin, target, wrapped, progress)
            else:
                progress(f"{self._uri}:{wrapped.tag} is there already")
            return wrapped, self._images.image(target, self._repository, self._uri, there)

    def _base(self, reference: str) -> _Base:
        """A tag or digest alone is of the app's own repository, as it is for `deploy --image`."""
        if DIGEST.fullmatch(reference) or _TAG.fullmatch(reference):
            return _Base(uri=self._uri, version=reference)
        found = public_image(reference)
        return _Base(uri=f"{found.host}/{found.repository}", version=found.version)

    def _open(self, base: _Base) -> Repository:
        host, _, name = base.uri.partition("/")
        if _ECR.fullmatch(host):
            return self._images.registry(base.uri)
        url = public_base(host)
        # What stands in for all registries is told nobody's login.
        return Repository(url, name, login=docker_login.login(host) if urlsplit(url).netloc == host else "")

    def _read(self, origin: Repository, base: _Base, wish: Wish) -> Wrapped:
        own = base.uri == self._uri
        try:
            wrapped = wrapping.read(origin, base.version, replace(wish, own=own))
        except NotFound:
            if not own:
                raise
            known = "Those there are: slipway image list ENV APP."
            raise NotFound(
                f"there is no image {base.version} in {self._uri}",
                hint=f"{known} One of Docker Hub's is written with its tag, such as {base.version}:latest.",
            ) from None
        return self._fitting(wrapped, wish)

    def _fitting(self, wrapped: Wrapped, wish: Wish) -> Wrapped:
        missing = [name for name in self._platforms if name not in wrapped.platforms]
        if missing:
            known = ", ".join(wrapped.platforms)
            raise NotReady(
                f"{wish.base} is for {known}, and the catalogue has this app run on {', '.join(missing)}",
                hint="Build it for that platform too, or change `architecture` in the catalogue.",
            )
        return wrapped

    def _put(self, origin: Origin, target: Repository, wrapped: Wrapped, progress: Say) -> Manifest:
        try:
            return wrapping.push(origin, target, wrapped, progress)
        except Unreachable:
            # Tags are immutable: somebody else may have been first with this one.
            there = self._taken(target, wrapped)
            if there is None:
                raise
            return there

    def _taken(self, target: Repository, wrapped: Wrapped) -> Manifest | None:
        there = target.manifest(wrapped.tag)
        if there is not None and not wrapping.same(target, there, wrapped):
            raise InvalidInput(
                f"the tag {wrapped.tag} of {self._uri} is taken by other content ({there.digest})",
                hint="Choose another tag: --tag TAG. A tag is never moved.",
            )
        return there
