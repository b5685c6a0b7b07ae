"""Chats and pagers hear of an alarm, and their addresses are nowhere but in Vault and in one secret."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine

SECRET = "dev/_alarms"
ADDRESSES = {"chat": "https://chat.invalid/s3cret", "pager": "https://pager.invalid/s3cret"}


class Hooks(ThreadingHTTPServer):
    """Takes what it is told, by path."""

    told: dict[str, list[Any]]


class Listener(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.setdefault(self.path, []).append(body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    server = Hooks(("127.0.0.1", 0), Listener)
    server.told = {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_addresses_get_from_vault_to_the_secret_and_nowhere_else(whole: Whole) -> None:
    vault, token = whole.environment["VAULT_ADDR"], whole.environment["VAULT_TOKEN"]
    request = urllib.request.Request(
        f"{vault}/v1/secret/data/{SECRET}", json.dumps({"data": ADDRESSES}).encode(), {"X-Vault-Token": token}
    )
    urllib.request.urlopen(request).close()
    done = whole.slipway("alarms", "publish", "dev")
    assert done.returncode == 0, done.stderr
    assert "published the address of chat, pager" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
    found = whole.aws("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"]
    assert json.loads(found) == ADDRESSES
    assert "s3cret" not in json.dumps(whole.state())


def test_an_alarm_is_told_to_each_hook_as_it_understands_it(whole: Whole, hooks: Hooks) -> None:
    place = f"http://127.0.0.1:{hooks.server_address[1]}"
    whole.aws("secretsmanager").put_secret_value(
        SecretId=SECRET, SecretString=json.dumps({name: f"{place}/{name}" for name in ADDRESSES})
    )
    deadline = time.monotonic() + 60
    while set(hooks.told) != {"/chat", "/pager"}:
        assert time.monotonic() < deadline, hooks.told
        whole.aws("cloudwatch").set_alarm_state(
            AlarmName="dev-shop-web-service-cpu", StateValue="ALARM", StateReason="a test"
        )
        threading.Event().wait(1)
    assert "dev-shop-any is " in hooks.told["/chat"][0]["text"]
    assert json.loads(hooks.told["/pager"][0]["Message"])["AlarmName"] == "dev-shop-any"


def test_only_the_relay_may_read_the_addresses(whole: Whole) -> None:
    rows = whole.of_type("aws:iam/rolePolicy:RolePolicy")
    readers = {name for name, row in rows.items() if "_alarms" in json.dumps(row["outputs"]["policy"])}
    assert readers == {"dev-alarm-relay"}
