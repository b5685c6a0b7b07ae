"""Signals to the driver, passed on to the engine as the one that it ends cleanly on.

The engine dies of SIGPIPE when its driver vanishes and leaves its lock behind; on SIGINT it finishes the running
calls, saves the state and unlocks. So the driver stays until the engine has ended.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from driver.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def passed_on() -> Iterator[None]:
    """While the engine runs, SIGINT, SIGTERM and SIGHUP reach it as SIGINT. Raises Interrupted after it has ended."""
    received: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        # A terminal sends Ctrl-C to the whole foreground group; the engine would take a second one as "at once".
        if number != signal.SIGINT or not _in_foreground():
            for pid in engine_children():
                os.kill(pid, signal.SIGINT)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    except Exception:
        if not received:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        name = signal.Signals(received[0]).name
        raise Interrupted(f"stopped by {name}; the engine has ended in order", hint="Run the command again to go on.")


def end_in_order() -> None:
    """SIGTERM and SIGHUP end this command as Ctrl-C does; one that is ignored, as under nohup, stays so."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(2) == os.getpgrp()
    except OSError:
        return False


def engine_children() -> list[int]:
    """The engines that this process started and that still run."""
    found = []
    for task in Path("/proc/self/task").glob("*/children"):
        for child in task.read_text(encoding="ascii").split():
            name = Path(f"/proc/{child}/comm")
            if name.is_file() and name.read_text(encoding="ascii").strip() == "pulumi":
                found.append(int(child))
    return found


def stop_everything() -> None:
    """End this command, from any thread of it, and its engine with it."""
    # While an engine runs, SIGTERM is the one that always reaches it; otherwise SIGINT ends Python in order.
    handled = signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    os.kill(os.getpid(), signal.SIGTERM if handled else signal.SIGINT)
