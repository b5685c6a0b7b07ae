"""`slipway image build` as it is typed: with a tool that records how it is called, and with a real engine."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from driver.adapters.aws.ecr.images import EcrImages
from driver.adapters.aws.session import Session
from driver.errors import ExitCode
from sandbox.daemon.shell_exports import environment
from tests.driver.adapters.oci import saved_image
from tests.driver.commands import container_engine
from tests.driver.commands.test_image_and_logs import PROCFILE, Shell, shell

__all__ = ["shell"]
pytestmark = pytest.mark.sandbox

LAYERS = (saved_image.tar({"app/main.py": b"print()"}),)
SENTINEL = "sentinel-4711-of-a-build"


class Tools:
    """Programs on PATH that write down how they are called, and save a finished image where they are told to."""

    def __init__(self, folder: Path, path: str) -> None:
        self.folder, self.log, self.image = folder, folder / "log", folder / "image.tar"
        folder.mkdir()
        saved_image.layout(self.image, {"linux/amd64": LAYERS}, packed=True, WorkingDir="/app")
        self.path = f"{folder}{os.pathsep}{path}"

    def add(self, *names: str, says: str = "", ends: int = 0) -> None:
        for name in names:
            (self.folder / name).write_text(
                f"""#!/bin/sh
echo "{name} $*" >> {self.log}
case "$*" in *"build "*) echo "{says}"; [ {ends} = 0 ] || exit {ends};; esac
while [ $# -gt 0 ]; do
  case "$1" in --output) shift; to="${{1##*dest=}}"; cp {self.image} "$to";; esac
  shift
done
"""
            )
            (self.folder / name).chmod(0o755)

    @property
    def called(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    made = Tools(tmp_path / "bin", os.environ["PATH"])
    monkeypatch.setenv("PATH", made.path)
    monkeypatch.delenv("SLIPWAY_BUILDER", raising=False)
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return made


def built(shell: Shell, *options: str) -> tuple[int, str, str]:
    done = shell("image", "build", "dev", "example", "--path", str(shell.folder), *options)
    return done.exit_code, done.stdout, done.stderr


def test_what_docker_has_built_is_pushed_with_its_entrypoints(
    shell: Shell, tools: Tools, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools.add("docker")
    monkeypatch.setenv("NPM_TOKEN", SENTINEL)
    (shell.folder / "Dockerfile").write_text("FROM scratch\n")
    options = ("--secret", "id=npm,env=NPM_TOKEN", "--build-arg", "A=1", "--tag", "built-1", "--push", "--json")
    code, out, errors = built(shell, *options)
    assert code == 0, errors
    answer = json.loads(out)
    assert answer["builder"] == "docker"
    assert EcrImages(session).resolve("example", "built-1").reference == answer["reference"]
    build = next(line for line in tools.called if "buildx build" in line)
    assert "--platform linux/amd64" in build and "--secret id=npm,env=NPM_TOKEN" in build
    assert SENTINEL not in "".join([*tools.called, out, errors])


def test_a_secret_that_the_build_left_in_a_layer_is_not_pushed(
    shell: Shell, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools.add("docker")
    layers = (saved_image.tar({"app/.npmrc": f"//registry/:_authToken={SENTINEL}".encode()}),)
    saved_image.layout(tools.image, {"linux/amd64": layers}, packed=True)
    monkeypatch.setenv("NPM_TOKEN", SENTINEL)
    (shell.folder / "Dockerfile").write_text("FROM scratch\n")
    code, _, errors = built(shell, "--secret", "id=npm,env=NPM_TOKEN", "--push")
    assert code == ExitCode.INVALID_INPUT
    assert "the value of the secret npm is in a layer" in errors
    assert SENTINEL not in errors
    assert json.loads(shell("image", "list", "dev", "example", "--json").stdout) == []


def test_a_build_that_fails_says_what_the_tool_said_without_a_secret(
    shell: Shell, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools.add("docker", says=f"npm: the token {SENTINEL} is no good", ends=9)
    monkeypatch.setenv("NPM_TOKEN", SENTINEL)
    (shell.folder / "Dockerfile").write_text("FROM scratch\n")
    code, _, errors = built(shell, "--quiet", "--secret", "id=npm,env=NPM_TOKEN")
    assert code == ExitCode.NOT_READY
    assert "`docker buildx build` failed with 9" in errors
    assert "npm: the token *** is no good" in errors
    assert SENTINEL not in errors


def test_a_folder_without_a_dockerfile_is_built_by_buildpacks(shell: Shell, tools: Tools) -> None:
    tools.add("docker", "pack")
    code, out, errors = built(shell, "--json")
    assert code == 0, errors
    assert (json.loads(out)["builder"], json.loads(out)["pushed"]) == ("pack", False)
    assert any(line.startswith("pack build") and "--builder heroku/builder:24" in line for line in tools.called)


def test_another_tool_is_taken_by_option(shell: Shell, tools: Tools) -> None:
    tools.add("docker", "podman")
    (shell.folder / "Dockerfile").write_text("FROM scratch\n")
    code, out, _ = built(shell, "--builder", "podman", "--dry-run")
    assert code == 0
    assert out.startswith("podman build --format oci")
    assert not any("podman build" in line for line in tools.called)


def test_a_machine_without_a_tool_is_told_what_needs_none(
    shell: Shell, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tools.folder / "git").symlink_to(shutil.which("git") or "")
    (tools.folder / "sh").symlink_to(shutil.which("sh") or "")
    monkeypatch.setenv("PATH", str(tools.folder))
    (shell.folder / "Dockerfile").write_text("FROM scratch\n")
    code, _, errors = built(shell)
    assert code == ExitCode.NOT_READY
    assert "docker: not installed" in errors
    assert "slipway image wrap" in errors


def test_a_real_engine_builds_what_a_real_engine_runs(
    shell: Shell, session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busybox = shutil.which("busybox")
    if busybox is None or subprocess.run([busybox, "sh", "-c", "true"], check=False).returncode:
        pytest.skip("no static busybox on this machine, of which an image would be made")
    # A socket's path is short.
    with (
        tempfile.TemporaryDirectory(prefix="engine-", dir="/tmp") as place,
        container_engine.running(Path(place)) as host,
    ):
        monkeypatch.setenv("DOCKER_HOST", host)
        shutil.copy(busybox, shell.folder / "busybox")
        (shell.folder / "Procfile").write_text(PROCFILE.replace("serve", 'echo "$DYNO on $PORT"; exit 7'))
        (shell.folder / "Dockerfile").write_text(
            "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\nENV PATH=/bin\nWORKDIR /srv\nUSER 1000\n"
        )
        code, out, errors = built(shell, "--push", "--tag", "real-1", "--json")
        assert code == 0, errors
        answer = json.loads(out)
        api = environment(folder)["AWS_ENDPOINT_URL"].removeprefix("http://")
        image = f"{api}/example@{answer['digest']}"
        run = ["docker", "run", "--rm", "--network", "none", "--env", "PORT=5123"]
        subprocess.run(["docker", "pull", "--quiet", image], check=True, capture_output=True, timeout=120)
        web = subprocess.run(
            [*run, "--entrypoint", "sh", image, "entrypoint-web.sh"], capture_output=True, text=True, check=False
        )
        assert (web.returncode, web.stdout) == (7, "web.1 on 5123\n"), web.stderr
        release = subprocess.run([*run, "--entrypoint", "sh", image, "entrypoint-release.sh"], check=False)
        assert release.returncode == 0
