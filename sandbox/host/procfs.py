"""What /proc knows about processes: who is alive, whose child, how big. Standard library only."""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One line of /proc/<pid>/stat; `started` in clock ticks since boot, `rss` in bytes.

    `cpu` is what it and the children that it has waited for have used, in clock ticks.
    """

    pid: int
    parent: int
    session: int
    state: str
    started: int
    rss: int
    cpu: int = 0


def look(pid: int) -> Process | None:
    """The process with this id, zombies included, or None."""
    try:
        text = (PROC / str(pid) / "stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name, in parentheses, may itself hold spaces and parentheses: fields are counted from its end.
    fields = text[text.rindex(b")") + 2 :].split()
    cpu, rss = sum(int(field) for field in fields[11:15]), int(fields[21]) * PAGE
    return Process(pid, int(fields[1]), int(fields[3]), fields[0].decode(), int(fields[19]), rss, cpu)


def is_alive(pid: int, started: int) -> bool:
    """Whether this very process still runs: not a zombie, and not another one under a recycled id."""
    found = look(pid)
    return found is not None and found.started == started and found.state not in "ZX"


def everybody() -> dict[int, Process]:
    """All processes by id, zombies left out."""
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    found = (look(pid) for pid in pids)
    return {process.pid: process for process in found if process and process.state not in "ZX"}


def descendants(root: int, among: dict[int, Process]) -> list[Process]:
    """Everything below `root`, itself not included."""
    below, frontier = [], {root}
    while frontier:
        level = [process for process in among.values() if process.parent in frontier]
        frontier = {process.pid for process in level}
        below += level
    return below


def carries(pid: int, variable: str) -> bool:
    """Whether the process was started with `NAME=value` in its environment; False where that can't be read."""
    try:
        return variable.encode() in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def name(pid: int) -> str:
    """The name of the program that it runs, cut to 15 letters by the kernel; empty when it is gone."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def proportional(pid: int) -> int:
    """Memory in bytes with shared pages counted by their share (Pss); 0 when the process is gone."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


def send(pid: int, started: int, number: int) -> None:
    """Signal this very process; nothing when it is gone or its id was recycled."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        # The id can't be recycled between this look and the signal: the handle names the process itself.
        if is_alive(pid, started):
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return
    finally:
        os.close(handle)


def wait_gone(processes: Iterable[Process], seconds: float) -> list[Process]:
    """Wait until they have all ended; gives back those that have not."""
    left, deadline = list(processes), time.monotonic() + seconds
    while left := [process for process in left if is_alive(process.pid, process.started)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return left
