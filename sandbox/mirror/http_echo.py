#!/usr/bin/env python3
"""Answers with one text on any path: the sandbox's stand-in for hashicorp/http-echo.

It runs as `/http-echo` of an image, so it stands alone on the standard library.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    body = b""
    status = 200
    # A load balancer keeps idle connections for a minute; the target must keep them for longer.
    timeout = 75

    def answer(self) -> None:
        """The status and the text, whatever is asked."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(self.body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method of HTTP is answered alike: the base class looks for `do_<METHOD>`."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def version_string(self) -> str:
        """What the Server header says."""
        return "http-echo"


class Server(ThreadingHTTPServer):
    """A thread per connection, none of which keeps the program alive."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Flags as the real program has them, with one dash and with `=` or a space."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("-listen", "--listen", default=":5678")
    parser.add_argument("-text", "--text", default=os.environ.get("ECHO_TEXT", ""))
    parser.add_argument("-status-code", "--status-code", type=int, default=200)
    parser.add_argument("-version", "--version", action="version", version="http-echo v1.0.0")
    options = parser.parse_args()
    if not options.text:
        parser.exit(127, "Missing -text option!\n")
    host, _, port = options.listen.rpartition(":")
    # Here a task's own port is in PORT where its definition sets one; else its own address is in HOST.
    own = (host or "0.0.0.0", int(os.environ["PORT"])) if "PORT" in os.environ else None
    Echo.status = options.status_code
    Echo.body = (options.text + "\n").encode()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server = Server(own or (host or os.environ.get("HOST", "0.0.0.0"), int(port)), Echo)
    sys.stderr.write(f"listening on {options.listen}\n")
    server.serve_forever()


if __name__ == "__main__":
    main()
