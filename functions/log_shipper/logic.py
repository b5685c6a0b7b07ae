"""From what CloudWatch Logs delivers to the objects that are put into the archive. Nothing that comes makes it fail."""

import hashlib
import json
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, NamedTuple

from functions.log_shipper.delivery import Delivery, opened
from functions.log_store import raw_names

LEVEL = 1
"""Of gzip: a third of the time of the usual level for a tenth more bytes."""
LATEST = 253_402_300_800_000
"""Milliseconds until the end of the year 9999; a line of later is none."""
MOST_LINES = 20_000
"""Of one object, so that the compactor can look into it in little memory."""
_WINDOW = raw_names.WINDOW * 1000
_FIRST, _NEXT, _LAST = b'"logEvents":[{"id":"', b'},{"id":"', b"}]}"


@dataclass(frozen=True)
class Parcel:
    """One object: the lines of one window out of one delivery, or what could not be read."""

    key: str
    body: bytes
    digest: str
    """The hex SHA-256 of the body."""


@dataclass
class Shipment:
    """The objects of one delivery, how many lines they have, and what is wrong with it, where something is."""

    parcels: list[Parcel] = field(default_factory=list)
    lines: int = 0
    damage: str = ""


class Lines(NamedTuple):
    """Lines, column by column: ids, times in milliseconds, and JSON from where the id begins to the end of the text."""

    ids: Sequence[str]
    stamps: Sequence[int]
    pieces: Sequence[bytes]

    def chosen(self, choice: Sequence[bool]) -> "Lines":
        """Some of them."""
        return Lines(*[list(compress(column, choice)) for column in self])  # type: ignore[arg-type]


def shipment(event: Any, unwanted: Sequence[str] = ()) -> Shipment:  # noqa: ANN401 - as it is delivered
    """The objects of a delivery, none for a control message. Lines that hold an `unwanted` text are left out.

    A line goes to the window of its own time, so a line that is delivered twice lands in the same window twice, where
    the compactor drops one. A key ends in the object's own hash: a delivery that is repeated as it was makes the same
    objects. One that can't be read in whole is kept as it came, with the reason, and gives what can be read of it.
    """
    found = opened(event)
    made = Shipment(damage=found.damage)
    if found.delivery is not None:
        lines, none = _lines(found.delivery, unwanted)
        made.lines = len(lines.ids)
        made.parcels += [
            _parcel(found.delivery, start, some) for start, all_of in _windows(lines) for some in _few(all_of)
        ]
        if none:
            made.damage = made.damage or f"{none} of its {len(found.delivery.rows)} lines are none"
    if made.damage:
        made.parcels.append(_kept(event, made.damage))
    return made


def _lines(delivery: Delivery, unwanted: Sequence[str]) -> tuple[Lines, int]:
    """The lines that are wanted, each id once, and how many rows are none."""
    try:
        lines, texts = _as_they_came(delivery)
    except _OtherwiseWrittenError:
        pass
    else:
        all_texts = "\n".join(texts)
        found_words = [word for word in unwanted if word in all_texts]
        if not found_words:
            return lines, 0
        return lines.chosen([not any(word in text for word in found_words) for text in texts]), 0
    rows = [row for row in delivery.rows if _is_line(row)]
    found: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        if not any(word in row["message"] for word in unwanted):
            found.setdefault(row["id"], row)
    kept = list(found.values())
    lines = Lines(list(found), [row["timestamp"] for row in kept], list(map(_piece, kept)))
    return lines, len(delivery.rows) - len(rows)


class _OtherwiseWrittenError(Exception):
    """A delivery is not written as CloudWatch Logs writes it, or has rows that are none."""


def _as_they_came(delivery: Delivery) -> tuple[Lines, Sequence[str]]:
    """The lines cut out of the delivery's own JSON, which saves writing them anew, and their texts.

    CloudWatch Logs writes each row as `{"id":"…","timestamp":…,"message":"…"}`, one after another, with no blank.
    Inside of a JSON text a quote has a backslash before it, so what stands between two rows stands in none.
    Raises _OtherwiseWrittenError.
    """
    rows, text = delivery.rows, delivery.text
    begin = text.find(_FIRST)
    if begin < 0 or not text.endswith(_LAST) or b"\n" in text:
        raise _OtherwiseWrittenError
    pieces = text[begin + len(_FIRST) : -len(_LAST)].split(_NEXT)
    try:
        ids, stamps, texts = ([row[name] for row in rows] for name in ("id", "timestamp", "message"))
    except (TypeError, KeyError):
        raise _OtherwiseWrittenError from None
    kinds = [set(map(type, column)) for column in (rows, ids, stamps, texts)]
    if kinds != [{dict}, {str}, {int}, {str}] or set(map(len, rows)) != {3}:
        raise _OtherwiseWrittenError
    if not (len(pieces) == len(rows) == len(set(ids)) and min(stamps) >= 0 and max(stamps) < LATEST):
        raise _OtherwiseWrittenError
    width, began = len(ids[0]), [one.encode() for one in ids]
    if not width or set(map(len, ids)) != {width} or [piece[:width] for piece in pieces] != began:
        raise _OtherwiseWrittenError
    return Lines(ids, stamps, pieces), texts


def _is_line(row: Any) -> bool:  # noqa: ANN401 - as it is delivered
    kinds = {"id": str, "timestamp": int, "message": str}
    right = isinstance(row, Mapping) and all(type(row.get(name)) is kind for name, kind in kinds.items())
    return right and bool(row["id"]) and 0 <= row["timestamp"] < LATEST


def _piece(row: Mapping[str, Any]) -> bytes:
    text = json.dumps({name: row[name] for name in ("id", "timestamp", "message")}, separators=(",", ":"))
    return text.removeprefix('{"id":"').removesuffix("}").encode()


def _windows(lines: Lines) -> Iterator[tuple[int, Lines]]:
    """The lines of each window, by the second that it begins."""
    if not lines.ids:
        return
    if min(lines.stamps) // _WINDOW == max(lines.stamps) // _WINDOW:
        yield lines.stamps[0] // _WINDOW * raw_names.WINDOW, lines
        return
    numbers = [at // _WINDOW for at in lines.stamps]
    for number in sorted(set(numbers)):
        yield number * raw_names.WINDOW, lines.chosen([one == number for one in numbers])


def _few(lines: Lines) -> Iterator[Lines]:
    for start in range(0, len(lines.ids), MOST_LINES):
        part = slice(start, start + MOST_LINES)
        yield Lines(lines.ids[part], lines.stamps[part], lines.pieces[part])


def _parcel(delivery: Delivery, start: int, lines: Lines) -> Parcel:
    """`raw/<group>/2026/11/24/10/05/<name>`; the group without its leading slash."""
    begin = b'{"id":"'
    end = f',"group":{json.dumps(delivery.group)},"stream":{json.dumps(delivery.stream)}}}\n'.encode()
    pack = zlib.compressobj(LEVEL, wbits=31)
    body = pack.compress(begin + (end + begin).join(lines.pieces) + end) + pack.flush()
    digest = hashlib.sha256(body).hexdigest()
    folder = f"{delivery.group.strip('/')}/{time.strftime('%Y/%m/%d/%H/%M', time.gmtime(start))}"
    name = raw_names.name(delivery.stream, lines.ids, digest)
    return Parcel(f"{raw_names.RAW}/{folder}/{name}", body, digest)


def _kept(event: Any, why: str) -> Parcel:  # noqa: ANN401 - as it is delivered
    """A delivery as it came, below `aside/deliveries/`."""
    body = json.dumps({"reason": why, "event": event}, default=str).encode()
    digest = hashlib.sha256(body).hexdigest()
    return Parcel(f"{raw_names.ASIDE}/deliveries/{digest[:32]}.json", body, digest)
