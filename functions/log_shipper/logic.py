"""From what CloudWatch Logs delivers to the objects that are put into the archive.

The format of a delivery: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

WINDOW = 300
"""Seconds of log time that make one object of the archive in the end."""
RAW = "raw"


@dataclass(frozen=True)
class Parcel:
    """One object: the lines of one window out of one delivery."""

    key: str
    body: bytes


class MalformedError(Exception):
    """Lines of a delivery are none; all others are in the archive."""


def malformed(event: Mapping[str, Any]) -> int:
    """How many lines of a delivery lack an id, a time or a text. CloudWatch Logs makes none such."""
    data = _data(event)
    return sum(not _is_line(row) for row in data["logEvents"]) if data["messageType"] == "DATA_MESSAGE" else 0


def _data(event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as it is delivered
    return json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))


def _is_line(row: Any) -> bool:  # noqa: ANN401 - as it is delivered
    kinds = {"id": str, "timestamp": int, "message": str}
    return isinstance(row, Mapping) and all(isinstance(row.get(name), kind) for name, kind in kinds.items())


def parcels(event: Mapping[str, Any], unwanted: Sequence[str] = ()) -> list[Parcel]:
    """The objects of a delivery, none for a control message. Lines that hold an `unwanted` text are left out.

    A line goes to the window of its own time, so a line that is delivered twice lands in the same window twice, where
    the compactor drops one. The key is made of the lines' ids: a delivery that is repeated as it was replaces its own
    objects.
    """
    data = _data(event)
    if data["messageType"] != "DATA_MESSAGE":
        return []
    windows: dict[int, list[dict[str, Any]]] = {}
    for row in data["logEvents"]:
        if _is_line(row) and not any(text in row["message"] for text in unwanted):
            windows.setdefault(row["timestamp"] // 1000 // WINDOW * WINDOW, []).append(row)
    group, stream = data["logGroup"], data["logStream"]
    return [Parcel(_key(group, start, rows), _body(group, stream, rows)) for start, rows in sorted(windows.items())]


def _key(group: str, start: int, rows: Sequence[Mapping[str, Any]]) -> str:
    """`raw/<group>/2026/11/24/10/05/<hash>.jsonl.gz`; the group without its leading slash."""
    digest = hashlib.sha256("\n".join(row["id"] for row in rows).encode()).hexdigest()[:32]
    return f"{RAW}/{group.strip('/')}/{datetime.fromtimestamp(start, UTC):%Y/%m/%d/%H/%M}/{digest}.jsonl.gz"


def _body(group: str, stream: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    return gzip.compress(b"".join(_lines(group, stream, rows)), mtime=0)


def _lines(group: str, stream: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        line = {"id": row["id"], "timestamp": row["timestamp"], "group": group, "stream": stream}
        yield json.dumps({**line, "message": row["message"]}, ensure_ascii=False).encode() + b"\n"
