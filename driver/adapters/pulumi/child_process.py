"""Runs a child process whose every line goes to a log file, with a limit on its time."""

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_TICK_SECONDS: Final = 1.0
_GRACE_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Outcome:
    """How a child ended: `code` is None where it was stopped because its time was up."""

    code: int | None
    lines: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it ended by itself, with exit code 0."""
        return self.code == 0

    @property
    def reason(self) -> str:
        """The last thing that it said, or its exit code where it said nothing."""
        said = next((line.strip() for line in reversed(self.lines) if line.strip()), "")
        if self.code is None:
            return "it took too long" + (f" (last line: {said})" if said else "")
        return said or f"it ended with exit code {self.code}"


@dataclass(frozen=True, kw_only=True)
class Child:
    """What to run, where, with which environment, for how many seconds at most, and the file its lines go to."""

    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    seconds: float


def run(
    child: Child,
    on_line: Callable[[str], None] = lambda line: None,
    on_tick: Callable[[], None] = lambda: None,
) -> Outcome:
    """Runs `child` to its end or until its time is up; stdout and stderr go to its log and to `on_line`.

    `on_tick` is called about once a second where nothing is said. Raises OSError where the program can't be started.
    """
    child.log.parent.mkdir(parents=True, exist_ok=True)
    with child.log.open("a", encoding="utf-8", buffering=1) as journal:
        journal.write(f"$ {' '.join(child.command)}\n")
        process = _start(child)
        arrived: queue.Queue[str | None] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process.stdout, arrived), daemon=True)
        reader.start()
        lines: list[str] = []
        try:
            for line in _lines(arrived, time.monotonic() + child.seconds, on_tick):
                journal.write(line)
                lines.append(line.rstrip("\n"))
                on_line(lines[-1])
            return Outcome(process.wait(_GRACE_SECONDS), tuple(lines))
        except TimeoutError:
            return Outcome(None, tuple(lines))
        finally:
            _end(process)
            reader.join(_GRACE_SECONDS)


def _start(child: Child) -> subprocess.Popen[str]:
    return subprocess.Popen(
        child.command,
        env=dict(child.env),
        cwd=child.cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def _lines(arrived: queue.Queue[str | None], deadline: float, on_tick: Callable[[], None]) -> Iterator[str]:
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = arrived.get(timeout=min(_TICK_SECONDS, left))
        except queue.Empty:
            on_tick()
            continue
        if line is None:
            return
        yield line
    raise TimeoutError


def _read(stream: IO[str], arrived: queue.Queue[str | None]) -> None:
    with stream:
        for line in stream:
            arrived.put(line)
    arrived.put(None)


def _end(child: subprocess.Popen[str]) -> None:
    # The whole group: go and the installer's shell have children of their own.
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=_GRACE_SECONDS)
