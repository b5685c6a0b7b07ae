"""An app of three processes on the standard library alone; `behaviour.json` says what is wrong with which."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = os.environ["SLIPWAY_RELEASE"]


class Page(BaseHTTPRequestHandler):
    """The release on every path, and a health check that may fail."""

    protocol_version = "HTTP/1.1"
    # Longer than a load balancer keeps an idle connection.
    timeout = 75
    sick = False

    def do_GET(self) -> None:
        """Answer."""
        body = f"{VERSION}\n".encode()
        self.send_response(500 if self.sick and self.path == "/health/" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: health checks would drown what matters."""


class Server(ThreadingHTTPServer):
    """Many connections at once, none of which keeps the program alive."""

    daemon_threads = True
    request_queue_size = 256


def wait_for_the_end() -> None:
    """Until SIGTERM, which ends it with 0."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        time.sleep(60)


def eat() -> None:
    """More memory than any task of these tests has."""
    eaten = []
    while True:
        eaten.append(os.urandom(1 << 20) * 64)


def release(mode: str) -> None:
    """The migration."""
    print(f"migrating for {VERSION}", flush=True)
    if mode == "hangs":
        wait_for_the_end()
    if mode == "eats":
        eat()
    if mode == "slow":
        time.sleep(4)
    if mode == "fails":
        print("no such column: parcel", flush=True)
        sys.exit(3)
    print("migrated", flush=True)


def web(mode: str) -> None:
    """The web process."""
    if mode == "crashes":
        sys.exit("cannot import parcel_tracking")
    Page.sick = mode == "sick"
    server = Server(("0.0.0.0", int(os.environ["PORT"])), Page)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server.serve_forever()


def worker(mode: str) -> None:
    """The worker process."""
    if mode == "crashes":
        sys.exit("no queue named parcels")
    print("working", flush=True)
    wait_for_the_end()


if __name__ == "__main__":
    behaviour = json.loads(Path("behaviour.json").read_text(encoding="utf-8"))
    {"release": release, "web": web, "worker": worker}[sys.argv[1]](behaviour.get(sys.argv[1], "well"))
