"""Rules of the child processes that get an engine."""

import os
import time
from pathlib import Path

from driver.adapters.pulumi.child_process import Child, run


def child(tmp_path: Path, script: str, seconds: float = 20) -> Child:
    command = ("sh", "-c", script)
    return Child(command=command, env=os.environ, cwd=tmp_path, log=tmp_path / "log" / "x.log", seconds=seconds)


def test_every_line_goes_to_the_log_and_none_to_the_terminal(tmp_path: Path) -> None:
    outcome = run(child(tmp_path, "echo one; echo two >&2; exit 3"))
    assert (outcome.code, outcome.ok, sorted(outcome.lines)) == (3, False, ["one", "two"])
    assert (tmp_path / "log" / "x.log").read_text().endswith("one\ntwo\n")


def test_a_child_that_takes_too_long_is_ended_with_its_own_children(tmp_path: Path) -> None:
    started = time.monotonic()
    outcome = run(child(tmp_path, "sleep 60 & echo $! > pid; echo waiting; wait", seconds=1))
    assert time.monotonic() - started < 10
    assert (outcome.code, outcome.reason) == (None, "it took too long (last line: waiting)")
    assert not is_running(int((tmp_path / "pid").read_text()))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_silent_failure_is_told_by_its_exit_code(tmp_path: Path) -> None:
    assert run(child(tmp_path, "exit 4")).reason == "it ended with exit code 4"


def test_somebody_is_told_that_time_passes(tmp_path: Path) -> None:
    ticks: list[None] = []
    run(child(tmp_path, "sleep 1.4"), on_tick=lambda: ticks.append(None))
    assert len(ticks) >= 1
