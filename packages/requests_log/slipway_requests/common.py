"""What both kinds of middleware do alike: whose request it is, when it began, and where its line goes."""

import re
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from slipway_requests.line import request_line
from slipway_requests.secret_paths import hide

Write = Callable[[str], object]
"""Takes a line without its end."""

HEALTH: Final = "/health/"
ANSWER: Final = b"ok\n"
# A request id from outside is shown in logs and sent back: characters that can do no harm there, and not too many.
_SAFE: Final = re.compile(r"[A-Za-z0-9=;:_.-]{1,128}")


def to_stdout(line: str) -> None:
    """Write a line at once and whole; a log that can't be written never fails the request."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return


def request_id(*given: str | None) -> str:
    """The first of some given ids if it is harmless, or a new one."""
    first = next((one for one in given if one), "")
    return first if _SAFE.fullmatch(first) else uuid.uuid4().hex


class Options:
    """How requests are logged."""

    def __init__(self, health: str | None, hidden: Iterable[str], write: Write) -> None:
        """The health check's path (None: there is none), templates of hidden parts, the output.

        Raises ValueError for a template that hides nothing, so that it is known before the first request.
        """
        self.health, self.write = health, write
        self.hidden = (hidden,) if isinstance(hidden, str) else tuple(hidden)
        hide("", self.hidden)

    def is_health(self, method: str, path: str) -> bool:
        """Whether this is a load balancer's health check."""
        return path == self.health and method in ("GET", "HEAD")


@dataclass(kw_only=True)
class Request:
    """One request on its way; `finish` writes its line, once."""

    options: Options
    method: str
    path: str
    id: str
    status: int = 0
    size: int | None = 0
    length: int | None = None
    _started: float = field(default_factory=time.monotonic)
    _written: bool = False

    def sent(self, count: int) -> None:
        """So many more bytes of the body are on their way; servers send none in answer to HEAD."""
        self.size = (self.size or 0) + (0 if self.method == "HEAD" else count)

    def answers(self, status: int, lengths: Iterable[str]) -> None:
        """The answer begins; `lengths` are the values of its Content-Length headers."""
        self.status = status
        first = next(iter(lengths), "")
        self.length = int(first) if first.isdecimal() else None

    def sent_whole(self) -> None:
        """The server sends the body by itself; its length is what the answer said."""
        self.size = self.length

    def broke(self, status: int) -> None:
        """The app did not come to an answer; `status` stands for it, unless one is on its way already."""
        if not self.status or not self.size:
            self.status = status

    def finish(self) -> None:
        """Write the line."""
        if self._written:
            return
        self._written = True
        path, seconds = hide(self.path, self.options.hidden), time.monotonic() - self._started
        self.options.write(request_line(self.method, path, self.status or 500, seconds, self.size, self.id))
