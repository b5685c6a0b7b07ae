"""The libraries that report, as they are on PyPI, unchanged but for the address that they are given."""

import json
import ssl
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.queue_metrics.logic import reported
from functions.queue_metrics.plan import Worker
from functions.queue_receiver import handler
from tests.functions.queue_world import TOKEN
from tests.functions.test_queue_clients import client

PLAN = {"env": "dev", "table": "reports", "apps": [{"name": "shop", "secret": "dev/shop/hirefire", "workers": []},
                                                     {"name": "till", "workers": []}]}  # fmt: skip
WORKER = Worker(process="worker", service="shop-worker", source="judoscale", measure="size", every=60)


class Aws:
    """What the function asks of AWS, in memory."""

    def __init__(self) -> None:
        self.secrets = {("dev/shop/hirefire", "AWSCURRENT"): TOKEN}
        self.items: dict[str, dict[str, tuple[float, float]]] = {}
        self.put: list[dict[str, Any]] = []
        self.looks = 0

    def get_secret_value(self, **given: str) -> dict[str, str]:
        self.looks += 1
        place = given["SecretId"], given["VersionStage"]
        if place not in self.secrets:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
        return {"SecretString": json.dumps({"HIREFIRE_TOKEN": self.secrets[place]})}

    def update_item(self, **given: Any) -> None:
        item = self.items.setdefault(given["Key"]["app"]["S"], {})
        names, cells = given["ExpressionAttributeNames"].values(), given["ExpressionAttributeValues"].values()
        for name, cell in zip(names, cells, strict=True):
            value, at = cell["L"]
            item[name] = (float(value["N"]), float(at["N"]))

    def put_metric_data(self, **given: Any) -> None:
        assert given["Namespace"] == "Slipway/Queues"
        self.put += given["MetricData"]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    memory = handler.Memory()
    monkeypatch.setattr(handler, "_client", lambda _service: made)
    monkeypatch.setattr(handler, "_plan", lambda: PLAN)
    monkeypatch.setattr(handler, "_memory", lambda: memory)
    return made


class FunctionUrl(BaseHTTPRequestHandler):
    """What Lambda makes of a request, and of the function's answer."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        context = {"http": {"method": "POST"}}
        event = {"rawPath": self.path, "headers": dict(self.headers), "body": body, "requestContext": context}
        answer = handler.handle(event, None)
        self.send_response(answer["statusCode"])
        for name, text in {**answer.get("headers", {}), "Content-Length": "0"}.items():
            self.send_header(name, text)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def plain(aws: Aws) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FunctionUrl)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def encrypted(plain: ThreadingHTTPServer, tmp_path: Path) -> Path:
    """The same over TLS; the certificate that its clients have to trust."""
    pair = tmp_path / "pair.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pair, "-out", tmp_path / "certificate.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", pair)
    plain.socket = context.wrap_socket(plain.socket, server_side=True)
    return tmp_path / "certificate.pem"


def until(ask: Any) -> Any:
    end = time.monotonic() + 20
    while not (found := ask()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def test_judoscales_library_reports_its_jobs_with_another_address_alone(aws: Aws, plain: ThreadingHTTPServer) -> None:
    address = f"http://127.0.0.1:{plain.server_port}/{TOKEN}"
    with client("judoscale_app", JUDOSCALE_URL=address, ECS_CONTAINER_METADATA_URI="http://169.254.170.2/v3/abc"):
        item = until(lambda: aws.items.get("shop"))
    assert item["qd#default"][0] == 3
    assert reported(WORKER, item, time.time()) == 3.0
    age = reported(Worker(**{**vars(WORKER), "measure": "latency"}), item, time.time())
    assert isinstance(age, float)
    assert 0 < age < 60


def test_hirefires_library_sends_its_queue_times_to_another_host_alone(
    aws: Aws, plain: ThreadingHTTPServer, encrypted: Path
) -> None:
    host = f"127.0.0.1:{plain.server_port}"
    with client("queue_times_app", HIREFIRE_DISPATCH_URL=host, SSL_CERT_FILE=str(encrypted)) as url:
        started = str(int((time.time() - 0.25) * 1000))
        urllib.request.urlopen(urllib.request.Request(url, headers={"X-Request-Start": started})).close()
        (row,) = until(lambda: aws.put)
    assert (row["MetricName"], row["Dimensions"][1]["Value"], row["Counts"]) == ("RequestQueueTime", "shop", [1.0])
    assert 250 <= row["Values"][0] < 10_000


def called(path: str, body: Any, **headers: str) -> dict[str, Any]:
    context = {"http": {"method": "POST"}}
    return handler.handle(
        {"rawPath": path, "headers": headers, "body": json.dumps(body), "requestContext": context}, None
    )


def test_whoever_shows_no_token_of_an_app_is_not_heard(aws: Aws) -> None:
    report = {"metrics": [[1, 3, "qd", "default"]]}
    assert called("/guessed/v3/reports", report)["statusCode"] == 404
    assert called("/", {"1": [5]}, **{"HireFire-Token": "guessed"})["statusCode"] == 404
    assert aws.items == {}
    # Guesses are not looked up one by one.
    looks = aws.looks
    for index in range(50):
        called(f"/guess-{index}/v3/reports", report)
    assert aws.looks == looks


def test_a_token_that_two_apps_have_is_nobodys(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    apps = [{"name": name, "secret": f"dev/{name}/hirefire"} for name in ("shop", "till")]
    monkeypatch.setattr(handler, "_plan", lambda: {**PLAN, "apps": apps})
    aws.secrets["dev/till/hirefire", "AWSCURRENT"] = TOKEN
    assert called(f"/{TOKEN}/v3/reports", {"metrics": []})["statusCode"] == 404


def test_the_token_before_serves_old_tasks_while_a_release_rolls_out(aws: Aws) -> None:
    aws.secrets = {("dev/shop/hirefire", "AWSCURRENT"): "new", ("dev/shop/hirefire", "AWSPREVIOUS"): TOKEN}
    for token in ("new", TOKEN):
        assert called(f"/{token}/v3/reports", {"metrics": [[1, 3, "qd", "default"]]})["statusCode"] == 200
    assert aws.items["shop"]["qd#default"][0] == 3


def test_hirefires_client_is_told_to_report_less_often_and_queue_times_are_put_together(aws: Aws) -> None:
    for _ in range(20):
        answer = called("/", {"1": [5, 7]}, **{"HireFire-Token": TOKEN})
    assert answer["headers"]["HireFire-Resource-Dispatch-Interval"] == "10"
    assert len(aws.put) == 1
    assert handler._memory().waits["shop"] == {5: 19, 7: 19}
