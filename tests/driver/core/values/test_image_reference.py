import pytest

from driver.core.values.image_reference import PublicImage, public_image, version_in
from driver.errors import InvalidInput

HUB = "registry-1.docker.io"
DIGEST = "sha256:" + "a" * 64
URI = "000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/api"


@pytest.mark.parametrize(
    ("text", "host", "repository", "version"),
    [
        ("docker.io/hashicorp/http-echo:1.0", HUB, "hashicorp/http-echo", "1.0"),
        ("hashicorp/http-echo", HUB, "hashicorp/http-echo", "latest"),
        ("nginx", HUB, "library/nginx", "latest"),
        ("docker.io/nginx:1", HUB, "library/nginx", "1"),
        (f"ghcr.io/a/b@{DIGEST}", "ghcr.io", "a/b", DIGEST),
        (f"ghcr.io/a/b:1@{DIGEST}", "ghcr.io", "a/b", DIGEST),
        ("localhost:5000/a/b/c:1", "localhost:5000", "a/b/c", "1"),
    ],
)
def test_a_reference_is_read_as_docker_reads_it(text: str, host: str, repository: str, version: str) -> None:
    assert public_image(text) == PublicImage(host=host, repository=repository, version=version)


@pytest.mark.parametrize("text", ["", "Nginx", "a b", "nginx@sha256:short", "ghcr.io/", "https://ghcr.io/a/b"])
def test_what_is_no_reference_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        public_image(text)
    assert "docker.io/hashicorp/http-echo:1.0" in caught.value.hint


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("main-1", "main-1"),
        (DIGEST, DIGEST),
        (f"{URI}:main-1", "main-1"),
        (f"{URI}@{DIGEST}", DIGEST),
        (f"{URI}:main-1@{DIGEST}", DIGEST),
        (URI, "latest"),
    ],
)
def test_an_image_is_named_by_tag_by_digest_or_in_full(reference: str, version: str) -> None:
    assert version_in(reference, URI) == version


@pytest.mark.parametrize(
    "reference", [f"{URI}-two:main-1", "nginx:1", "ghcr.io/a/b", f"{URI}-two@{DIGEST}", f"other@{DIGEST}"]
)
def test_the_image_of_another_repository_is_refused(reference: str) -> None:
    with pytest.raises(InvalidInput, match="is not in the app's repository"):
        version_in(reference, URI)
