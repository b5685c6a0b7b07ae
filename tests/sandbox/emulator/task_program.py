"""What the tests' tasks run: a web server, a worker, or something that fails, as its arguments say."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

VERSION, HEALTH = os.environ.get("VERSION", "v1"), int(os.environ.get("HEALTH", "200"))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/hang-up" and getattr(self, "served", False):
            # As a server that closes an idle connection just when the next request arrives.
            self.close_connection = True
            return
        self.served = True
        if asked.path == "/slow":
            time.sleep(float(parse_qs(asked.query)["seconds"][0]))
        if asked.path == "/stream":
            self.stream()
            return
        self.reply(HEALTH if asked.path == "/health" else 200)

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.reply(201, {"received": len(self.rfile.read(size))})

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(3):
            self.wfile.write(b"2\r\n%d\n\r\n" % number)
            time.sleep(0.3)
        self.wfile.write(b"0\r\n\r\n")

    def reply(self, status: int, more: dict[str, object] | None = None) -> None:
        headers = [[name, value] for name, value in self.headers.items()]
        body = json.dumps({"version": VERSION, "path": self.path, "headers": headers, **(more or {})}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-First", "1")
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128


def main(kind: str, *arguments: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if kind == "web":
        Server(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
    if kind == "crash":
        time.sleep(float(arguments[0]))
        sys.exit(int(arguments[1]))
    if kind == "print":
        sys.stdout.write(os.environ.get(arguments[0], "unset") + "\n")
        return
    while True:
        time.sleep(1)


main(*sys.argv[1:])
