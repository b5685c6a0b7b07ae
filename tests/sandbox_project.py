"""A sandbox with a project of its own, driven as a user would: what the tests on the real engine stand on."""

import gzip
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from examples.example_versions import lay_out
from sandbox.daemon import lifecycle
from sandbox.daemon.shell_exports import environment
from sandbox.options import Setup, engine_folder, pace_from_environment

SLIPWAY = str(Path(sys.executable).with_name("slipway"))
SENTINEL = f"sentinel-{secrets.token_hex(16)}"


@dataclass
class Site:
    """A sandbox with a project of its own, driven as a user would."""

    folder: Path
    environment: dict[str, str]
    project: Path
    story: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Any] = field(default_factory=dict)

    def slipway(
        self, *arguments: str, stdin: str | None = None, project: Path | None = None, seconds: float = 300.0
    ) -> Any:
        """Run a command to its end; stdout, stderr and the exit code. It is killed after so many seconds."""
        return subprocess.run(
            [SLIPWAY, "--project", str(project or self.project), *arguments],
            env=self.environment,
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    @contextmanager
    def started(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """A command that runs beside the test; killed at the latest when the block ends."""
        command = [SLIPWAY, "--project", str(self.project), *arguments]
        with subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def well(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command that must succeed; its stdout."""
        done = self.slipway(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return str(done.stdout)

    def aws(self, service: str) -> Any:
        """A client as somebody outside of Slipway would make it."""
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                endpoint_url=self.environment["AWS_ENDPOINT_URL"],
                region_name=self.environment["AWS_REGION"],
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self.clients[service]

    def services(self, *names: str) -> dict[str, Any]:
        """ECS services by name."""
        rows = self.aws("ecs").describe_services(cluster="dev", services=list(names))["services"]
        return {row["serviceName"]: row for row in rows}

    def url(self, app: str = "example") -> str:
        """The address of an app's web process."""
        status = json.loads(self.well("status", "dev", app, "--json"))
        return str(next(row["url"] for row in status["processes"] if row["name"] == "web"))

    def state_keys(self) -> list[str]:
        """Everything that the engine has in its bucket."""
        pages = self.aws("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [row["Key"] for page in pages for row in page.get("Contents", [])]

    def state_object(self, key: str) -> bytes:
        """One object of that bucket, unpacked where it is packed."""
        body: bytes = self.aws("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return gzip.decompress(body) if key.endswith(".gz") else body

    def state(self, env: str = "dev") -> dict[str, Any]:
        """The checkpoint of a stack."""
        name = f"stacks/slipway/{env}.json"
        key = next(key for key in self.state_keys() if key.endswith((name, f"{name}.gz")))
        found: dict[str, Any] = json.loads(self.state_object(key))["checkpoint"]["latest"]
        return found

    @property
    def bucket(self) -> str:
        """The bucket of the state."""
        return self.environment["PULUMI_BACKEND_URL"].removeprefix("s3://").split("?")[0].split("/")[0]

    def push(self, version: str, app: str = "example") -> None:
        """A version of the example into the registry, tagged with its name."""
        folder = self.folder / f"{app}-{version}"
        if not folder.exists():
            lay_out(version, folder)
        self.well("image", "push", "dev", app, "--path", str(folder), "--tag", version)

    def configure(self, app: str = "example") -> None:
        """The variables of the example, one of them the sentinel that must turn up nowhere."""
        host = self.url(app).removeprefix("http://").split(":")[0].strip("/")
        lines = {
            "SECRET_KEY": SENTINEL,
            "DATABASE_URL": f"sqlite:///{self.folder / f'{app}.sqlite3'}",
            "ALLOWED_HOSTS": host,
            "GREETING": "Hello",
        }
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        self.well("config", "import", "dev", app, "-", stdin=text)


def until_it_says(process: "subprocess.Popen[str]", words: str) -> str:
    """Everything that a command says, up to and with the first line that has these words."""
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line
        if words in line:
            return told
    raise AssertionError(f"it never said {words!r}:\n{told}")


def ended(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    """A command that was started, at its end; what it still said."""
    told = process.stderr.read() if process.stderr is not None else ""
    return subprocess.CompletedProcess(process.args, process.wait(timeout=240), "", told)


@contextmanager
def sandboxed(
    folder: Path, engine: Path, lay_project: Callable[[Path], Path], pace: float | None = None
) -> Iterator[Site]:
    """A site on a sandbox of its own; `lay_project` makes its project in the folder that it is given."""
    pace = pace_from_environment() if pace is None else pace
    setup = Setup(region="eu-west-1", pace=pace, port=0, vault_port=0, engine=engine_folder(engine))
    lifecycle.up(folder / "sandbox", setup, lambda _line: None)
    project = lay_project(folder / "project")
    try:
        yield Site(folder, {**os.environ, **environment(folder / "sandbox")}, project)
    finally:
        lifecycle.down(folder / "sandbox", lambda _line: None)
