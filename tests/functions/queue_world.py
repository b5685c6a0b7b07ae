"""Apps that answer in all kinds of ways, over real HTTP, and what a pass needs of AWS in memory."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from functions.queue_metrics.counting import World
from functions.queue_metrics.logic import Datum, Tasks
from functions.queue_metrics.plan import Plan, read
from functions.queue_metrics.tokens import Tokens

TOKEN = "s3cret-token"
Reply = Callable[["Handler"], None]


class Server(ThreadingHTTPServer):
    """Apps by the first part of their path."""

    request_queue_size = 256
    daemon_threads = True
    apps: dict[str, Reply]
    asked: list[tuple[str, str]]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up is meant to."""


class Handler(BaseHTTPRequestHandler):
    """Hands a request to its app; `rest` is the path below the app's own address."""

    server: Server
    rest = ""

    def do_GET(self) -> None:
        _, name, self.rest = f"{self.path}/".split("/", 2)
        self.rest = self.rest.rstrip("/")
        self.server.asked.append((name, self.rest))
        self.server.apps[name](self)

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @property
    def let_in(self) -> bool:
        """Whether the token came in the one form or the other."""
        return self.rest in ("hirefire", f"hirefire/{TOKEN}/info") and (
            self.rest != "hirefire" or self.headers.get("HireFire-Token") == TOKEN
        )


def good(jobs: float | None, key: str = "value", name: str = "worker") -> Reply:
    """An app that serves both forms."""

    def answer(handler: Handler) -> None:
        body = json.dumps([{"name": name, key: jobs}]).encode()
        handler.say(200, body) if handler.let_in else handler.say(404)

    return answer


def only_path(jobs: float) -> Reply:
    """An app with an old client, which knows no header, and its own page for all else."""

    def answer(handler: Handler) -> None:
        if handler.rest == f"hirefire/{TOKEN}/info":
            handler.say(200, json.dumps([{"name": "worker", "quantity": jobs}]).encode())
        else:
            handler.say(200, b"<html>hello</html>")

    return answer


def hangs(_handler: Handler) -> None:
    """Says nothing, for longer than anybody waits."""
    time.sleep(20)


def drips(handler: Handler) -> None:
    """A byte now and then, so that no read ever times out."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)


def floods(handler: Handler) -> None:
    """Fifty megabytes of it."""
    with contextlib.suppress(OSError):
        handler.send_response(200)
        handler.send_header("Content-Length", str(50_000_000))
        handler.end_headers()
        for _ in range(50):
            handler.wfile.write(b"[" * 1_000_000)


def says(status: int, body: bytes = b"", **headers: str) -> Reply:
    """Always the same."""
    return lambda handler: handler.say(status, body, **headers)


@contextmanager
def serving(apps: dict[str, Reply]) -> Iterator[tuple[str, Server]]:
    """The apps, and the address below which they are."""
    server = Server(("127.0.0.1", 0), Handler)
    server.apps, server.asked = apps, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server
    finally:
        server.shutdown()
        server.server_close()


class Cloud:
    """Secrets, services, queues and reports in memory, and all values that were put."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        self.tasks: dict[str, Tasks] = {}
        self.queues: dict[str, int] = {}
        self.reported: dict[str, dict[str, tuple[float, float]]] = {}
        self.puts: list[list[Datum]] = []
        self.when: list[float] = []
        self.looks = 0

    def world(self) -> World:
        return World(
            tokens=Tokens(read=self._secret),
            services=lambda _, names: {name: self.tasks[name] for name in names if name in self.tasks},
            messages=lambda arn: self.queues[arn],
            reports=lambda _, apps: {app: self.reported[app] for app in apps if app in self.reported},
            put=self._put,
        )

    def know(self, secret: str, token: str = TOKEN, stage: str = "AWSCURRENT") -> None:
        self.secrets[secret, stage] = json.dumps({"HIREFIRE_TOKEN": token})

    def values(self, app: str = "", process: str = "worker") -> dict[str, float]:
        """The values that were put for a worker, or without an app those of the counting itself."""
        wanted = {"Environment": "dev", "App": app, "Process": process} if app else {"Environment": "dev"}
        return {
            row["MetricName"]: row["Value"]
            for batch in self.puts
            for row in batch
            if {each["Name"]: each["Value"] for each in row["Dimensions"]} == wanted
        }

    def _secret(self, arn: str, stage: str) -> str | None:
        self.looks += 1
        return self.secrets.get((arn, stage))

    def _put(self, data: Sequence[Datum]) -> None:
        self.puts.append(list(data))
        self.when.append(time.monotonic())


def worker(**more: Any) -> dict[str, Any]:
    """One worker in the plan's plain form."""
    plain = {"process": "worker", "service": "shop-worker", "source": "hirefire", "measure": "size", "every": 60}
    return {**plain, "name": "worker", **more}


def plan_of(base: str, *names: str, limit: float = 2.0, **more: Any) -> Plan:
    """Apps with one worker each, all asked below `base`."""
    apps = [
        {"name": name, "url": f"{base}/{name}/", "secret": name, "workers": [worker(service=f"{name}-worker", **more)]}
        for name in names
    ]
    return read({"env": "dev", "cluster": "dev", "limit": limit, "apps": apps, "table": "reports"})
