"""The project's own program, run in this very process."""

import gc
import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulumi import log

from driver.adapters.pulumi.home import KEPT
from driver.adapters.pulumi.taking_over import TakingOver


def run(project: Path, taking_over: TakingOver | None = None) -> None:
    """Run `__main__.py` as plain `pulumi up` would; raises what it raises."""
    if taking_over is not None:
        taking_over.begin()
    if not os.environ.get(KEPT):
        # The SDK asks the engine to take each of six or so such messages a resource, and waits until it has.
        # It goes on with that when the program has ended, so there is no putting back.
        log.debug = _unheard
    sys.path.insert(0, str(project))
    try:
        # What has been imported stays: the collector needn't look through it again and again while the program runs.
        gc.freeze()
        with _without_traces():
            runpy.run_path(str(project / "__main__.py"), run_name="__main__")
    finally:
        sys.path.remove(str(project))


def _unheard(*_: object, **__: object) -> None:
    """In place of the SDK's debug messages, which the engine shows nobody unless it is asked to."""


@contextmanager
def _without_traces() -> Iterator[None]:
    """The SDK sends its whole stack along with each resource, and the engine keeps it: more than half of a state were
    file names of the machine that wrote it, which each command reads and each update writes again, and nothing shows.
    Tracebacks of errors are made after this, and whole.

    https://docs.python.org/3/library/sys.html#sys.tracebacklimit
    """
    before = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = 1
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before
