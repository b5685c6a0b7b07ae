"""A Platform API of Heroku's on this machine: its shapes, pages, limit of requests, rights and builds."""

import hashlib
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "HRKU-4711-not-a-token"
AT = "2026-11-01T12:00:00Z"
PAGE = 2
"""Rows on a page at most, so that every list of some length has several."""
Row = dict[str, Any]


def ident(*parts: object) -> str:
    """An id that is the same each time."""
    return str(uuid.UUID(hashlib.md5("/".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()))


def ref(kind: str, name: str) -> Row:
    """Something by id and name."""
    return {"id": ident(kind, name), "name": name}


USER: Row = {"id": ident("user"), "email": "ops@acme.example"}


@dataclass
class App:
    """An app at this Heroku: `slug` are the commands of its current release, `formation` quantity and size by process.

    `config` are its variables; `addons` are (service, plan, variables), `attached` (name, service, owner).
    """

    name: str
    slug: dict[str, str] = field(default_factory=dict)
    commit: str = "0123456789abcdef0123456789abcdef01234567"
    formation: dict[str, tuple[int, str]] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    addons: list[tuple[str, str, list[str]]] = field(default_factory=list)
    attached: list[tuple[str, str, str]] = field(default_factory=list)
    buildpacks: list[str] = field(default_factory=lambda: ["heroku/python"])
    drains: int = 0
    features: list[str] = field(default_factory=list)
    internal: bool | None = None
    stack: str = "heroku-24"
    version: int = 42
    released: bool = True
    team: str = "acme"
    builds: dict[str, Row] = field(default_factory=dict)

    @property
    def ref(self) -> Row:
        """The app within other answers."""
        return ref("app", self.name)

    def info(self) -> Row:
        """App"""
        return {
            **self.ref, "acm": True, "archived_at": None, "build_stack": ref("stack", self.stack),
            "buildpack_provided_description": "Python", "created_at": AT,
            "git_url": f"https://git.heroku.com/{self.name}.git", "internal_routing": self.internal,
            "maintenance": False,
            "organization": ref("team", self.team), "owner": USER, "region": ref("region", "eu"), "released_at": AT,
            "repo_size": 0, "slug_size": 0, "space": None, "stack": ref("stack", self.stack),
            "team": ref("team", self.team), "updated_at": AT, "web_url": f"https://{self.name}-1.herokuapp.com/",
        }  # fmt: skip

    def of_team(self) -> Row:
        """TeamApp"""
        info = {key: value for key, value in self.info().items() if key not in {"acm", "organization"}}
        return {**info, "joined": True, "locked": False}

    def releases(self) -> list[Row]:
        """Release, newest first: one whose release phase failed, the current one, one that set a variable."""
        slug = None if self.stack == "container" or not self.released else {"id": ident("slug", self.name)}
        rows = [(self.version, "succeeded", True, slug), (1, "succeeded", False, None)]
        if self.released:
            rows.insert(0, (self.version + 1, "failed", False, {"id": ident("bad", self.name)}))
        else:
            rows = [(2, "succeeded", False, None), (1, "succeeded", False, None)]
        return [
            {
                "id": ident("release", self.name, version), "version": version, "status": status, "current": current,
                "slug": of, "addon_plan_names": [plan for _, plan, _ in self.addons], "app": self.ref,
                "created_at": AT, "updated_at": AT, "description": "Deploy 01234567", "output_stream_url": None,
                "user": USER,
            }
            for version, status, current, of in rows
        ]  # fmt: skip

    def slugged(self) -> Row:
        """Slug"""
        return {
            "id": ident("slug", self.name), "commit": self.commit, "commit_description": None,
            "process_types": self.slug,
            "blob": {"method": "GET", "url": "https://s3.example/slug"}, "buildpack_provided_description": "Python",
            "checksum": "SHA256:0", "created_at": AT, "updated_at": AT, "size": 1, "stack": ref("stack", self.stack),
        }  # fmt: skip

    def formed(self) -> list[Row]:
        """Formation"""
        return [
            {
                "id": ident("formation", self.name, kind), "type": kind, "command": self.slug.get(kind, ""),
                "quantity": quantity, "size": size, "app": self.ref, "created_at": AT, "updated_at": AT,
            }
            for kind, (quantity, size) in self.formation.items()
        ]  # fmt: skip

    def named(self) -> list[Row]:
        """Domain"""
        rows = [
            (f"{self.name}-1.herokuapp.com", "heroku", None),
            *((host, "custom", to) for host, to in self.domains.items()),
        ]
        return [
            {
                "id": ident("domain", host), "hostname": host, "kind": kind, "cname": target, "status": "succeeded",
                "acm_status": "cert issued", "acm_status_reason": None, "sni_endpoint": None, "app": self.ref,
                "created_at": AT, "updated_at": AT,
            }
            for host, kind, target in rows
        ]  # fmt: skip

    def added(self) -> list[Row]:
        """AddOn"""
        return [
            {
                "id": ident("addon", self.name, plan), "name": f"{service}-round-1", "actions": [], "app": self.ref,
                "addon_service": ref("service", service), "plan": ref("plan", plan), "config_vars": names,
                "billed_price": None, "billing_entity": {**ref("team", self.team), "type": "team"},
                "created_at": AT, "updated_at": AT, "provider_id": "1", "provision_message": "", "state": "provisioned",
                "web_url": None,
            }
            for service, plan, names in self.addons
        ]  # fmt: skip

    def attachments(self) -> list[Row]:
        """AddOnAttachment"""
        rows = [(name, service, owner) for name, service, owner in self.attached]
        rows += [(plan.upper(), service, self.name) for service, plan, _ in self.addons]
        return [
            {
                "id": ident("attachment", self.name, name), "name": name, "namespace": None, "app": self.ref,
                "addon": {"id": ident("foreign", service), "name": f"{service}-flat-2", "app": ref("app", owner)},
                "created_at": AT, "updated_at": AT, "log_input_url": None, "web_url": None,
            }
            for name, service, owner in rows
        ]  # fmt: skip

    def built_by(self) -> list[Row]:
        """BuildpackInstallations"""
        return [{"ordinal": at, "buildpack": {"name": pack, "url": pack}} for at, pack in enumerate(self.buildpacks)]

    def featured(self) -> list[Row]:
        """AppFeature"""
        return [
            {
                **ref("feature", name), "enabled": name in self.features, "description": "", "display_name": name,
                "doc_url": "https://devcenter.example", "feedback_email": "a@b.example", "state": "general",
                "created_at": AT, "updated_at": AT,
            }
            for name in ("http-session-affinity", "log-runtime-metrics", "runtime-dyno-metadata")
        ]  # fmt: skip

    def drained(self) -> list[Row]:
        """LogDrain"""
        return [
            {
                "id": ident("drain", at), "token": f"d.{at}", "url": "syslog+tls://logs.example:1", "addon": None,
                "app": self.ref, "created_at": AT, "updated_at": AT,
            }
            for at in range(self.drains)
        ]  # fmt: skip


def coupling(app: str, pipeline: str, stage: str) -> Row:
    """PipelineCoupling"""
    return {
        "id": ident("coupling", app), "app": {"id": ident("app", app)}, "pipeline": {"id": ident("pipeline", pipeline)},
        "stage": stage, "created_at": AT, "updated_at": AT,
    }  # fmt: skip


def piped(name: str) -> Row:
    """Pipeline"""
    owner = {"id": ident("team", "acme"), "type": "team"}
    return {**ref("pipeline", name), "owner": owner, "created_at": AT, "updated_at": AT}


@dataclass
class Heroku:
    """What this Heroku has, what it refuses, and what it was asked. `forbidden` are ends of paths; `busy` requests are
    refused for their number first; `left` is how many it says that there are left."""

    apps: dict[str, App]
    pipelines: dict[str, dict[str, str]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    busy: int = 0
    down: int = 0
    left: int = 4321
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    answered: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, bytes] = field(default_factory=dict)
    build_status: str = "succeeded"
    releases_builds: bool = True
    url: str = ""

    def add(self, *apps: App) -> None:
        """More apps."""
        self.apps |= {app.name: app for app in apps}

    def find(self, key: str) -> App | None:
        """An app by name or id."""
        return next((app for app in self.apps.values() if key in {app.name, app.ref["id"]}), None)

    def get(self, path: str) -> Any:
        """What is at a path; None where nothing is."""
        parts = path.strip("/").split("/")
        match parts:
            case ["apps", key, *rest] if app := self.find(key):
                return self._of_app(app, rest)
            case ["teams", team, "apps"]:
                rows = [app.of_team() for app in self.apps.values() if app.team == team]
                return rows or None
            case ["pipelines", key, *rest]:
                name = next((row for row in self.pipelines if key in {row, ident("pipeline", row)}), None)
                if name is None or rest not in ([], ["pipeline-couplings"]):
                    return None
                couplings = [coupling(app, name, stage) for app, stage in self.pipelines[name].items()]
                return couplings if rest else piped(name)
            case ["addons", key]:
                found = [row for app in self.apps.values() for row in app.added()]
                return next(
                    (row for row in found if key in {row["id"], ident("foreign", row["addon_service"]["name"])}), None
                )
        return None

    def _of_app(self, app: App, rest: list[str]) -> Any:
        if len(rest) < 2:
            return self._parts(app)[rest[0] if rest else ""]()
        kind, key = rest
        rows = {
            "releases": {row["id"]: row for row in app.releases()},
            "slugs": {app.slugged()["id"]: app.slugged()},
            "builds": app.builds,
        }
        return rows[kind].get(key)

    def _parts(self, app: App) -> dict[str, Callable[[], Any]]:
        coupled = [(name, rows[app.name]) for name, rows in self.pipelines.items() if app.name in rows]
        return {
            "": app.info,
            "config-vars": lambda: app.config,
            "pipeline-couplings": lambda: coupling(app.name, *coupled[0]) if coupled else None,
            "releases": app.releases,
            "formation": app.formed,
            "domains": app.named,
            "addons": app.added,
            "addon-attachments": app.attachments,
            "buildpack-installations": app.built_by,
            "log-drains": app.drained,
            "features": app.featured,
        }

    def build(self, app: App, source: Row) -> Row:
        """Build: a source becomes the slug that runs."""
        good = self.build_status == "succeeded"
        if good and self.releases_builds:
            app.version, app.commit = app.version + 2, source["version"]
        key = ident("build", app.name, app.version)
        app.builds[key] = {
            "id": key, "app": {"id": app.ref["id"]}, "buildpacks": None, "created_at": AT, "updated_at": AT,
            "output_stream_url": f"{self.url}/streams/{key}", "slug": {"id": ident("slug", app.name)} if good else None,
            "release": {"id": ident("release", app.name, app.version)} if good else None,
            "source_blob": {"checksum": None, "url": source["url"], "version": source["version"],
                            "version_description": None},
            "stack": app.stack, "status": self.build_status, "user": USER,
        }  # fmt: skip
        return {**app.builds[key], "status": "pending", "release": None, "slug": None}


ERRORS = {
    401: ("unauthorized", "Invalid credentials provided."),
    403: ("forbidden", "You do not have access to the app."),
    404: ("not_found", "Couldn't find that app."),
    429: ("rate_limit", "Your account reached the API rate limit."),
    503: ("service_unavailable", "Heroku is temporarily unavailable."),
}


class Handler(BaseHTTPRequestHandler):
    """Answers as the API does."""

    heroku: Heroku
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        if self.path.startswith("/streams/"):
            return self._send(200, b"-----> Building on the Heroku-24 stack\n-----> Done\n")
        found = self._permitted() and self.heroku.get(self.path)
        if found is None:
            return self._refuse(404)
        if found is False:
            return None
        self.heroku.answered[self.path] = found
        if isinstance(found, list):
            return self._page(found)
        return self._send(200, json.dumps(found).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if not self._permitted():
            return None
        if self.path == "/sources":
            key = ident("source", len(self.heroku.sources))
            made: Any = {
                "source_blob": {"get_url": f"{self.heroku.url}/put/{key}", "put_url": f"{self.heroku.url}/put/{key}"}
            }
        else:
            app = self.heroku.find(self.path.split("/")[2])
            if app is None or body["source_blob"]["url"].rsplit("/", 1)[-1] not in self.heroku.sources:
                return self._refuse(404)
            made = self.heroku.build(app, body["source_blob"])
        self.heroku.answered[self.path] = made
        return self._send(201, json.dumps(made).encode())

    def do_PUT(self) -> None:
        self.heroku.sources[self.path.rsplit("/", 1)[-1]] = self.rfile.read(int(self.headers["Content-Length"]))
        self.heroku.asked.append(("PUT", self.path, self.headers.get("Authorization", "")))
        self._send(200, b"")

    def _permitted(self) -> bool:
        heroku = self.heroku
        heroku.asked.append((self.command, self.path, self.headers.get("Range", "")))
        status = 0
        if heroku.busy:
            heroku.busy, status = heroku.busy - 1, 429
        elif heroku.down:
            heroku.down, status = heroku.down - 1, 503
        elif self.headers.get("Accept") != "application/vnd.heroku+json; version=3":
            status = 404
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status = 401
        elif any(self.path.endswith(end) for end in heroku.forbidden):
            status = 403
        if status:
            self._refuse(status)
        return not status

    def _page(self, rows: list[Row]) -> None:
        """Some rows of a list, by the range that is asked for, and how to ask for those after them."""
        wanted = re.fullmatch(
            r"(id|version) (?:\](?P<after>\d+))?\.\.; *(?:order=desc, *)?max=(?P<max>\d+)", self.headers["Range"]
        )
        if wanted is None:
            self._refuse(404)
            return
        start = int(wanted["after"] or 0)
        end = start + min(PAGE, int(wanted["max"]))
        headers = {"Accept-Ranges": "id, version", "Content-Range": f"id {start}..{end}"}
        if end < len(rows):
            rest = self.headers["Range"].split(";", 1)[1]
            headers["Next-Range"] = f"{wanted[1]} ]{end}..;{rest}"
        self._send(206 if end < len(rows) else 200, json.dumps(rows[start:end]).encode(), headers)

    def _refuse(self, status: int) -> None:
        name, message = ERRORS[status]
        self._send(status, json.dumps({"id": name, "message": message}).encode())

    def _send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        rows = {"Content-Type": "application/json", "RateLimit-Remaining": str(self.heroku.left), **(headers or {})}
        for name, value in rows.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def served(*apps: App, pipelines: dict[str, dict[str, str]] | None = None) -> Iterator[Heroku]:
    """This Heroku, at `url`, while the block lasts."""
    heroku = Heroku({app.name: app for app in apps}, pipelines or {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Of", (Handler,), {"heroku": heroku}))
    heroku.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield heroku
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
