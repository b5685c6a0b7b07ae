"""A pipeline from a commit to a release, with a tool that saves finished images in the place of a builder."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.driver.adapters.oci import saved_image
from tests.driver.adapters.project.test_git import commit, git
from tests.faults.app_environment import APP, TINY, Town

pytestmark = pytest.mark.engine

TOOL = """#!/bin/sh
echo "$*" >> "{folder}/called"
while [ $# -gt 0 ]; do
  case "$1" in --output) shift; cp "{folder}/image.tar" "$1";; esac
  shift
done
"""

STEPS = ("lint", "build", "push", "deploy", "heroku", "marks")


class Builds:
    """An app's repository, and a `docker` that builds whatever `change` has put into it."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.repository, self.tools = folder / "repository", folder / "tools"
        shutil.copytree(TINY, self.repository, ignore=shutil.ignore_patterns("__pycache__"))
        (self.repository / "Dockerfile").write_text("FROM python\nCOPY . /app\n")
        git(self.repository, "init", "-q", "-b", "main")
        self.tools.mkdir()
        (self.tools / "docker").write_text(TOOL.format(folder=self.tools))
        (self.tools / "docker").chmod(0o755)
        path = f"{self.tools}{os.pathsep}{town.environment['PATH']}"
        self.town = replace(town, environment={**town.environment, "PATH": path})

    def change(self, **behaviour: str) -> str:
        (self.repository / "behaviour.json").write_text(json.dumps({"tag": "x", **behaviour}))
        files = {f"app/{name}": (self.repository / name).read_bytes() for name in ("app.py", "behaviour.json")}
        image = {"linux/amd64": (saved_image.tar(files),)}
        saved_image.layout(self.tools / "image.tar", image, packed=True, WorkingDir="/app")
        return commit(self.repository)

    def run(self, *options: str) -> tuple[Any, dict[str, Any]]:
        done = self.town.slipway("pipeline", "dev", APP, "--path", str(self.repository), "--json", *options)
        return done, json.loads(done.stdout)

    @property
    def built(self) -> int:
        called = self.tools / "called"
        return called.read_text().count("buildx build") if called.exists() else 0


def outcomes(answer: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["outcome"] for row in answer["steps"]}


def test_a_pipeline_releases_a_commit(town: Town, tmp_path: Path) -> None:
    before = town.settled("good")
    builds = Builds(town, tmp_path)
    good = builds.change()
    done, answer = builds.run("--dry-run")
    assert done.returncode == 0, done.stderr
    assert builds.built == 0 and town.standing() == before

    done, answer = builds.run("--summary", str(tmp_path / "summary.md"))
    assert done.returncode == 0, done.stderr
    assert outcomes(answer) == {**dict.fromkeys(STEPS, "done"), "heroku": "skipped"}
    assert answer["tag"] == f"main-{good[:12]}"
    digest = answer["image"].rpartition("@")[2]
    now = town.standing()
    assert set(now.runs.values()) == {digest}
    assert town.since(before, now) == ["succeeded"]
    assert builds.built == 1
    assert "✅ shop in dev" in (tmp_path / "summary.md").read_text()
