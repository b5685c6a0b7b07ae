"""`slipway image wrap` as it is typed, from a public registry over HTTP to the sandbox's ECR."""

import gzip
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.adapters.aws.ecr.images import EcrImages
from driver.adapters.aws.session import Session
from driver.core.values import manifests
from driver.core.values.manifests import Manifest
from driver.errors import ExitCode
from sandbox.daemon.shell_exports import environment
from sandbox.runtime.registry import Registries
from sandbox.runtime.unpack import unpack
from tests.driver.adapters.oci import public_registry
from tests.driver.adapters.oci.public_registry import REPOSITORY, Hub
from tests.driver.commands.test_image_and_logs import Shell, shell

__all__ = ["shell"]
pytestmark = pytest.mark.sandbox


def layer(name: str, text: str) -> dict[bytes, bytes]:
    """A compressed layer of one file, beside its tar."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        row = tarfile.TarInfo(name)
        row.size = len(text)
        archive.addfile(row, io.BytesIO(text.encode()))
    return {gzip.compress(file.getvalue(), mtime=0): file.getvalue()}


@pytest.fixture
def hub() -> Iterator[Hub]:
    with public_registry.serving() as hub:
        made = {}
        for platform, workdir in (("linux/amd64", "/srv"), ("linux/arm64", "/opt/app")):
            layers = {**layer("etc/os", "the same everywhere"), **layer("bin/python", platform)}
            made[platform] = hub.image(platform, layers, {"WorkingDir": workdir, "Env": ["A=1"], "Cmd": ["python3"]})
        hub.index("3.12-slim", made)
        yield hub


def layers_of(image: Manifest) -> list[str]:
    found = image.body["layers"]
    assert isinstance(found, list)
    return [row["digest"] for row in found]


def compare(hub: Hub, session: Session, pushed: str) -> None:
    """Hold what was pushed against what it was made of."""
    images = EcrImages(session)
    with images.registry(images.uri("example")) as registry:
        whole = registry.manifest("wrapped-1")
        assert whole is not None
        assert whole.digest == pushed
        for platform, digest in whole.platforms.items():
            child, origin = registry.manifest(digest), hub.manifests[hub.manifests["3.12-slim"].platforms[platform]]
            assert child is not None
            assert layers_of(child)[:-1] == layers_of(origin), "the base's layers, in their order"
            assert len(layers_of(child)) == len(layers_of(origin)) + 1
            assert all(registry.read_blob(row) == hub.blobs[row] for row in layers_of(origin))
            config = json.loads(registry.read_blob(child.config))
            assert config["config"]["Cmd"] == ["python3"]
            assert config["config"]["Labels"][manifests.VERSION] == "wrapped-1"


def start(folder: Path, tmp_path: Path, reference: str) -> None:
    """Pull as a task of the sandbox does, for each architecture, and start a process."""
    api = environment(folder)["AWS_ENDPOINT_URL"].removeprefix("http://").partition(":")
    own = (api[0], int(api[2]))
    puller = Registries(own=own, mirror=own)
    for architecture, workdir in (("amd64", "srv"), ("arm64", "opt/app")):
        root = tmp_path / architecture
        root.mkdir()
        for digest in puller.manifest(reference, architecture).layers:
            puller.blob(reference, digest, tmp_path / "layer")
            unpack(tmp_path / "layer", root)
        assert (root / "bin" / "python").read_text() == f"linux/{architecture}"
        started = subprocess.run(
            ["sh", "entrypoint-release.sh"], cwd=root / workdir, capture_output=True, text=True, check=False
        )
        assert started.returncode == 0, started.stderr


def test_every_architecture_gets_the_scripts_and_keeps_its_layers(
    shell: Shell, hub: Hub, session: Session, folder: Path, tmp_path: Path
) -> None:
    base = f"{hub.address}/{REPOSITORY}:3.12-slim"
    wrap = ("image", "wrap", "dev", "example", "--from", base, "--path", str(shell.folder), "--tag", "wrapped-1")
    planned = shell(*wrap, "--dry-run")
    assert "example:wrapped-1; nothing was changed" in planned.stdout
    assert len(hub.layers_read) == 2, "a dry run reads the two configs"
    done = shell(*wrap, "--json")
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer["platforms"]) == {"linux/amd64", "linux/arm64"}

    compare(hub, session, answer["digest"])
    start(folder, tmp_path, answer["reference"])

    again = shell(*wrap)
    assert again.stdout == f"{answer['reference']}\n"
    assert "is there already" in again.stderr
    (shell.folder / "Procfile").write_text("release: false\nweb: serve\nworker: work\n")
    assert "is taken by other content" in shell(*wrap).stderr


def test_an_image_of_the_apps_own_is_wrapped_without_sending_a_layer(shell: Shell, session: Session) -> None:
    shell.push("--tag", "v1")
    done = shell("image", "wrap", "dev", "example", "--from", "v1", "--path", str(shell.folder))
    assert done.exit_code == 0, done.stderr
    assert "copying" not in done.stderr
    assert "slipway deploy dev example --image v1-wrapped" in done.stderr
    assert "v1-wrapped" in EcrImages(session).resolve("example", "v1-wrapped").tags


@pytest.mark.parametrize(
    ("base", "code", "words"),
    [
        ("v9", ExitCode.INVALID_INPUT, "such as v9:latest"),
        ("HUB/library/python:4", ExitCode.INVALID_INPUT, "there is no image"),
        ("Not An Image:1", ExitCode.INVALID_INPUT, "is no image reference"),
        ("127.0.0.1:9/a/b:1", ExitCode.UNREACHABLE, "did not answer"),
    ],
)
def test_what_can_not_be_wrapped_is_told(shell: Shell, hub: Hub, base: str, code: ExitCode, words: str) -> None:
    reference = base.replace("HUB", hub.address)
    done = shell("image", "wrap", "dev", "example", "--from", reference, "--path", str(shell.folder))
    assert done.exit_code == code
    assert words in done.stderr


def test_an_app_that_runs_on_another_architecture_is_told_before_anything_is_sent(shell: Shell, hub: Hub) -> None:
    base = f"{hub.address}/{REPOSITORY}:3.12-slim"
    words = (
        "image",
        "wrap",
        "dev",
        "example",
        "--from",
        base,
        "--path",
        str(shell.folder),
        "--platform",
        "linux/arm64",
    )
    done = shell(*words)
    assert done.exit_code == ExitCode.NOT_READY
    assert "has this app run on linux/amd64" in done.stderr
    assert json.loads(shell("image", "list", "dev", "example", "--json").stdout) == []
