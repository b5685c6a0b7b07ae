"""A real Docker engine of the tests' own, where this machine has one and lets us start it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

STARTS = 30.0
"""Seconds."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of an engine with all it has below `folder`; without one the test is skipped, and says why."""
    if shutil.which("dockerd") is None or shutil.which("docker") is None:
        pytest.skip("no Docker engine on this machine: what it would build is not built")
    if os.geteuid() != 0:
        pytest.skip("only root starts a Docker engine of its own: what it would build is not built")
    host = f"unix://{folder}/docker.sock"
    argv = [
        "dockerd", "--storage-driver=vfs", "--iptables=false", "--ip6tables=false", "--bridge=none", "--host", host,
        "--data-root", str(folder / "data"), "--exec-root", str(folder / "exec"), "--pidfile", str(folder / "pid"),
    ]  # fmt: skip
    with (folder / "log").open("wb") as log, subprocess.Popen(argv, stdout=log, stderr=log) as daemon:
        try:
            if not _answers(host, daemon):
                last = (folder / "log").read_text(errors="replace").strip().splitlines()[-1:]
                pytest.skip(f"a Docker engine does not start here ({''.join(last)[:200]})")
            yield host
        finally:
            daemon.terminate()
            daemon.wait(20)


def _answers(host: str, daemon: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + STARTS
    while time.monotonic() < until and daemon.poll() is None:
        done = subprocess.run(["docker", "--host", host, "version"], capture_output=True, check=False)
        if done.returncode == 0:
            return True
        time.sleep(0.2)
    return False
