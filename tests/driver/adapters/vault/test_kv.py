"""Rules of reading and writing an app's variables, against a real OpenBao."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import hvac
import pytest

from driver.adapters.vault.kv import HashicorpVault
from driver.core.config.variables import Deleted
from driver.core.values.secret import SecretValues
from driver.errors import Busy, DriverError, InvalidInput, NotReady, Unreachable
from tests.driver.conftest import TOKEN

pytestmark = pytest.mark.sandbox

SENTINEL = "sentinel-value-4711"
PATH = "dev/shop"


@pytest.fixture
def direct(vault_environment: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The server itself, beside the adapter, which finds it by the environment."""
    monkeypatch.setenv("HOME", str(tmp_path))
    client = hvac.Client(url=vault_environment, token=TOKEN)
    yield client
    monkeypatch.undo()
    client.secrets.kv.v2.delete_metadata_and_all_versions(PATH, mount_point="secret")


@contextmanager
def _answering(status: int, body: bytes) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the test reads the failure."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def values(**given: str) -> SecretValues:
    return SecretValues(given)


def test_what_was_written_is_read_with_its_version(direct: Any) -> None:
    adapter = HashicorpVault()
    assert adapter.write("secret", PATH, values(A="1"), 0) == 1
    assert adapter.write("secret", PATH, values(A="2", B="ü\n"), 1) == 2
    found = adapter.read("secret", PATH)
    assert (found.path, found.version, dict(found.values)) == (PATH, 2, {"A": "2", "B": "ü\n"})
    metadata = direct.secrets.kv.v2.read_secret_version(PATH, mount_point="secret", raise_on_deleted_version=True)
    assert found.created == metadata["data"]["metadata"]["created_time"]


@pytest.mark.parametrize("version", [0, 1, 3])
def test_on_top_of_another_version_nothing_is_written(direct: Any, version: int) -> None:
    adapter = HashicorpVault()
    adapter.write("secret", PATH, values(A="1"), 0)
    adapter.write("secret", PATH, values(A="2"), 1)
    with pytest.raises(Busy, match="changed by somebody else"):
        adapter.write("secret", PATH, values(A=SENTINEL), version)
    assert dict(adapter.read("secret", PATH).values) == {"A": "2"}


@pytest.mark.parametrize("end", ["delete_latest_version_of_secret", "destroy"])
def test_deleted_variables_are_missing_and_can_be_written_again(direct: Any, end: str) -> None:
    adapter = HashicorpVault()
    adapter.write("secret", PATH, values(A="1"), 0)
    kv = direct.secrets.kv.v2
    if end == "destroy":
        kv.destroy_secret_versions(PATH, versions=[1], mount_point="secret")
    else:
        kv.delete_latest_version_of_secret(PATH, mount_point="secret")
    done = "destroyed" if end == "destroy" else r"deleted on \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    with pytest.raises(Deleted, match=rf"^version 1 of the variables at secret/dev/shop was {done}$") as caught:
        adapter.find("secret", PATH)
    undelete = "Take it back: vault kv undelete -mount=secret -versions=1 dev/shop"
    assert caught.value.hint == ("" if end == "destroy" else undelete)
    assert adapter.write("secret", PATH, values(A="2"), 0) == 2


def test_of_a_destroyed_version_the_last_that_is_left_is_named(direct: Any) -> None:
    adapter = HashicorpVault()
    for number in range(3):
        adapter.write("secret", PATH, values(A=str(number)), number)
    direct.secrets.kv.v2.destroy_secret_versions(PATH, versions=[3], mount_point="secret")
    with pytest.raises(Deleted) as caught:
        adapter.find("secret", PATH)
    assert caught.value.hint == "Go back to an older one: vault kv rollback -mount=secret -version=2 dev/shop"


def test_variables_that_never_were_are_none(direct: Any) -> None:
    assert HashicorpVault().find("secret", PATH) is None
    with pytest.raises(NotReady, match="there are no variables at secret/dev/shop in Vault"):
        HashicorpVault().read("secret", PATH)


@pytest.mark.parametrize("act", ["find", "write"])
def test_a_mount_that_is_none_is_told(direct: Any, act: str) -> None:
    with pytest.raises(NotReady, match="no KV version 2 secrets engine at nothing"):
        used(act, "nothing")


@pytest.fixture
def old(direct: Any) -> Iterator[str]:
    """A mount of the KV engine's first version."""
    direct.sys.enable_secrets_engine("kv", path="old", options={"version": "1"})
    yield "old"
    direct.sys.disable_secrets_engine("old")


@pytest.mark.parametrize("there", [{}, {"data": {"A": SENTINEL}}])
@pytest.mark.parametrize("act", ["find", "write"])
def test_a_mount_of_version_1_is_told_and_nothing_is_written(
    direct: Any, old: str, act: str, there: dict[str, object]
) -> None:
    place = f"{old}/data/{PATH}"
    if there:
        # What a client of version 2 leaves there that does not look.
        direct.write_data(place, data=there)
    with pytest.raises(NotReady, match="at old: the one there is version 1") as caught:
        used(act, old)
    assert "vault kv enable-versioning old" in caught.value.hint
    found = direct.read(place)
    assert (found["data"] if found else {}) == there


def used(act: str, mount: str) -> None:
    adapter = HashicorpVault()
    if act == "find":
        adapter.find(mount, PATH)
    else:
        adapter.write(mount, PATH, values(A=SENTINEL), 0)


def test_a_value_that_is_no_text_is_named_and_not_shown(direct: Any) -> None:
    data = {"A": "1", "PIN": 4711, "LIST": [SENTINEL]}
    direct.secrets.kv.v2.create_or_update_secret(PATH, secret=data, mount_point="secret")
    with pytest.raises(InvalidInput, match="LIST, PIN at secret/dev/shop") as caught:
        HashicorpVault().read("secret", PATH)
    assert SENTINEL not in f"{caught.value} {caught.value.hint}"
    assert "4711" not in caught.value.message


def test_a_token_that_may_not_is_refused_without_the_value(direct: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "wrong")
    for act in (
        lambda: HashicorpVault().read("secret", PATH),
        lambda: HashicorpVault().write("secret", PATH, values(A=SENTINEL), 1),
    ):
        with pytest.raises(Unreachable, match="permission denied") as caught:
            act()
        assert SENTINEL not in f"{caught.value} {caught.value.hint}"


def test_the_token_of_vault_login_is_used(direct: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    HashicorpVault().write("secret", PATH, values(A="1"), 0)
    monkeypatch.delenv("VAULT_TOKEN")
    (tmp_path / ".vault-token").write_text(f"{TOKEN}\n")
    assert HashicorpVault().read("secret", PATH).version == 1


def test_a_server_on_this_machine_is_not_asked_through_a_proxy(direct: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert HashicorpVault().write("secret", PATH, values(A="1"), 0) == 1


@pytest.mark.parametrize(
    ("address", "failure", "message"),
    [("http://127.0.0.1:9", Unreachable, "did not answer"), ("", NotReady, "VAULT_ADDR is not set")],
)
def test_without_a_server_nothing_hangs_and_nothing_leaks(
    address: str, failure: type[DriverError], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_ADDR", address)
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    with pytest.raises(failure, match=message) as caught:
        HashicorpVault().write("secret", PATH, values(A=SENTINEL), 1)
    for secret in (SENTINEL, TOKEN):
        assert secret not in f"{caught.value} {caught.value.hint}"


def test_a_sealed_vault_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with _answering(503, b'{"errors":["Vault is sealed"]}') as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        monkeypatch.setenv("VAULT_TOKEN", TOKEN)
        with pytest.raises(Unreachable, match="sealed") as caught:
            HashicorpVault().read("secret", PATH)
    assert "unseal" in caught.value.hint
