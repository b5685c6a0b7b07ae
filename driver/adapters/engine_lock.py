"""The engine's lock on a stack: who holds it, and whether its holder is gone.

A killed driver takes the engine with it and leaves the lock behind; `pulumi cancel` removes it, and nothing in the
engine stops a second update after that, so only a lock whose process is provably gone is removed.
https://www.pulumi.com/docs/iac/concepts/state-and-backends/
"""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOLDER = re.compile(r"created by (?P<user>\S+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")


@dataclass(frozen=True)
class Holder:
    """Who holds a lock."""

    user: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid}, since {self.since})"


def holders(message: str) -> list[Holder]:
    """Everybody named in the engine's refusal."""
    return [
        Holder(found["user"], found["host"], int(found["pid"]), found["since"]) for found in HOLDER.finditer(message)
    ]


def is_gone(pid: int) -> bool:
    """Whether a process of this machine has ended. A zombie has: it still takes signals, but runs nothing."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    return text.rsplit(")", 1)[-1].split()[0] in {"Z", "X"}


def orphaned(message: str, gone: Callable[[int], bool] = is_gone, host: str | None = None) -> bool:
    """Whether every holder was a process of this machine that has ended."""
    here = host if host is not None else socket.gethostname()
    found = holders(message)
    return bool(found) and all(holder.host == here and gone(holder.pid) for holder in found)
