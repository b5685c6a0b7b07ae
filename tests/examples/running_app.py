"""A version of the example in a folder of its own, run as its Procfile says."""

import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from examples.example_versions import lay_out
from model.procfile.entrypoint_script import entrypoint_script
from model.procfile.procfile import parse_procfile

TOKEN = "t0k3n"


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class App:
    """Where the code and the database are; the database may be shared by several versions."""

    folder: Path
    database: Path

    @classmethod
    def of(cls, version: str, root: Path) -> "App":
        return cls(lay_out(version, root / version), root / "db.sqlite3")

    def env(self, **more: str) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        variables = {
            "PATH": path,
            "PYTHONDONTWRITEBYTECODE": "1",
            "SECRET_KEY": "for tests only",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "ALLOWED_HOSTS": "shop.test",
            "HIREFIRE_TOKEN": TOKEN,
        }
        return {**variables, **more}

    def manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        env = {name: value for name, value in self.env(**more).items() if value}
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=60, check=False
        )

    def start(self, process: str, **more: str) -> "subprocess.Popen[str]":
        """Starts a process of the Procfile through its entrypoint script; stdout and stderr are one pipe."""
        command = parse_procfile((self.folder / "Procfile").read_text())[process]
        # A task has an address of its own; a test has this machine's, and listens for itself alone.
        command = command.replace("0.0.0.0", "127.0.0.1")
        (self.folder / f"entrypoint-{process}.sh").write_text(entrypoint_script(process, command))
        return subprocess.Popen(
            ["sh", f"entrypoint-{process}.sh"],
            cwd=self.folder,
            env=self.env(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(query).fetchall()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(app: App) -> Iterator["tuple[subprocess.Popen[str], int]"]:
    """The web process and its port, answering."""
    port = free_port()
    web = app.start("web", PORT=str(port))
    try:
        _wait(web, port)
        yield web, port
    finally:
        web.terminate()
        web.communicate(timeout=40)


def _wait(web: "subprocess.Popen[str]", port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and web.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


def ask(port: int, path: str, body: str | None = None, **headers: str) -> Answer:
    """One request on a connection of its own; ``Host`` is the allowed one unless given."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        return ask_on(connection, path, body, **headers)


def ask_on(connection: http.client.HTTPConnection, path: str, body: str | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        named["Content-Type"] = "application/x-www-form-urlencoded"
    method = "GET" if body is None else "POST"
    connection.request(method, path, body, {"Host": "shop.test", **named})
    response = connection.getresponse()
    return Answer(response.status, dict(response.headers), response.read().decode())


def stop(process: "subprocess.Popen[str]") -> list[str]:
    """Sends SIGTERM and answers with the lines that are left."""
    process.terminate()
    return process.communicate(timeout=40)[0].splitlines()


def events(lines: list[str], event: str) -> list[dict[str, object]]:
    """The log lines of one kind of event."""
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [line for line in found if line["event"] == event]
