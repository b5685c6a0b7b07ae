"""The project's own program, run in this very process."""

import gc
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def run(project: Path) -> None:
    """Run `__main__.py` as plain `pulumi up` would; raises what it raises."""
    sys.path.insert(0, str(project))
    try:
        # What has been imported stays: the collector needn't look through it again and again while the program runs.
        gc.freeze()
        with _without_traces():
            runpy.run_path(str(project / "__main__.py"), run_name="__main__")
    finally:
        sys.path.remove(str(project))


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
