"""What the SDK leaves of a program whose engine ended in the middle: a coroutine that nobody runs to its end.

Python reports it with a traceback when it collects it, which would look like a bug of ours after a clear message.
"""

import sys
from typing import Any

PROGRAMS = {"run_pulumi_func", "run_in_stack"}


def keep_quiet() -> None:
    """Report no abandoned program of the SDK any more; everything else is reported as before."""
    before = sys.unraisablehook

    def report(found: Any) -> None:  # noqa: ANN401 - Python's own type of it has no public name
        if getattr(found.object, "__qualname__", "").rsplit(".", 1)[-1] not in PROGRAMS:
            before(found)

    sys.unraisablehook = report
