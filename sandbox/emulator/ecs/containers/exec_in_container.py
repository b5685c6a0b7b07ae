"""Runs a command beside a container's program: in its environment and its working directory."""

import subprocess
from pathlib import Path
from typing import Any

from sandbox.emulator.patching.patch import Needs

NEEDS: Needs = {}


def exit_code(container: Any, argv: tuple[str, ...], timeout: float) -> int | None:  # noqa: ANN401 - docker-py's or ours
    """The command's exit code, or None when it took longer than `timeout` seconds or the container ended.

    Docker's containers execute it themselves (and can't be told to give up); a process runs one of its own.
    """
    if hasattr(container, "exec_run"):
        return int(container.exec_run(list(argv))[0])
    process = Path("/proc") / str(container.attrs["State"]["Pid"])
    try:
        environment = _environment(process)
        done = subprocess.run(
            argv, cwd=process / "cwd", env=environment, timeout=timeout, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (FileNotFoundError, NotADirectoryError, PermissionError, ProcessLookupError, subprocess.TimeoutExpired):
        return None
    return done.returncode


def _environment(process: Path) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in (process / "environ").read_text(errors="surrogateescape").split("\0"))
    return {name: value for name, equals, value in pairs if equals}
