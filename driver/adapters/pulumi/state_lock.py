"""The engine's lock on a stack: who holds it, and whether its holder is gone.

A killed driver takes the engine with it and leaves the lock behind; `pulumi cancel` removes it, and nothing in the
engine stops a second update after that, so only a lock whose process is provably gone is removed.
https://www.pulumi.com/docs/iac/concepts/state-and-backends/
"""

import fcntl
import os
import re
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

HOLDER = re.compile(r"(?P<lock>\S+): created by (?P<user>\S+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
MARGIN = 300.0
"""Seconds by which the kernel's idea of when a process began may differ from the lock's: a clock that is set forward
makes every process look younger, and to wait for one that is gone is better than to cancel one that lives."""
REMEMBERED = 50


@dataclass(frozen=True)
class Holder:
    """Who holds a lock. `lock` is the lock's own address, which no other lock ever has."""

    user: str
    host: str
    pid: int
    since: str
    lock: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid}, since {self.since})"


@dataclass
class Waiting:
    """Patience with whoever holds the lock, in seconds: `patience` with one holder, `limit` with all of them.

    Where holders change, others get on, and so shall we in the end.
    """

    patience: float
    limit: float
    _began: float | None = None
    _holder: str = ""
    _since: float = 0.0
    _ended: frozenset[str] = frozenset()

    def met(self, holder: str, now: float) -> bool:
        """A refusal because of `holder`; whether it is a new one. `now` in seconds on a clock that only goes on."""
        new = holder != self._holder
        if self._began is None:
            self._began = now
        if new:
            self._holder, self._since = holder, now
        return new

    def left_behind(self, found: Sequence[Holder], ended: bool) -> bool:
        """Whether the locks of this refusal were left behind: `ended` says that none of their processes is there now.

        One refusal doesn't tell. A holder that ends in order just after it has its lock removed by then, and to clear
        all locks at that moment would take the one of whoever came next. A lock that is refused for once more after
        its process was seen to be gone has nobody who could remove it.
        """
        locks = frozenset(holder.lock for holder in found)
        confirmed = ended and bool(locks) and locks <= self._ended
        self._ended = locks if ended else frozenset()
        return confirmed

    def over(self, now: float) -> bool:
        """Whether it has been waited for long enough."""
        return self._began is not None and (now - self._since > self.patience or now - self._began > self.limit)


def holders(message: str) -> list[Holder]:
    """Everybody named in the engine's refusal."""
    return [
        Holder(found["user"], found["host"], int(found["pid"]), found["since"], found["lock"])
        for found in HOLDER.finditer(message)
    ]


def is_gone(holder: Holder) -> bool:
    """Whether a process of this machine has ended. A zombie has: it still takes signals, but runs nothing. So has one
    whose number another process got, which began after the lock was taken.
    """
    try:
        text = Path(f"/proc/{holder.pid}/stat").read_text(encoding="ascii", errors="replace")
        booted = re.search(r"^btime (\d+)", Path("/proc/stat").read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return True
    # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the state is field 3, the start in ticks field 22.
    fields = text.rsplit(")", 1)[-1].split()
    if fields[0] in {"Z", "X"} or booted is None:
        return fields[0] in {"Z", "X"}
    began = int(booted[1]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return began > datetime.fromisoformat(holder.since).timestamp() + MARGIN


def runs_here(holder: Holder) -> bool:
    """Whether a holder is a process of this machine that has not ended."""
    return holder.host == socket.gethostname() and not is_gone(holder)


def orphaned(message: str, gone: Callable[[Holder], bool] = is_gone, host: str | None = None) -> bool:
    """Whether every holder was a process of this machine that has ended."""
    here = host if host is not None else socket.gethostname()
    found = holders(message)
    return bool(found) and all(holder.host == here and gone(holder) for holder in found)


@contextmanager
def clearing(found: Sequence[Holder], memory: Path | None = None) -> Iterator[bool]:
    """Whether these orphaned locks are still to be cleared; nobody else on this machine clears any meanwhile.

    `pulumi cancel` removes every lock there is. Of several that wait for one orphan the first clears it and goes on
    under a lock of its own, which the others must not remove.
    """
    path = memory or Path(tempfile.gettempdir()) / f"slipway-cleared-{os.getuid()}"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        cleared = file.read().splitlines()
        new = [holder.lock for holder in found if holder.lock not in cleared]
        yield bool(new)
        file.seek(0)
        file.truncate()
        file.write("".join(f"{lock}\n" for lock in [*cleared, *new][-REMEMBERED:]))
