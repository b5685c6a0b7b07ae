"""Image references: what people write, taken apart."""

import re
from dataclasses import dataclass

from driver.errors import InvalidInput

DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class PublicImage:
    """An image of any registry. `version` is a tag or a digest."""

    host: str
    repository: str
    version: str


def public_image(text: str) -> PublicImage:
    """A reference as `docker pull` understands it, Docker Hub's short names included. Raises InvalidInput.

    https://github.com/distribution/reference/blob/main/reference.go
    """
    name, _, digest = text.partition("@")
    first, slash, rest = name.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    host, path = (first, rest) if is_host else ("docker.io", name)
    repository, _, tag = path.partition(":")
    if not re.fullmatch(r"[a-z0-9][a-z0-9._/-]*", repository) or (digest and not DIGEST.fullmatch(digest)):
        raise InvalidInput(f"{text} is no image reference", hint="Write it as docker.io/hashicorp/http-echo:1.0.")
    if host in DOCKER_HUB:
        host = "registry-1.docker.io"
        repository = repository if "/" in repository else f"library/{repository}"
    return PublicImage(host=host, repository=repository, version=digest or tag or "latest")


def version_in(reference: str, repository_uri: str) -> str:
    """The tag or digest of a reference into one repository: a tag, a digest, or either after the repository's own URI.

    Raises InvalidInput when it names another repository.
    """
    if DIGEST.fullmatch(reference):
        return reference
    name, _, digest = reference.partition("@")
    own = name == repository_uri or name.startswith(f"{repository_uri}:")
    tag = name.removeprefix(repository_uri).removeprefix(":") if own else name
    if not own and ("/" in name or ":" in name or digest):
        raise InvalidInput(
            f"{reference} is not in the app's repository {repository_uri}",
            hint="Name the image by its tag, its digest, or as the repository followed by one of them.",
        )
    return digest or tag or "latest"
