"""Finds and ends processes of a sandbox that should not run any more."""

import signal

from sandbox.errors import SandboxError
from sandbox.host import procfs
from sandbox.options import OWNER
from sandbox.state_dir import Folder

ENDED_WITHIN = 5.0
ENGINE = "pulumi"


def running(folder: Folder) -> procfs.Process | None:
    """The background process that the pid file names, or None.

    A dead process, a zombie, and another process under a recycled id are all None.
    """
    try:
        pid, started = (int(part) for part in folder.pid_file.read_text().split())
    except (FileNotFoundError, ValueError):
        return None
    return procfs.look(pid) if procfs.is_alive(pid, started) else None


def sweep(folder: Folder) -> int:
    """Kill whatever still runs for this folder; how many; raises SandboxError when something won't end."""
    tag = f"{OWNER}={folder.path}"
    killed, left = 0, find(tag)
    for _ in range(10):
        if not left:
            return killed
        for process in left:
            procfs.send(process.pid, process.started, signal.SIGKILL)
        killed += len(left)
        procfs.wait_gone(left, ENDED_WITHIN)
        left = find(tag)
    raise SandboxError(f"these processes of {folder.path} don't end: {', '.join(str(one.pid) for one in left)}")


def end_engines(folder: Folder) -> None:
    """End the engines that still work on the sandbox that ran here.

    An engine tries for minutes to save its state. If it got through to the next sandbox, which has the same address,
    the state would speak of things that are gone.
    """
    record = folder.read()
    if record is None:
        return
    for process in find(f"AWS_ENDPOINT_URL={record.endpoint}"):
        if procfs.name(process.pid) == ENGINE:
            procfs.send(process.pid, process.started, signal.SIGKILL)


def find(tag: str) -> list[procfs.Process]:
    """Processes with `NAME=value` in their environment."""
    return [one for one in procfs.everybody().values() if procfs.carries(one.pid, tag)]
