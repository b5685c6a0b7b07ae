"""Rules of speaking to registries, against one that is as difficult as the real ones are at times."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from driver.adapters.oci.repository import Repository
from driver.core.values.manifests import OCI_MANIFEST, Manifest, digest_of
from driver.errors import Unreachable

BLOB = b"content" * 1000
DIGEST = digest_of(BLOB)
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Seen:
    method: str
    path: str
    authorization: str | None
    body: bytes


@dataclass
class Registry:
    """A server that answers by a function, and keeps what it was asked."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)

    def asked(self, method: str) -> list[Seen]:
        return [row for row in self.seen if row.method == method]


Respond = Callable[[Seen], Answer]


class Handler(BaseHTTPRequestHandler):
    """Hands every request to `respond`."""

    def __init__(self, registry: Registry, respond: Respond, *arguments: Any) -> None:
        self.registry, self.respond = registry, respond
        super().__init__(*arguments)

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        row = Seen(self.command, self.path, self.headers["Authorization"], body)
        self.registry.seen.append(row)
        status, headers, content = self.respond(row)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """`do_GET` and the others are all one."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests read `seen`."""


@contextmanager
def serving(respond: Respond) -> Iterator[Registry]:
    registry = Registry()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, registry, respond)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        registry.url = f"http://127.0.0.1:{server.server_port}"
        yield registry
        server.shutdown()


def test_an_anonymous_token_is_fetched_and_renewed_when_it_has_run_out(tmp_path: Path) -> None:
    tokens: list[str] = []

    def respond(row: Seen) -> Answer:
        if row.path.startswith("/token"):
            tokens.append(f"t{len(tokens)}")
            return 200, {}, b'{"token": "%s"}' % tokens[-1].encode()
        if not tokens or row.authorization != f"Bearer {tokens[-1]}":
            return 401, {"WWW-Authenticate": f'Bearer realm="{registry.url}/token",service="here"'}, b"{}"
        return 200, {}, BLOB

    with serving(respond) as registry, Repository(registry.url, "a/b") as repository:
        assert repository.read_blob(DIGEST) == BLOB
        tokens.append("expired")
        repository.download(DIGEST, tmp_path / "blob")
    assert (tmp_path / "blob").read_bytes() == BLOB
    asked = [row.path for row in registry.seen if row.path.startswith("/token")]
    assert asked == ["/token?service=here&scope=repository%3Aa%2Fb%3Apull"] * 2


def test_a_login_that_is_refused_is_told_and_not_repeated() -> None:
    with serving(lambda row: (401, {"WWW-Authenticate": 'Basic realm="x"'}, b"no")) as registry:
        with (
            Repository(registry.url, "a/b", authorization="Basic secret") as repository,
            pytest.raises(Unreachable, match="with 401: no") as caught,
        ):
            repository.manifest("1")
        assert len(registry.seen) == 1
    assert "secret" not in f"{caught.value} {caught.value.hint}"


def test_a_busy_registry_is_asked_again() -> None:
    answers = iter([503, 429])

    def respond(row: Seen) -> Answer:
        return next(answers, 200), {}, BLOB

    with serving(respond) as registry, Repository(registry.url, "a/b") as repository:
        assert repository.read_blob(DIGEST) == BLOB
    assert len(registry.seen) == 3


def test_a_download_that_breaks_off_begins_again(tmp_path: Path) -> None:
    def respond(row: Seen) -> Answer:
        # The first time less comes than was announced.
        return 200, {"Content-Length": str(len(BLOB))}, BLOB if len(registry.seen) > 1 else BLOB[:10]

    with serving(respond) as registry, Repository(registry.url, "a/b") as repository:
        repository.download(DIGEST, tmp_path / "blob")
    assert (tmp_path / "blob").read_bytes() == BLOB


def upload(row: Seen, location: str) -> Answer:
    if row.method == "HEAD":
        return 404, {}, b""
    return {"POST": 202, "PATCH": 202, "PUT": 201}[row.method], {"Location": location}, b""


def test_an_upload_goes_on_where_the_registry_says_and_keeps_its_state(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(BLOB)
    with (
        serving(lambda row: upload(row, "/v2/a/b/blobs/uploads/1?_state=x%3D")) as registry,
        Repository(registry.url, "a/b", authorization="Basic secret") as repository,
    ):
        repository.upload(DIGEST, tmp_path / "blob")
    assert [row.method for row in registry.seen] == ["HEAD", "POST", "PATCH", "PUT"]
    assert registry.asked("PATCH")[0].body == BLOB
    put = registry.asked("PUT")[0]
    assert put.path.replace("%3A", ":") == f"/v2/a/b/blobs/uploads/1?_state=x%3D&digest={DIGEST}"
    assert {row.authorization for row in registry.seen} == {"Basic secret"}


def test_an_upload_that_goes_on_elsewhere_takes_no_login_along() -> None:
    with serving(lambda row: upload(row, "/elsewhere")) as elsewhere:
        with (
            serving(lambda row: upload(row, f"{elsewhere.url}/session")) as registry,
            Repository(registry.url, "a/b", authorization="Basic secret") as repository,
        ):
            repository.upload(DIGEST, BLOB)
        assert {row.authorization for row in registry.seen} == {"Basic secret"}
        assert [row.method for row in elsewhere.seen] == ["PATCH", "PUT"]
        assert {row.authorization for row in elsewhere.seen} == {None}


def test_a_piece_of_an_upload_is_not_sent_twice() -> None:
    def respond(row: Seen) -> Answer:
        return (502, {}, b"") if row.method == "PATCH" else upload(row, "/session")

    with serving(respond) as registry, Repository(registry.url, "a/b") as repository:
        with pytest.raises(Unreachable, match="with 502"):
            repository.upload(DIGEST, BLOB)
        assert len(registry.asked("PATCH")) == 1


def test_a_blob_that_is_there_is_not_sent() -> None:
    with serving(lambda row: (200, {}, b"")) as registry, Repository(registry.url, "a/b") as repository:
        repository.upload(DIGEST, BLOB)
    assert [row.method for row in registry.seen] == ["HEAD"]


def test_a_manifest_is_passed_on_byte_for_byte_under_its_media_type() -> None:
    raw = b'{ "layers" : [ ],\n "schemaVersion":2 }'

    def respond(row: Seen) -> Answer:
        return (201, {}, b"") if row.method == "PUT" else (200, {"Content-Type": f"{OCI_MANIFEST}; charset=utf-8"}, raw)

    with serving(respond) as registry, Repository(registry.url, "a/b") as repository:
        found = repository.manifest("1")
        assert found == Manifest(raw=raw, media_type=OCI_MANIFEST)
        repository.put_manifest("2", found)
    assert registry.asked("PUT")[0].body == raw


def test_a_missing_manifest_is_none_and_one_of_another_digest_is_refused() -> None:
    with serving(lambda row: (404, {}, b"{}")) as registry, Repository(registry.url, "a/b") as repository:
        assert repository.manifest("1") is None
    with (
        serving(lambda row: (200, {}, b"{}")) as registry,
        Repository(registry.url, "a/b") as repository,
        pytest.raises(Unreachable, match="arrived as"),
    ):
        repository.manifest(DIGEST)


def test_a_registry_that_is_not_there_is_named() -> None:
    with (
        Repository("http://127.0.0.1:9", "a/b") as repository,
        pytest.raises(Unreachable, match=r"the registry 127\.0\.0\.1:9 did not answer"),
    ):
        repository.put_manifest("1", Manifest(raw=b"{}", media_type=OCI_MANIFEST))


def test_who_has_logged_in_gets_a_token_of_his_own_and_sends_it_nowhere_else() -> None:
    def respond(row: Seen) -> Answer:
        if row.path.startswith("/token"):
            return (200, {}, b'{"token": "mine"}') if row.authorization == "Basic me" else (401, {}, b"{}")
        if row.authorization != "Bearer mine":
            return 401, {"WWW-Authenticate": f'Bearer realm="{registry.url}/token",service="here"'}, b"{}"
        return 200, {}, BLOB

    with serving(respond) as registry, Repository(registry.url, "a/b", login="Basic me") as repository:
        assert repository.read_blob(DIGEST) == BLOB
        assert [row.authorization for row in registry.seen] == [None, "Basic me", "Bearer mine"]


def test_a_registry_that_asks_for_a_name_and_password_gets_them_or_says_what_to_do() -> None:
    def respond(row: Seen) -> Answer:
        known = row.authorization == "Basic me"
        return (200, {}, BLOB) if known else (401, {"WWW-Authenticate": 'Basic realm="x"'}, b"{}")

    with serving(respond) as registry, Repository(registry.url, "a/b", login="Basic me") as repository:
        assert repository.read_blob(DIGEST) == BLOB
    with serving(respond) as registry, Repository(registry.url, "a/b") as repository:
        with pytest.raises(Unreachable, match="nobody has logged in") as caught:
            repository.read_blob(DIGEST)
        assert "docker login 127.0.0.1" in caught.value.hint
