"""Looking at something again and again, from a thread that lives as long as the process."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

Look = Callable[[], None]
LookAt = Callable[[float, float], None]
"""A look at a moment (seconds since 1970), and the seconds that have passed since the last."""


def again(name: str, seconds: float, *looks: Look) -> None:
    """Start the thread `sandbox-<name>`, which takes the looks in turn after each wait of so many seconds.

    A look that fails is logged to `sandbox.<name>`; the others, and the next ones, are taken all the same.
    """

    def run() -> None:
        while True:
            time.sleep(seconds)
            take(name, *looks)

    threading.Thread(target=run, name=f"sandbox-{name}", daemon=True).start()


def at_each(name: str, seconds: float, *looks: LookAt) -> None:
    """As `again`, at each multiple of so many seconds, by the clock; one that comes too late is left out."""

    def run() -> None:
        last = time.time()
        while True:
            moment = (time.time() // seconds + 1) * seconds
            time.sleep(max(0.0, moment - time.time()))
            now = time.time()
            take(name, *(partial(look, moment, now - last) for look in looks))
            last = now

    threading.Thread(target=run, name=f"sandbox-{name}", daemon=True).start()


def take(name: str, *looks: Look) -> None:
    """Each look once, whatever became of those before it."""
    for look in looks:
        try:
            look()
        except Exception:
            logging.getLogger(f"sandbox.{name}").exception("%s: a look failed", name)
