"""Those outside, on this machine: a Grafana that keeps annotations as its published API says, and a hook.

https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_sentinel_token"
KINDS: Mapping[str, type | tuple[type, ...]] = {
    "dashboardUID": str,
    "panelId": int,
    "time": int,
    "timeEnd": int,
    "tags": list,
    "text": str,
}


@dataclass
class Outside:
    """What arrived, and how it is answered: `status` instead of the right one, and never while `slow` is set.

    `down_after` is the number of marks after which a Grafana answers 500; `heard` is set once a hook was told.
    """

    url: str = ""
    annotations: dict[int, dict[str, Any]] = field(default_factory=dict)
    posted: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    status: int = 200
    slow: bool = False
    down_after: int | None = None
    heard: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def grafana(self, method: str, path: str, token: str, body: Any) -> tuple[int, object]:
        """Grafana's answer."""
        if token != f"Bearer {TOKEN}":
            return 401, {"message": "Unauthorized"}
        place = urlsplit(path)
        number = place.path.removeprefix("/api/annotations").strip("/")
        if method == "GET" and not number:
            return 200, self._found(parse_qs(place.query))
        if not _valid(body, whole=method == "POST"):
            return 400, {"message": "bad request data"}
        if method == "POST" and not number:
            made = len(self.annotations) + 1
            self.annotations[made] = {"id": made, "timeEnd": body.get("time"), **body}
            return 200, {"message": "Annotation added", "id": made}
        if method == "PATCH" and number.isdigit() and int(number) in self.annotations:
            self.annotations[int(number)].update(body)
            return 200, {"message": "Annotation patched"}
        return 404, {"message": "Annotation not found"}

    @property
    def down(self) -> int | None:
        """The status that everything is answered with, if there is one."""
        if self.down_after is not None and len(self.annotations) >= self.down_after:
            return 500
        return None if self.status == 200 else self.status

    def _found(self, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        """Those with all the tags whose time reaches into the span, newest first."""
        begin, end = int(query.get("from", ["0"])[0]), int(query.get("to", ["0"])[0])
        rows = [row for row in self.annotations.values() if set(query.get("tags", [])) <= set(row["tags"])]
        if begin and end:
            rows = [row for row in rows if row["time"] <= end and row["timeEnd"] >= begin]
        return sorted(rows, key=lambda row: -int(row["time"]))


def _valid(body: Any, *, whole: bool) -> bool:
    if not isinstance(body, dict) or (whole and not body.get("text")):
        return False
    known = all(name in KINDS and isinstance(value, KINDS[name]) for name, value in body.items())
    return known and all(isinstance(tag, str) for tag in body.get("tags", []))


@contextmanager
def listening() -> Iterator[Outside]:
    """A Grafana below /api/annotations and a hook everywhere else."""
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            outside.requests.append(f"{self.command} {self.path}")
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            if outside.slow:
                outside.over.wait(60)
            status, answer = self._answer(body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _answer(self, body: Any) -> tuple[int, object]:
            if outside.down is not None:
                return outside.down, {"message": "no"}
            if self.path.startswith("/api/annotations"):
                return outside.grafana(self.command, self.path, self.headers.get("Authorization", ""), body)
            outside.posted.append(body)
            outside.heard.set()
            return 200, "ok"

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            """Nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        outside.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield outside
        finally:
            outside.over.set()
            server.shutdown()
            thread.join()
