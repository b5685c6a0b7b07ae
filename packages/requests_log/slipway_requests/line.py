"""The request line: what it says, how it is written, and how it is read again."""

import json
import re
from typing import Final

FIELDS: Final = ("event", "method", "path", "status", "ms", "bytes", "request_id")
"""The keys of a line, in their order. `ms` is the time until the answer had left, `bytes` the length of its body."""

PATTERN: Final = (
    r'^\{"event": ?"request", ?"method": ?"(?P<method>[^"\\]+)", ?"path": ?"(?P<path>(?:[^"\\]|\\.)*)", ?'
    r'"status": ?(?P<status>\d{3}), ?"ms": ?(?P<ms>\d+(?:\.\d+)?), ?"bytes": ?(?P<bytes>\d+|null), ?'
    r'"request_id": ?"(?P<request_id>[A-Za-z0-9=;:_.-]{1,128})"(?:,.*)?\}$'
)
"""What a request line matches, also one of an app in another language; more keys may follow. RE2 and PCRE take it."""

_LINE: Final = re.compile(PATTERN)
_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}")
# A pipe takes up to 4,096 bytes whole, so lines of several processes never mix; the rest of a line has 500 at most.
_PATH_BYTES: Final = 3_500


def request_line(method: str, path: str, status: int, seconds: float, size: int | None, request_id: str) -> str:
    """The line of one request, in ASCII, without its end; `size` is in bytes, None where nobody knows it.

    A path that would make the line longer than 4,096 bytes is cut and ends in `…`.
    """
    values = (
        "request",
        method if _METHOD.fullmatch(method) else "?",
        _short(path.encode("utf-8", "replace").decode()),
        status,
        round(seconds * 1000, 1),
        size,
        request_id,
    )
    return json.dumps(dict(zip(FIELDS, values, strict=True)))


def parse(line: str) -> dict[str, object] | None:
    """The values of a request line, its additional ones too; None for any other line."""
    if not _LINE.match(line):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _short(path: str) -> str:
    if len(json.dumps(path)) <= _PATH_BYTES:
        return path
    # The widest character takes 12 bytes in ASCII.
    return path[: _PATH_BYTES // 12 - 1] + "…"
