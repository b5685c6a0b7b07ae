"""The town that is walked through: one app with a web that scales itself, a worker and a release process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.daemon import lifecycle
from sandbox.daemon.shell_exports import environment
from sandbox.options import Setup, engine_folder, pace_from_environment
from tests.faults.app_environment import APP, OTHER, SETTINGS, WEB, Town
from tests.projects import ROOT, copied, edited, edited_catalogue
from tests.sandbox_project import SLIPWAY, sandboxed

GOOD = ("good", "better")
BAD = {
    "crashing": {"web": "crashes"},
    "idle": {"worker": "crashes"},
    "unmigrated": {"release": "fails"},
}
"""The images by what is wrong with them; those of GOOD have nothing wrong."""
BAO = str(Path(sys.executable).with_name("bao"))
SECONDS = 400.0
"""The longest that a command may take."""


def lay_project(folder: Path) -> Path:
    """The repository's own program with the one app, and a short lease."""
    copied(ROOT, folder, "dev")
    with edited_catalogue(folder) as apps:
        web = {**WEB, "scaling": {"min": 1, "max": 3, "cpu": 60}}
        apps.clear()
        apps[APP] = {"requires": ["SECRET_KEY"], "processes": {"web": web, "worker": OTHER, "release": OTHER}}
    with edited(folder / "Pulumi.dev.yaml") as stack:
        stack["slipway:deploy"] = SETTINGS
    return folder


class Walked(Town):
    """A town whose commands may be killed on the way, and where Vault's own command can be typed."""

    def typed(self, words: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        """A command as a message prints it; `vault` is the `bao` of the sandbox, which takes the same words."""
        if words[0] == "slipway":
            return self.slipway(*words[1:])
        return subprocess.run(
            [BAO, *words[1:]], env=self.vault(), capture_output=True, text=True, check=False, timeout=60
        )

    def slipway(
        self, *arguments: str, stdin: str | None = None, project: Path | None = None, seconds: float = SECONDS
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, with the patience of a walk."""
        done: subprocess.CompletedProcess[str] = super(Town, self).slipway(
            *arguments, stdin=stdin, project=project, seconds=seconds
        )
        self.said += [done.stdout, done.stderr]
        return done

    def killed(self, arguments: Sequence[str], after: float) -> None:
        """A command whose driver and engine get SIGKILL after so many seconds, if it is not over by then."""
        line = [SLIPWAY, "--project", str(self.project), *arguments]
        nowhere = subprocess.DEVNULL
        with subprocess.Popen(
            line, env=self.environment, start_new_session=True, stdin=nowhere, stdout=nowhere, stderr=nowhere
        ) as process:
            try:
                process.wait(timeout=after)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.5)

    def vault(self) -> dict[str, str]:
        """The environment of Vault's own command."""
        found = {**os.environ, **self.environment}
        return found | {"BAO_ADDR": found["VAULT_ADDR"], "BAO_TOKEN": found["VAULT_TOKEN"]}

    def pushed(self) -> None:
        """Every image that a walk deploys, in the registry."""
        for tag in GOOD:
            self.image(tag)
        for tag, behaviour in BAD.items():
            self.image(tag, **behaviour)

    def forget(self, name: str) -> None:
        """Take `Type::name`, and what depends on it, out of the state, as `pulumi state delete` does."""
        for urn in self.urns(name):
            self.pulumi("state", "delete", "--force", "--target-dependents", urn)

    def urns(self, name: str) -> list[str]:
        """The URNs of what is called `Type::name` in the state."""
        return [row["urn"] for row in self.state()["resources"] if row["urn"].endswith((f":{name}", f"${name}"))]

    def pulumi(self, *words: str) -> None:
        """The engine as somebody types it who knows nothing of Slipway."""
        subprocess.run(
            ["pulumi", *words, "--stack", "dev", "--yes"],
            cwd=self.project,
            env=self.environment,
            check=False,
            capture_output=True,
            timeout=SECONDS,
        )


@contextmanager
def opened(folder: Path, engine: Path, say: Callable[[str], None]) -> Iterator[Walked]:
    """A sandbox with the town in it, up and on its first good release; it is gone afterwards."""
    with sandboxed(folder, engine, lay_project) as site:
        yield _built(Walked(site.folder, site.environment, site.project), say)


def kept(folder: Path, engine: Path, say: Callable[[str], None]) -> Walked:
    """The town of an earlier walk, as that left it, or a new one, which is kept."""
    setup = Setup(region="eu-west-1", pace=pace_from_environment(), port=0, vault_port=0, engine=engine_folder(engine))
    known, there = folder / "images.json", (folder / "project").is_dir()
    if not there:
        lifecycle.up(folder / "sandbox", setup, lambda _line: None)
        lay_project(folder / "project")
    town = Walked(folder, {**os.environ, **environment(folder / "sandbox")}, folder / "project")
    if known.exists():
        town.images.update(json.loads(known.read_text()))
        return town
    known.write_text(json.dumps(_built(town, say).images))
    return town


def leave(folder: Path) -> None:
    """Take down a town that was kept."""
    lifecycle.down(folder / "sandbox", lambda _line: None)
    shutil.rmtree(folder)


def _built(town: Walked, say: Callable[[str], None]) -> Walked:
    say("bringing the town up")
    town.well("up", "dev", "--yes")
    town.configure_shop()
    town.pushed()
    town.settled("good")
    return town


def rows_of(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    """The rows of `drift --json`; none where it printed none."""
    found: list[dict[str, Any]] = json.loads(done.stdout) if done.stdout.strip() else []
    return found
