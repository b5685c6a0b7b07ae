"""Rules of the labels that keep a config version alive, against Secrets Manager as values."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from driver.adapters.aws.secrets_manager import SecretsManager
from driver.adapters.aws.session import Session
from driver.core.ports import Config
from driver.core.values.secret import SecretValues

START = datetime(2026, 11, 24, tzinfo=UTC)


class Store:
    """One secret; its versions by id, each with its labels and the moment it was made."""

    def __init__(self) -> None:
        self.labels: dict[str, list[str]] = {}
        self.made: dict[str, datetime] = {}
        self.puts = 0

    def ListSecretVersionIds(self, request: dict[str, Any]) -> object:
        shown = [name for name in self.labels if self.labels[name] or request.get("IncludeDeprecated")]
        return {
            "Versions": [
                {"VersionId": name, "VersionStages": self.labels[name], "CreatedDate": self.made[name].timestamp()}
                for name in shown
            ]
        }

    def PutSecretValue(self, request: dict[str, Any]) -> object:
        name = request["ClientRequestToken"]
        self.puts += 1
        if name not in self.labels:
            for labels in self.labels.values():
                labels[:] = [label for label in labels if label not in request["VersionStages"]]
            self.labels[name] = list(request["VersionStages"])
            self.made[name] = START + timedelta(minutes=len(self.made))
        return {"VersionId": name, "VersionStages": self.labels[name]}

    def UpdateSecretVersionStage(self, request: dict[str, Any]) -> object:
        label = request["VersionStage"]
        if "RemoveFromVersionId" in request:
            self.labels[request["RemoveFromVersionId"]].remove(label)
        if "MoveToVersionId" in request:
            self.labels[request["MoveToVersionId"]].append(label)
        return {}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    found = Store()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = json.dumps(getattr(found, operation)(request)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the test reads the store."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield found
        server.shutdown()


def token(name: object) -> str:
    return f"{name}".rjust(64, "0")


def publish(number: int, name: object, keep: tuple[str, ...] = ()) -> None:
    config = Config(path="dev/shop", version=number, created="t", values=SecretValues({"A": "1"}))
    SecretsManager(Session("eu-west-1")).publish("dev/shop", config, token(name), keep)


def labels(store: Store) -> set[str]:
    return {label for found in store.labels.values() for label in found}


def test_a_version_that_something_runs_on_keeps_its_label(store: Store) -> None:
    for number in range(1, 31):
        publish(number, number, keep=(token(2),))
    assert store.labels[token(2)] == ["c2"]
    assert store.labels[token(1)] == []
    assert len(labels(store)) == 17


def test_no_label_is_taken_from_the_variables_that_were_there_before(store: Store) -> None:
    publish(1, "abcdef")
    publish(1, "123456")
    assert store.labels[token("abcdef")] == ["c1"]
    assert store.labels[token("123456")] == ["c1-00000000"]
    publish(1, "123456")
    assert store.labels[token("123456")] == ["c1-00000000"]


def test_the_oldest_version_goes_first_and_not_the_lowest_number(store: Store) -> None:
    for number in range(101, 118):
        publish(number, number)
    for number in range(1, 3):
        publish(number, number)
    assert {"c1", "c2"} <= labels(store)
    assert not {"c101", "c102"} & labels(store)


def test_a_version_that_lost_its_label_gets_it_back(store: Store) -> None:
    publish(1, 1)
    store.labels[token(1)].clear()
    publish(1, 1)
    assert store.labels[token(1)] == ["c1"]


def test_publishing_again_takes_no_label_off(store: Store) -> None:
    for number in range(1, 18):
        publish(number, number)
    before = labels(store)
    publish(17, 17)
    assert labels(store) == before


def test_unchanged_config_publishes_nothing(store: Store) -> None:
    publish(1, 1)
    publish(1, 1)
    assert (store.puts, len(store.labels)) == (1, 1)
