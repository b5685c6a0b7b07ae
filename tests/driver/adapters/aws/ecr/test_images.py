"""Rules of images and of the apps' secrets, against the sandbox's ECR, registry mirror and Secrets Manager."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from driver.adapters.aws.ecr.images import EcrImages
from driver.adapters.aws.secrets_manager import SecretsManager
from driver.adapters.aws.session import Session
from driver.adapters.oci.repository import Repository
from driver.core.config import variables as configs
from driver.core.image import packing
from driver.core.ports import Config, Packed
from driver.core.values.manifests import digest_of
from driver.core.values.secret import SecretValues
from driver.errors import DriverError, InvalidInput, NotReady, Unreachable
from model.releases import Source
from model.settings.environment import Bootstrap
from sandbox.daemon.shell_exports import environment

pytestmark = pytest.mark.sandbox

SENTINEL = "sentinel-value-4711"
HTTP_ECHO = "docker.io/hashicorp/http-echo:1.0"


def quiet(line: str) -> None:
    """The story is for people."""


@pytest.fixture
def repository(session: Session) -> Iterator[str]:
    session.client("ecr").create_repository(repositoryName="shop", imageTagMutability="IMMUTABLE")
    yield "shop"
    session.client("ecr").delete_repository(repositoryName="shop", force=True)


def packed(folder: Path, text: str, tag: str | None = None) -> Packed:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(text)
    source = Source(commit="a" * 40, branch="main", dirty=True)
    return packing.pack(folder, {"entrypoint-web.sh": "#!/bin/sh\n"}, source, tag)


def test_a_pushed_image_is_found_by_tag_digest_and_reference(session: Session, repository: str, tmp_path: Path) -> None:
    images, wanted = EcrImages(session), packed(tmp_path / "app", "one")
    pushed = images.push(repository, wanted, quiet)
    assert pushed.tags == (wanted.tag,)
    assert pushed.source == Source(commit="a" * 40, branch="main", dirty=True)
    for reference in (wanted.tag, pushed.digest, pushed.reference):
        assert images.resolve(repository, reference) == pushed
    assert [row.tags for row in images.list(repository)] == [(wanted.tag,)]


def test_pushing_the_same_twice_is_one_image_and_other_content_is_refused(
    session: Session, repository: str, tmp_path: Path
) -> None:
    images = EcrImages(session)
    first = images.push(repository, packed(tmp_path / "app", "one", "v1"), quiet)
    assert images.push(repository, packed(tmp_path / "again", "one", "v1"), quiet) == first
    with pytest.raises(InvalidInput, match=r"the tag v1 of .* is taken by other content"):
        images.push(repository, packed(tmp_path / "app", "two", "v1"), quiet)
    assert images.resolve(repository, "v1") == first


def test_what_is_not_there_is_said_to_be_missing(session: Session, repository: str) -> None:
    images = EcrImages(session)
    assert not images.exists(repository, "v1")
    assert not images.exists("nothing", "v1")
    with pytest.raises(NotReady, match="there is no image v1 in"):
        images.resolve(repository, "v1")
    with pytest.raises(NotReady, match="there is no image repository nothing"):
        images.resolve("nothing", "v1")


def test_who_asks_for_a_missing_image_is_told_the_newest_tags(
    session: Session, repository: str, tmp_path: Path
) -> None:
    images = EcrImages(session)
    with pytest.raises(NotReady) as caught:
        images.resolve(repository, "v1")
    assert "It is empty" in caught.value.hint
    for number in range(3):
        images.push(repository, packed(tmp_path / "app", str(number), f"v{number}"), quiet)
    with pytest.raises(NotReady) as caught:
        images.resolve(repository, "v9")
    assert all(f"v{number}" in caught.value.hint for number in range(3))


def test_a_mirrored_image_keeps_its_digest_and_is_copied_once(session: Session, repository: str, folder: Path) -> None:
    images, story = EcrImages(session), list[str]()
    copied = images.mirror(HTTP_ECHO, repository, "echo", story.append)
    with Repository(environment(folder)["SLIPWAY_REGISTRY_MIRROR"], "hashicorp/http-echo") as origin:
        there = origin.manifest("1.0")
    assert there is not None
    assert there.digest == copied.digest
    assert images.exists(repository, "echo")
    assert images.mirror(HTTP_ECHO, repository, "echo", story.append) == copied
    assert len(story) == 1


def test_an_image_by_digest_is_copied_too(session: Session, repository: str) -> None:
    images = EcrImages(session)
    digest = images.mirror(HTTP_ECHO, repository, "echo", lambda _: None).digest
    source = Bootstrap(source=f"docker.io/hashicorp/http-echo@{digest}")
    assert images.mirror(source.source, repository, source.tag, lambda _: None).digest == digest
    assert images.exists(repository, source.tag)


class Registry(BaseHTTPRequestHandler):
    """Sends every blob's reader on to another origin, which keeps what it was sent."""

    elsewhere = ""
    seen: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers["Authorization"]))
        if self.path.startswith("/v2/"):
            self.send_response(307)
            self.send_header("Location", f"{self.elsewhere}/stored")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"blob")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test reads `seen`."""


@pytest.fixture
def registry() -> Iterator[str]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Registry) for _ in range(2)]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    here, elsewhere = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    Registry.elsewhere, Registry.seen = elsewhere, []
    yield here
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_redirect_to_another_place_is_followed_without_the_login(registry: str) -> None:
    digest = digest_of(b"blob")
    with Repository(registry, "shop", authorization="Basic abc") as repository:
        assert repository.read_blob(digest) == b"blob"
    assert Registry.seen == [(f"/v2/shop/blobs/{digest}", "Basic abc"), ("/stored", None)]


def test_content_that_is_not_its_digest_is_refused(registry: str, tmp_path: Path) -> None:
    with Repository(registry, "shop") as repository:
        with pytest.raises(Unreachable, match="arrived as"):
            repository.read_blob(digest_of(b"other"))
        with pytest.raises(Unreachable, match="arrived as"):
            repository.download(digest_of(b"other"), tmp_path / "blob")


def test_another_machine_is_not_reached_without_tls(registry: str) -> None:
    with Repository("http://registry.example", "shop") as repository, pytest.raises(Unreachable, match="without TLS"):
        repository.manifest("1.0")


@pytest.fixture
def secret(session: Session) -> Iterator[str]:
    client = session.client("secretsmanager")
    client.create_secret(Name="dev/shop")
    yield "dev/shop"
    client.delete_secret(SecretId="dev/shop", ForceDeleteWithoutRecovery=True)


def config(version: int, value: str = SENTINEL) -> Config:
    return Config(path="dev/shop", version=version, created=f"t{version}", values=SecretValues({"KEY": value}))


def test_a_config_version_is_published_once_under_its_token_and_label(session: Session, secret: str) -> None:
    token = configs.token("secret", config(3))
    for _ in range(2):
        assert SecretsManager(session).publish(secret, config(3), token) == token
    stored = session.client("secretsmanager").get_secret_value(SecretId=secret, VersionStage="c3")
    assert (stored["VersionId"], stored["SecretString"]) == (token, f'{{"KEY":"{SENTINEL}"}}')


def test_no_variables_are_published_as_such(session: Session, secret: str) -> None:
    none = configs.nothing("dev/shop")
    token = configs.token("secret", none)
    for _ in range(2):
        assert SecretsManager(session).publish(secret, none, token) == token
    stored = session.client("secretsmanager").get_secret_value(SecretId=secret, VersionStage="c0")
    assert (stored["VersionId"], stored["SecretString"]) == (token, "{}")
    assert SecretsManager(session).has(secret, token)


def test_the_oldest_labels_make_room_and_those_of_aws_stay(session: Session, secret: str) -> None:
    for version in range(1, 25):
        SecretsManager(session).publish(secret, config(version), configs.token("secret", config(version)))
    rows = session.client("secretsmanager").list_secret_version_ids(SecretId=secret)["Versions"]
    labels = {label for row in rows for label in row["VersionStages"]}
    assert labels == {"AWSCURRENT", *(f"c{version}" for version in range(9, 25))}


def test_no_value_is_in_an_error(session: Session, secret: str) -> None:
    publisher, token = SecretsManager(session), configs.token("secret", config(1))
    publisher.publish(secret, config(1, "other"), token)
    # What keeps its label is not put again, so it takes one that has lost it to meet the other value.
    session.client("secretsmanager").update_secret_version_stage(
        SecretId=secret, VersionStage="c1", RemoveFromVersionId=token
    )
    failing = {
        "another value": (secret, config(1)),
        "there is no secret": ("dev/nothing", config(1)),
        "bytes together": (secret, config(2, SENTINEL * 5000)),
    }
    for message, (name, values) in failing.items():
        with pytest.raises(DriverError, match=message) as caught:
            publisher.publish(name, values, token)
        assert SENTINEL not in f"{caught.value} {caught.value.hint} {caught.value!r} {values!r}"
    with pytest.raises(DriverError) as caught:
        publisher.publish(secret, config(1), token)
    assert caught.value.hint.endswith(": vault kv rollback -mount=secret -version=1 dev/shop")
