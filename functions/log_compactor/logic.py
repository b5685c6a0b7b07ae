"""Which objects belong together, and what they make together."""

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

WINDOW = timedelta(minutes=5)
SETTLING = timedelta(minutes=2)
"""So long after its end a window still gets most of its lines. Later ones are merged in when they come."""
RAW = "raw"
MERGED = "logs"


def windows(keys: Iterable[str], now: datetime) -> dict[str, list[str]]:
    """The raw objects of each window that is over and has settled, oldest first, by the key of what they will make."""
    found: dict[str, list[str]] = {}
    for key in keys:
        folder = key.rsplit("/", 1)[0]
        if _start(folder) + WINDOW + SETTLING <= now:
            found.setdefault(merged_key(folder), []).append(key)
    return dict(sorted(found.items(), key=lambda row: _start(row[1][0].rsplit("/", 1)[0])))


def merged_key(folder: str) -> str:
    """`raw/<group>/2026/11/24/10/05` becomes `logs/<group>/2026/11/24/10-05.jsonl.gz`."""
    above, minute = folder.removeprefix(f"{RAW}/").rsplit("/", 1)
    return f"{MERGED}/{above}-{minute}.jsonl.gz"


def merge(bodies: Iterable[bytes]) -> bytes:
    """All lines of some objects in the order of their time, each id once.

    What a window has made before is one of the bodies when more lines of it come: so a run that was cut off before it
    could delete what it had merged, and a line that was delivered once more much later, make no repeats.
    """
    rows: dict[str, Mapping[str, Any]] = {}
    for body in bodies:
        for line in gzip.decompress(body).splitlines():
            row = json.loads(line)
            rows.setdefault(row["id"], row)
    ordered = sorted(rows.values(), key=lambda row: (row["timestamp"], row["id"]))
    text = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in ordered)
    return gzip.compress(text, mtime=0)


def _start(folder: str) -> datetime:
    return datetime.strptime("/".join(folder.split("/")[-5:]), "%Y/%m/%d/%H/%M").replace(tzinfo=UTC)
