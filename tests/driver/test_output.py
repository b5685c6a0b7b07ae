"""What becomes of output that nobody takes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from driver.errors import ExitCode

SLIPWAY = str(Path(sys.executable).with_name("slipway"))
WORDS = [("--version",), ("--help",), ("image", "push", "--help"), ("monitoring", "schema")]
FULL = Path("/dev/full")


def told(*words: str, stdout: int, stderr: int = subprocess.PIPE) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([SLIPWAY, *words], stdout=stdout, stderr=stderr, text=True, check=False)


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_reader_that_has_gone_ends_a_command_as_it_ends_other_tools(words: tuple[str, ...]) -> None:
    with subprocess.Popen(["true"], stdin=subprocess.PIPE) as reader:
        reader.wait()
        assert reader.stdin is not None
        done = told(*words, stdout=reader.stdin.fileno())
    assert done.returncode == -signal.SIGPIPE
    assert done.stderr == ""


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_full_disk_is_one_sentence_and_no_traceback(words: tuple[str, ...]) -> None:
    with FULL.open("w") as full:
        done = told(*words, stdout=full.fileno())
    assert done.returncode == ExitCode.UNWRITTEN
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_where_nobody_hears_the_story_the_command_goes_on() -> None:
    with subprocess.Popen(["true"], stdin=subprocess.PIPE) as reader:
        reader.wait()
        assert reader.stdin is not None
        done = told("logs", "nowhere", "example", stdout=subprocess.PIPE, stderr=reader.stdin.fileno())
    assert done.returncode == ExitCode.INVALID_INPUT
    assert done.stdout == ""
