"""The background process's side of the warden: programs started, signalled and waited for."""

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .supervisor import MESSAGE

log = logging.getLogger("sandbox.programs")

START_TIMEOUT = 10.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run: `program` is the file, `memory` a hard limit in bytes (0: none)."""

    name: str
    program: Path
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    memory: int = 0


@dataclass(eq=False)
class Running:
    """A program that was started; `code` is set before `ended` is, in the shell's counting (128 + signal)."""

    pid: int = 0
    code: int | None = None
    out_of_memory: bool = False
    started: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    on_end: Callable[[], None] | None = None


class Programs:
    """Everything that the sandbox runs, by name. Thread-safe."""

    def __init__(self, on_loss: Callable[[], None]) -> None:
        """`on_loss` is called should the warden end by itself."""
        self._on_loss = on_loss
        self._running: dict[str, Running] = {}
        self._guard = threading.Lock()
        self._closing = False
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._warden = subprocess.Popen(
                [sys.executable, "-S", "-m", "sandbox.runtime.supervisor", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True,
            )
        threading.Thread(target=self._listen, name="programs", daemon=True).start()

    @property
    def pid(self) -> int:
        """The warden's process id."""
        return self._warden.pid

    def start(self, program: Program, output: int, running: Running) -> None:
        """Start it with its output on descriptor `output`, which stays the caller's to close.

        `running.on_end` is called, in a thread of ours, before waiters see the end. Raises OSError when
        the order can't be sent (an environment over about 200 KB) or nobody obeys it.
        """
        with self._guard:
            self._running[program.name] = running
        order = {
            "order": "start",
            "name": program.name,
            "program": str(program.program),
            "argv": list(program.argv),
            "env": dict(program.env),
            "cwd": str(program.cwd),
            "memory": program.memory,
        }
        socket.send_fds(self._channel, [json.dumps(order).encode()], [output])
        if not running.started.wait(START_TIMEOUT):
            raise TimeoutError(f"{program.argv[0]} was not started within {START_TIMEOUT:g} s")

    def signal(self, name: str, number: int, *, everybody: bool = False) -> None:
        """Signal a program's first process; with `everybody` the others of it are killed."""
        order = {"order": "signal", "name": name, "signal": number, "everybody": everybody}
        with contextlib.suppress(OSError):
            self._channel.send(json.dumps(order).encode())

    def stop(self, name: str, running: Running, seconds: float) -> None:
        """SIGTERM to the first process, SIGKILL to all of it after `seconds`; returns when it has ended."""
        self.signal(name, signal.SIGTERM)
        if not running.ended.wait(seconds):
            self.signal(name, signal.SIGKILL, everybody=True)
            running.ended.wait()

    def close(self, seconds: float) -> None:
        """SIGTERM to everything, SIGKILL to what is left after `seconds`; returns when all have ended."""
        self._closing = True
        with self._guard:
            left = dict(self._running)
        for name in left:
            self.signal(name, signal.SIGTERM)
        timer = threading.Timer(seconds, self._channel.shutdown, [socket.SHUT_RDWR])
        timer.daemon = True
        timer.start()
        for running in left.values():
            running.ended.wait(seconds)
        timer.cancel()
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        self._warden.wait()

    def _listen(self) -> None:
        while message := self._receive():
            event = json.loads(message)
            with self._guard:
                running = self._running.get(event["name"])
            if running is None:
                continue
            if event["event"] == "started":
                running.pid = event["pid"]
                running.started.set()
            else:
                self._end(event["name"], running, event["code"], out_of_memory=event["out_of_memory"])
        self._lose_all()

    def _receive(self) -> bytes:
        try:
            return self._channel.recv(MESSAGE)
        except OSError:
            return b""

    def _end(self, name: str, running: Running, code: int, *, out_of_memory: bool) -> None:
        running.code, running.out_of_memory = code, out_of_memory
        try:
            if running.on_end:
                running.on_end()
        except Exception:
            # A bug there must not leave every later end unseen.
            log.exception("after the end of %s", name)
        with self._guard:
            self._running.pop(name, None)
        running.ended.set()

    def _lose_all(self) -> None:
        with self._guard:
            left = dict(self._running)
        for name, running in left.items():
            self._end(name, running, 137, out_of_memory=False)
        if not self._closing:
            log.critical("the parent of all tasks has ended by itself, and the sandbox with it")
            self._on_loss()
