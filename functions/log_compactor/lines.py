"""Reads the lines of archive objects piece by piece, as far as they can be read."""

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

STEP = 1024 * 1024
"""Bytes that are unpacked at once."""
LONGEST = 8 * 1024 * 1024
"""Bytes of one line; CloudWatch Logs takes 1 MB, which JSON can make six times as long."""
_BEGIN = b'{"id":"'


class Line(NamedTuple):
    """A line with its id."""

    id: str
    text: bytes


class Reader:
    """The lines of a gzip file, which may have several members. `damage` tells in the end what could not be read."""

    def __init__(self, chunks: Iterable[bytes], *, trusted: bool, most: int | None = None) -> None:
        """Of `trusted` objects, which are as the archive wrote them, no more is parsed than a line's id.

        What comes after `most` lines counts as damaged.
        """
        self._chunks, self._trusted, self._most, self.damage = chunks, trusted, most, ""
        self._sound = 0

    def __iter__(self) -> Iterator[Line]:
        for number, text in enumerate(self._texts()):
            if number == self._most:
                self.damage = f"it has more than {self._most} lines"
                return
            line = (_quick(text) if self._trusted else None) or _parsed(text)
            if line is None:
                self.damage = self.damage or "a line is no line of the archive's"
            else:
                yield line

    def _texts(self) -> Iterator[bytes]:
        rest, skipping = b"", False
        for piece in self._unpacked():
            *texts, rest = (rest + piece).split(b"\n")
            if skipping and texts:
                texts, skipping = texts[1:], False
            yield from filter(None, texts)
            if len(rest) > LONGEST or skipping:
                rest, skipping = b"", True
                self.damage = self.damage or f"a line is longer than {LONGEST} bytes"
        if rest and not skipping:
            yield rest

    def _unpacked(self) -> Iterator[bytes]:
        member, begun, fed = zlib.decompressobj(wbits=31), False, 0
        for chunk in self._chunks:
            data, fed = chunk, fed + len(chunk)
            while data:
                try:
                    piece = member.decompress(data, STEP)
                except zlib.error:
                    self.damage = "it is no gzip, or a damaged one"
                    return
                begun = True
                if piece:
                    yield piece
                data = member.unused_data if member.eof else member.unconsumed_tail
                if member.eof:
                    member, begun, self._sound = zlib.decompressobj(wbits=31), False, fed - len(data)
        if begun:
            self.damage, self._sound = "its gzip is cut off", fed

    def sound(self) -> int:
        """How many bytes there are before a member that is not as it was written, of whose lines none can be relied on.

        It reads all of them; a gzip that is cut off counts as sound.
        """
        for _ in self._unpacked():
            pass
        return self._sound


def _quick(text: bytes) -> Line | None:
    """A line as the shipper writes it."""
    name, quote, _ = text[len(_BEGIN) :].partition(b'"')
    return Line(name.decode(), text) if text.startswith(_BEGIN) and quote and name.isdigit() else None


def _parsed(text: bytes) -> Line | None:
    try:
        row: Any = json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
    right = isinstance(row, dict) and isinstance(row.get("id"), str) and type(row.get("timestamp")) is int
    return Line(row["id"], text) if right else None
