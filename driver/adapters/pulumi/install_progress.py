"""What the search for an engine says and decides, free of any process: versions, elapsed time, lines of `go`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SECONDS_BETWEEN_LINES: Final = 5.0
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def parse_version(text: str) -> tuple[int, int, int] | None:
    """The numbers of ``v3.259.0`` (a pre-release suffix is left out), or None where `text` doesn't begin with some."""
    match = _VERSION.match(text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def is_usable(found: str, pinned: str) -> bool:
    """Whether an engine that somebody installed will do: the pinned major version, the pinned minor or a newer one.

    An engine serves older SDKs of its major version, while an SDK may ask an older engine for what it doesn't know.
    """
    have, need = parse_version(found), parse_version(pinned)
    return have is not None and need is not None and have[0] == need[0] and have[1] >= need[1]


def elapsed(seconds: float) -> str:
    """``42 s`` or ``3 min 05 s``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


@dataclass
class GoProgress:
    """Counts what `go build -v` reports on stderr and tells it every few seconds, also when nothing was reported."""

    say: Callable[[str], None]
    packages: int
    started: float
    compiled: int = 0
    downloaded: int = 0
    _last: str = ""
    _said_at: float = float("-inf")

    def see(self, line: str, now: float) -> None:
        """Takes one line of go's stderr; `now` and `started` are seconds of the same monotonic clock."""
        words = line.split()
        if line.startswith("go: downloading ") and len(words) > 2:
            self.downloaded += 1
            self._last = words[2]
        elif len(words) == 1:
            self.compiled += 1
            self._last = words[0]
        self.tick(now)

    def tick(self, now: float) -> None:
        """Says where the build is, unless it did so a moment ago."""
        if now - self._said_at < SECONDS_BETWEEN_LINES:
            return
        self._said_at = now
        self.say(f"engine: {self._state()}, {elapsed(now - self.started)}")

    def _state(self) -> str:
        if self.compiled:
            return f"compiled {self.compiled} of {self.packages or '?'} packages ({self._last})"
        if self.downloaded:
            return f"downloaded {self.downloaded} modules ({self._last})"
        return "go is reading its module list"
