"""A town: a sandbox with small apps that go wrong on request, and what an outsider sees of them afterwards."""

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sandbox.faults import client
from sandbox.faults.rules import Fault
from tests.projects import ROOT, copied, edited, edited_catalogue
from tests.sandbox_project import SENTINEL, Site

APP = "shop"
TINY = Path(__file__).with_name("tiny")
WEB = {"cpu": 256, "memory": 512, "port": 8000, "health": {"path": "/health/"}, "stop_timeout": 5}
OTHER = {"cpu": 256, "memory": 512, "stop_timeout": 5}
SETTINGS = {"timeout": 120, "release_timeout": 60, "proof": 1, "lease": 6}
Row = dict[str, Any]


def lay_project(folder: Path) -> Path:
    """The repository's own program with one tiny app in the catalogue, and a short lease."""
    copied(ROOT, folder, "dev")
    with edited_catalogue(folder) as apps:
        processes = {"web": WEB, "worker": OTHER, "release": OTHER}
        apps.clear()
        apps[APP] = {"requires": ["SECRET_KEY"], "processes": processes}
    with edited(folder / "Pulumi.dev.yaml") as stack:
        stack["slipway:deploy"] = SETTINGS
    return folder


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An app as ECS, the state, the ledger and the locks have it.

    `runs` and `pinned` are image digests: what each process runs, and what the state echoes.
    """

    runs: Mapping[str, str]
    pinned: str
    release: int
    moving: list[str]
    migrating: list[str]
    ledger: list[Row]
    lock: Row | None
    engine_locks: list[str]
    pending: list[Row]

    def check_at_rest(self) -> None:
        """Nothing is half-way: all processes run one image, which is the pinned one, and nobody holds anything."""
        assert set(self.runs.values()) == {self.pinned}, self
        assert self.moving == [], self
        assert self.migrating == [], self
        assert [row["release"] for row in self.ledger if row["verdict"] == "started"] == [], self
        assert self.lock is None, self
        assert self.engine_locks == [], self
        assert self.pending == [], self
        good = [row["release"] for row in self.ledger if row["verdict"] == "succeeded"]
        assert good[:1] == [self.release] or (good == [] and self.release == 0), self


@dataclass
class Town(Site):
    """The site of the fault matrix."""

    images: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    seen_arguments: set[str] = field(default_factory=set)

    def slipway(self, *arguments: str, stdin: str | None = None, project: Path | None = None) -> Any:
        """Run a command to its end; what it says is kept for the search for secrets."""
        done = super().slipway(*arguments, stdin=stdin, project=project)
        self.said += [done.stdout, done.stderr]
        return done

    @contextmanager
    def started(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """A command that runs beside the test; what it says is kept as well, up to its end."""
        with super().started(*arguments) as process:
            copied, copy = os.pipe()
            thread = threading.Thread(target=self._copy, args=(process.stderr, copy), daemon=True)
            process.stderr = os.fdopen(copied)
            thread.start()
            yield process
        thread.join(timeout=10)

    def _copy(self, source: IO[str], copy: int) -> None:
        with source, contextlib.suppress(BrokenPipeError), os.fdopen(copy, "w", buffering=1) as sink:
            for line in source:
                self.said.append(line)
                sink.write(line)

    def image(self, tag: str, lines: str = "", **behaviour: str) -> str:
        """Push an image once. What may be wrong: release fails|hangs|eats|slow, web crashes|sick, worker crashes.

        `lines` are further ones of its Procfile. Its tag, for `deploy --image`; `images` has its digest.
        """
        if tag not in self.images:
            folder = self.folder / "images" / tag
            shutil.copytree(TINY, folder)
            with (folder / "Procfile").open("a") as procfile:
                procfile.write(lines)
            (folder / "behaviour.json").write_text(json.dumps({"tag": tag, **behaviour}))
            done = self.well("image", "push", "dev", APP, "--path", str(folder), "--tag", tag, "--json")
            self.images[tag] = json.loads(done)["digest"]
        return tag

    def deploy(self, tag: str, *options: str) -> "subprocess.CompletedProcess[str]":
        """Deploy an image to its end, whatever that is."""
        done: subprocess.CompletedProcess[str] = self.slipway("deploy", "dev", APP, "--image", tag, *options)
        return done

    def settled(self, tag: str) -> "Standing":
        """The app at rest on a good image, deployed only where it runs something else."""
        self.image(tag)
        found = self.standing()
        if set(found.runs.values()) != {self.images[tag]} or found.pinned != self.images[tag]:
            done = self.deploy(tag)
            assert done.returncode == 0, done.stderr
            found = self.standing()
        found.check_at_rest()
        return found

    def check(
        self, done: "subprocess.CompletedProcess[str]", before: Standing, *, code: int, runs: str, verdicts: list[str]
    ) -> Standing:
        """One row of the matrix. `runs` is a tag, or `bootstrap` before the first good release; `verdicts` are those of
        the releases since `before`, newest first.
        """
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, f"{done.returncode}\n{done.stderr}"
        now = self.standing()
        assert set(now.runs.values()) == {self.images.get(runs, runs)}, f"{now}\n{done.stderr}"
        assert self.since(before, now) == verdicts, f"{now}\n{done.stderr}"
        now.check_at_rest()
        return now

    def since(self, before: Standing, now: Standing | None = None) -> list[str]:
        """The verdicts of the releases since `before`, newest first."""
        newest = max([row["release"] for row in before.ledger], default=0)
        return [row["verdict"] for row in (now or self.standing()).ledger if row["release"] > newest]

    def tag_of(self, digest: str) -> str | None:
        """The tag of an image that was pushed here."""
        return next((tag for tag, found in self.images.items() if found == digest), None)

    def standing(self) -> Standing:
        """What is true now, from the outside."""
        rows = self.services(f"{APP}-web", f"{APP}-worker")
        state = self.state()
        pin = next(
            row["outputs"]["pin"]
            for row in state["resources"]
            if row["urn"].endswith(f"App::{APP}") and "outputs" in row
        )
        items = self.items()
        return Standing(
            runs={name.removeprefix(f"{APP}-"): self.digest(row["taskDefinition"]) for name, row in rows.items()},
            pinned=pin.get("image", "bootstrap").rsplit("@", 1)[-1],
            release=int(pin["release"]),
            moving=[name for name in rows if not self.final(name)],
            migrating=self.aws("ecs").list_tasks(cluster="dev", family=f"dev-{APP}-release")["taskArns"],
            ledger=[row for row in map(_release, items) if row is not None],
            lock=next((row for row in items if "owner" in row), None),
            engine_locks=[key for key in self.state_keys() if "/locks/" in key],
            pending=state.get("pending_operations") or [],
        )

    def items(self) -> list[Row]:
        """What the ledger's table has of the app, the newest release first, as anybody reads it."""
        pages = (
            self.aws("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName="slipway-dev",
                KeyConditionExpression="app = :app",
                ExpressionAttributeValues={":app": {"S": APP}},
                ScanIndexForward=False,
                ConsistentRead=True,
            )
        )
        return [
            {name: next(iter(cell.values())) for name, cell in row.items()} for page in pages for row in page["Items"]
        ]

    def digest(self, task_definition: str) -> str:
        """The digest of the image that a task definition runs; `bootstrap` for the bootstrap image."""
        found = self.aws("ecs").describe_task_definition(taskDefinition=task_definition)["taskDefinition"]
        image = str(found["containerDefinitions"][0]["image"])
        return image.rsplit("@", 1)[-1] if "@" in image else "bootstrap"

    def final(self, service: str) -> bool:
        """Whether ECS has decided on the newest deployment of a service."""
        rows = self.aws("ecs").list_service_deployments(cluster="dev", service=service)["serviceDeployments"]
        newest = max(rows, key=lambda row: row["createdAt"])
        return newest["status"] in {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}

    @contextmanager
    def fault(self, **order: Any) -> Iterator["Hold"]:
        """A fault of the sandbox while the block runs: service, operation, kind, count, seconds, delay."""
        endpoint = client.endpoint(self.folder / "sandbox")
        client.add(endpoint, Fault(**order))
        try:
            yield Hold(endpoint)
        finally:
            client.clear(endpoint)

    def configure_shop(self) -> None:
        """The variables, one of them the sentinel that must turn up nowhere."""
        self.well("config", "import", "dev", APP, "-", stdin=f"SECRET_KEY={SENTINEL}\nGREETING=Hello\n")


def _release(item: Row) -> Row | None:
    """A release as `slipway releases --json` has it; None for the lock, which is in the same table, and for what
    somebody has spoilt.
    """
    if "owner" in item or "body" not in item:
        return None
    try:
        body: Row = json.loads(item["body"])
    except ValueError:
        return None
    return {**body.pop("pin"), **body}


@dataclass(frozen=True)
class Hold:
    """The fault that is in force."""

    endpoint: str

    def met(self, seconds: float = 60.0) -> None:
        """Wait until a request has met it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            rows = client.standing(self.endpoint)
            if not rows or rows[0].hits:
                return
            time.sleep(0.05)
        raise AssertionError("no request has met the fault")
