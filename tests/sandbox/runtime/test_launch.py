"""How a task's command, program and environment are put together."""

import sys
from pathlib import Path

import pytest

from sandbox.mirror.image import build
from sandbox.runtime import launch
from sandbox.runtime.output import Output
from sandbox.runtime.reference import Reference
from sandbox.runtime.registry import PullError, verify

IMAGE = {"Entrypoint": ["sh", "run.sh"], "Cmd": ["web"]}


@pytest.mark.parametrize(
    ("entrypoint", "command", "argv"),
    [
        (None, None, ["sh", "run.sh", "web"]),
        (None, ["worker"], ["sh", "run.sh", "worker"]),
        (["python"], None, ["python"]),
        (["python"], ["-V"], ["python", "-V"]),
    ],
)
def test_entry_point_and_command_combine_as_in_docker(
    entrypoint: list[str] | None, command: list[str] | None, argv: list[str]
) -> None:
    assert launch.command(IMAGE, entrypoint, command) == argv


def test_no_command_at_all_is_an_error() -> None:
    with pytest.raises(launch.LaunchError, match="no command"):
        launch.command({}, None, None)


def test_the_definition_wins_over_the_image_and_this_python_comes_first_on_path() -> None:
    env = launch.environment({"Env": ["A=image", "B=x=y", "PATH=/opt/bin"]}, {"A": "definition"}, Path("/home"))
    assert (env["A"], env["B"], env["HOME"]) == ("definition", "x=y", "/home")
    assert env["PATH"] == f"{Path(sys.executable).parent}:/opt/bin"


def test_an_absolute_program_is_the_images_before_the_machines(tmp_path: Path) -> None:
    path = launch.environment({}, {}, tmp_path)["PATH"]
    assert launch.program(tmp_path, tmp_path, ["/bin/sh"], path) == Path("/bin/sh")
    own = tmp_path / "bin/sh"
    own.parent.mkdir()
    own.touch(mode=0o755)
    assert launch.program(tmp_path, tmp_path, ["/bin/sh"], path) == own
    assert launch.program(tmp_path, tmp_path, ["sh"], path) != own


def test_a_program_path_never_leaves_the_root(tmp_path: Path) -> None:
    assert launch.inside(tmp_path, "/../../etc/passwd") == tmp_path / "etc/passwd"


@pytest.mark.parametrize(
    ("text", "host", "repository", "version"),
    [
        ("nginx", "", "library/nginx", "latest"),
        ("hashicorp/http-echo:1.0", "", "hashicorp/http-echo", "1.0"),
        ("docker.io/hashicorp/http-echo", "", "hashicorp/http-echo", "latest"),
        ("localhost:5000/a/b:c@sha256:d", "localhost:5000", "a/b", "sha256:d"),
        ("000000000000.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:1",
         "000000000000.dkr.ecr.eu-west-1.amazonaws.com", "app", "sha256:1"),
    ],
)  # fmt: skip
def test_references_are_read_as_docker_reads_them(text: str, host: str, repository: str, version: str) -> None:
    assert Reference.parse(text) == Reference(host, repository, version)
    assert Reference.parse(text).is_ecr == ("amazonaws" in text)


def test_content_under_a_wrong_digest_is_refused() -> None:
    with pytest.raises(PullError, match="arrived as sha256"):
        verify("sha256:" + "0" * 64, b"content", "image")


def test_the_mirrors_image_has_the_same_digest_every_time(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    first = build(program, "echo", ("1",))
    program.touch()
    assert build(program, "echo", ("1",)).index.digest == first.index.digest
    assert len({layer for layer in first.blobs.values() if "layer" in layer.media_type}) == 1


def test_output_comes_in_whole_lines_and_keeps_an_unfinished_last_one(tmp_path: Path) -> None:
    import os

    output = Output(tmp_path / "output.log")
    for part in (b"one\ntw", b"o\n", b"three"):
        os.write(output.writer, part)
    output.started()
    assert b"".join(output.lines()).splitlines() == [b"one", b"two", b"three"]
    assert all(chunk.endswith(b"\n") for chunk in list(output.lines())[:-1])
    assert output.tail(1) == b"three"
