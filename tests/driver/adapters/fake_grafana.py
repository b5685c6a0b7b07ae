"""A Grafana on this machine that keeps folders and dashboards as its published API says, refusals included.

https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/
https://grafana.com/docs/grafana/latest/developers/http_api/folder/
"""

import copy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

EDITOR, VIEWER = "glsa_sentinel_editor", "glsa_sentinel_viewer"
Answer = tuple[int, object]
MISMATCH = {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}


@dataclass
class Grafana:
    """What is there. `meddle` runs once before the next write; `broken` is an answer to everything.

    `newer` brings dashboards up to a version of its own and fills in defaults when it stores, as later releases do.
    """

    url: str = ""
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    meddle: Callable[[], None] | None = None
    broken: tuple[int, str, bytes] | None = None
    newer: bool = False

    @property
    def writes(self) -> list[tuple[str, str]]:
        """What was asked to be changed."""
        return [(method, path) for method, path in self.requests if method != "GET"]

    def edit(self, uid: str, **changes: Any) -> None:
        """Somebody changes a dashboard by hand."""
        row = self.dashboards[uid]
        row.update(changes, version=row["version"] + 1)

    def answer(self, method: str, path: str, token: str, body: Any) -> Answer:
        """What Grafana answers."""
        self.requests.append((method, path))
        if token not in (f"Bearer {EDITOR}", f"Bearer {VIEWER}"):
            return 401, {"message": "Invalid API key", "messageId": "api-key.invalid", "statusCode": 401}
        if method != "GET" and token != f"Bearer {EDITOR}":
            return 403, {"message": "You'll need additional permissions to perform this action.", "title": "No"}
        if method != "GET" and self.meddle is not None:
            meddle, self.meddle = self.meddle, None
            meddle()
        return self._routed(method, urlsplit(path), body)

    def _routed(self, method: str, place: SplitResult, body: Any) -> Answer:
        match (method, place.path.split("/")[2:]):
            case ("GET", ["search"]):
                return self._search(parse_qs(place.query))
            case (_, ["folders", *uid]):
                return self._folder(method, "".join(uid), body)
            case (_, ["dashboards", "uid", uid]):
                return self._dashboard(method, uid)
            case ("POST", ["dashboards", "db"]):
                return self._save(body)
        return 404, {"message": "Not found"}

    def _search(self, query: dict[str, list[str]]) -> Answer:
        wanted, limit, page = set(query.get("tag", [])), int(query["limit"][0]), int(query["page"][0])
        rows = [
            {"uid": uid, "title": row["title"], "type": "dash-db", "tags": row["tags"]}
            for uid, row in sorted(self.dashboards.items())
            if wanted <= set(row.get("tags", []))
        ]
        return 200, rows[(page - 1) * limit : page * limit]

    def _folder(self, method: str, uid: str, body: Any) -> Answer:
        if method == "POST":
            if body["uid"] in self.folders or body["title"] in [row["title"] for row in self.folders.values()]:
                return 409, {"message": "a folder with the same name already exists in the current location"}
            self.folders[body["uid"]] = {**body, "id": len(self.folders) + 1, "version": 1}
            return 200, self.folders[body["uid"]]
        if uid not in self.folders:
            return 404, {"message": "folder not found", "status": "not-found"}
        if method == "PUT":
            if body["version"] != self.folders[uid]["version"]:
                return 412, {"message": "the folder has been changed by someone else", "status": "version-mismatch"}
            self.folders[uid].update(title=body["title"], version=body["version"] + 1)
        return 200, self.folders[uid]

    def _dashboard(self, method: str, uid: str) -> Answer:
        if uid not in self.dashboards:
            return 404, {"message": "Dashboard not found", "status": "not-found"}
        found = self.dashboards[uid]
        if method == "DELETE":
            del self.dashboards[uid]
            return 200, {"title": found["title"], "message": f"Dashboard {found['title']} deleted"}
        return 200, {"dashboard": found, "meta": {"folderUid": self.places[uid], "version": found["version"]}}

    def _save(self, body: Any) -> Answer:
        document, folder = copy.deepcopy(body["dashboard"]), body.get("folderUid", "")
        uid = document["uid"]
        if len(uid) > 40 or not document.get("title"):
            return 400, {"message": "uid too long, max 40 characters"}
        if uid in self.refused:
            return 400, {"message": "Cannot save provisioned dashboard"}
        if folder and folder not in self.folders:
            return 400, {"message": "folder not found", "status": "not-found"}
        there = self.dashboards.get(uid)
        # A dashboard without a version counts as version 0, which no stored one has.
        if there is not None and not body.get("overwrite") and document.get("version", 0) != there["version"]:
            return 412, MISMATCH
        if there is None and document.get("id"):
            return 404, {"message": "Dashboard not found", "status": "not-found"}
        document |= {"version": 1 if there is None else there["version"] + 1}
        document |= {"id": len(self.dashboards) + 100 if there is None else there["id"]}
        if self.newer:
            document |= {"schemaVersion": 42, "preload": False}
            for panel in document["panels"]:
                panel.setdefault("pluginVersion", "13.1.0")
        self.dashboards[uid], self.places[uid] = document, folder
        self.messages.append(body.get("message", ""))
        row = {"id": document["id"], "uid": uid, "status": "success", "version": document["version"], "url": "/d/x"}
        return 200, row


@contextmanager
def serving() -> Iterator[Grafana]:
    """A server for as long as the test lasts."""
    grafana = Grafana()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            if grafana.broken is not None:
                status, kind, content = grafana.broken
            else:
                status, found = grafana.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
                kind, content = "application/json", json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def __getattr__(self, name: str) -> Any:
            """`do_GET` and the like are all the same."""
            if name.startswith("do_"):
                return self._handle
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    grafana.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
