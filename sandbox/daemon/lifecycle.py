"""Starts, stops and resets the sandbox's one background process."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.daemon import orphans
from sandbox.errors import SandboxError
from sandbox.host import procfs
from sandbox.host.reach import outer_address, warning
from sandbox.options import Setup, background_environment
from sandbox.providers import launchers
from sandbox.state_dir import Folder, Record

Say = Callable[[str], None]

READY_WITHIN = 60.0
# The tasks' grace, the server's grace, and room for a busy machine.
STOPPED_WITHIN = 15.0
POLL = 0.02
LOG_LINES = 5


def up(path: Path, setup: Setup, say: Say) -> Record:
    """Start the sandbox of this folder unless it runs, and return when all of it answers.

    Raises SandboxError with the last lines of the log when it doesn't come up.
    """
    _refuse_other_systems()
    folder = Folder(path.resolve())
    with folder.locked():
        if record := current(folder):
            say(f"The sandbox is up already, at {record.endpoint}.")
            return record
        _clean(folder, say)
        return _start(folder, setup, say)


def down(path: Path, say: Say) -> bool:
    """Stop the sandbox and all that it started; whether anything ran."""
    folder = Folder(path.resolve())
    if not folder.path.exists():
        return False
    with folder.locked():
        return _stop(folder, say)


def reset(path: Path, say: Say) -> Record:
    """An empty AWS and an empty Vault, on the same ports and with the same token; raises SandboxError."""
    folder = Folder(path.resolve())
    with folder.locked():
        before = current(folder)
        if before is None:
            raise SandboxError(f"no sandbox runs in {folder.path}", "run `slipway sandbox up`")
        setup = Setup(
            region=before.region,
            pace=before.pace,
            port=before.port,
            mirror_port=before.mirror_port,
            vault_port=before.vault_port,
            engine=before.engine,
        )
        # A new process is the one way of forgetting that leaves nothing out.
        _stop(folder, say)
        return _start(folder, setup, say)


def current(folder: Folder) -> Record | None:
    """The record of the sandbox that runs in this folder, or None while none does."""
    process = orphans.running(folder)
    record = folder.read() if process else None
    # One that is still starting has not written its record; the one on disk is of an earlier run.
    return record if record and process and (record.pid, record.started) == (process.pid, process.started) else None


def _clean(folder: Folder, say: Say) -> None:
    orphans.end_engines(folder)
    if killed := orphans.sweep(folder):
        say(f"An earlier sandbox here ended badly; {killed} process(es) of it were ended.")
    folder.pid_file.unlink(missing_ok=True)


def _start(folder: Folder, setup: Setup, say: Say) -> Record:
    began = time.monotonic()
    folder.make()
    launchers.write(folder)
    say("Starting the AWS emulator and OpenBao ...")
    log = folder.log / "sandbox.log"
    with log.open("wb") as output:
        subprocess.run(
            [sys.executable, "-m", "sandbox.daemon.main", "--dir", str(folder.path), *setup.arguments()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=background_environment(folder.path),
            start_new_session=True,
            cwd=folder.path,
            check=False,
        )
    record = _wait(folder, log)
    say(f"The sandbox is up after {time.monotonic() - began:.1f} s: AWS at {record.endpoint}, Vault at {record.vault}.")
    say("It is empty: no environment, no image, no variables.")
    if told := warning(outer_address()):
        say(told)
    return record


def _wait(folder: Folder, log: Path) -> Record:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if record := current(folder):
            return record
        if not orphans.running(folder):
            break
        time.sleep(POLL)
    last = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:]) or "it said nothing"
    orphans.sweep(folder)
    raise SandboxError(f"the sandbox did not come up: {last}", f"the whole log is {log}")


def _stop(folder: Folder, say: Say) -> bool:
    process = orphans.running(folder)
    if process:
        say("Stopping the sandbox and all that runs in it ...")
        procfs.send(process.pid, process.started, signal.SIGTERM)
        procfs.wait_gone([process], STOPPED_WITHIN)
    left = orphans.sweep(folder)
    folder.pid_file.unlink(missing_ok=True)
    return bool(process or left)


def _refuse_other_systems() -> None:
    if sys.platform != "linux":
        raise SandboxError(
            f"the sandbox needs Linux, not {sys.platform}: it uses /proc and the whole of 127.0.0.0/8",
            "run it in a Linux virtual machine",
        )
