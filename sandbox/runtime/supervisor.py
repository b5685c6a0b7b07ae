"""The parent of all task processes: a small program of its own, so that none of them outlives the sandbox.

It is the only child of the background process that starts programs. It has one thread, so that a
parent-death signal means what it says; it adopts whatever its children leave behind; and when the
background process is gone, however it went, it kills everything and ends.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

from sandbox.host import procfs

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
MESSAGE = 1 << 20
MEMORY_EVERY = 0.5  # seconds between two looks at who uses how much
TAG = "SLIPWAY_SANDBOX_TASK"
STOPPED_AT_MOST = 5.0

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Task:
    """A running program: `memory` is its hard limit in bytes, 0 for none."""

    name: str
    pid: int
    memory: int
    out_of_memory: bool = False


class Warden:
    """Starts, signals and reaps tasks as the background process asks over a socket of messages."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.tasks: dict[str, Task] = {}
        self.next_look = 0.0

    def run(self) -> None:
        """Serve until the other end of the channel is closed, then leave nothing behind."""
        wakeup, alarm = socket.socketpair()
        alarm.setblocking(False)
        signal.set_wakeup_fd(alarm.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with selectors.DefaultSelector() as selector:
            selector.register(self.channel, selectors.EVENT_READ)
            selector.register(wakeup, selectors.EVENT_READ)
            while self._turn(selector, wakeup):
                pass
        kill_below(os.getpid())

    def _turn(self, selector: selectors.BaseSelector, wakeup: socket.socket) -> bool:
        limited = any(task.memory for task in self.tasks.values())
        for key, _ in selector.select(MEMORY_EVERY if limited else None):
            if key.fileobj is wakeup:
                wakeup.recv(4096)
            elif not self._obey():
                return False
        self._reap()
        if limited and time.monotonic() >= self.next_look:
            self._limit_memory()
            self.next_look = time.monotonic() + MEMORY_EVERY
        return True

    def _obey(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self.channel, MESSAGE, 1)
        if not message:
            return False
        order = json.loads(message)
        if order["order"] == "start":
            self._start(order, descriptors[0])
        elif task := self.tasks.get(order["name"]):
            # Not reaped yet, so the id is still this task's.
            self._signal(task, order["signal"], everybody=order["everybody"])
        return True

    def _start(self, order: dict[str, Any], output: int) -> None:
        pid = os.fork()
        if pid == 0:
            become(order, output)
        os.close(output)
        self.tasks[order["name"]] = Task(order["name"], pid, order["memory"])
        self._tell({"event": "started", "name": order["name"], "pid": pid})

    def _signal(self, task: Task, number: int, *, everybody: bool) -> None:
        if everybody:
            self._kill_members(task)
        os.kill(task.pid, number)

    def _kill_members(self, task: Task) -> None:
        below = procfs.descendants(os.getpid(), procfs.everybody())
        for process in below:
            if process.pid != task.pid and belongs(process, task):
                procfs.send(process.pid, process.started, signal.SIGKILL)

    def _reap(self) -> None:
        while found := _ended_child():
            task = next((task for task in self.tasks.values() if task.pid == found), None)
            if task is None:
                os.waitpid(found, 0)
                continue
            # As in a container, the end of the first process ends the others, which its id still names.
            self._kill_members(task)
            _, status = os.waitpid(found, 0)
            del self.tasks[task.name]
            code = os.waitstatus_to_exitcode(status)
            code = code if code >= 0 else 128 - code
            self._tell({"event": "ended", "name": task.name, "code": code, "out_of_memory": task.out_of_memory})

    def _limit_memory(self) -> None:
        below = procfs.descendants(os.getpid(), procfs.everybody())
        for task in self.tasks.values():
            members = [process for process in below if process.session == task.pid]
            # The sum of RSS counts shared pages once per process; the exact figure is dearer to get.
            if (
                task.memory
                and sum(process.rss for process in members) > task.memory
                and sum(procfs.proportional(process.pid) for process in members) > task.memory
            ):
                task.out_of_memory = True
                self._signal(task, signal.SIGKILL, everybody=True)

    def _tell(self, event: dict[str, Any]) -> None:
        try:
            self.channel.send(json.dumps(event).encode())
        except OSError:
            return  # the other end is gone, which the next turn sees


def belongs(process: procfs.Process, task: Task) -> bool:
    """Whether a process is part of a task, a daemon that left its session included."""
    return process.session == task.pid or procfs.carries(process.pid, f"{TAG}={task.name}")


def _ended_child() -> int:
    try:
        # Looked at and left waiting: while it waits, its id and session can't be anybody else's.
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return 0
    return found.si_pid if found else 0


def become(order: dict[str, Any], output: int) -> None:
    """Turn this newly forked process into the ordered program; never returns."""
    try:
        os.setsid()
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(order["cwd"])
        os.execve(order["program"], order["argv"], {**order["env"], TAG: order["name"]})
    except OSError as error:
        os.write(2, f"{order['argv'][0]}: {error.strerror}\n".encode())
    os._exit(126)


def kill_below(root: int) -> None:
    """Kill every descendant, and those that they start meanwhile; gives up after some seconds."""
    deadline = time.monotonic() + STOPPED_AT_MOST
    while (below := procfs.descendants(root, procfs.everybody())) and time.monotonic() < deadline:
        for process in below:
            procfs.send(process.pid, process.started, signal.SIGKILL)
        while _ended_child():
            os.waitpid(-1, os.WNOHANG)
        time.sleep(0.01)


def main() -> None:
    """`python -m sandbox.runtime.supervisor FD`: serve the channel that was inherited as FD."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # A terminal's ^C and a stray TERM are for the background process, which then closes the channel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    Warden(channel).run()


if __name__ == "__main__":
    main()
