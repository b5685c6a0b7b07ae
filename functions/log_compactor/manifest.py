"""The list of what is in a merged object: from which raw object each span of its bytes came.

It lies beside the archive, below `manifests/`, and the merged object names it in its metadata. So object and list
change in one write, that of the object. Where the list is gone, which it is in time, the object's lines tell the same.
"""

import gzip
import heapq
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from functions.log_compactor.bucket import Bucket, ChangedError, Merged, Writer
from functions.log_store.raw_names import MANIFESTS, MERGED, SUFFIX

IN_MEMORY = 4 * 1024 * 1024
"""Bytes of a list that are held in memory; of a longer one none."""


class Span(NamedTuple):
    """Some bytes of a merged object. The name is that of the raw object; empty where what is in there is not known."""

    name: str
    offset: int
    size: int


class Manifest:
    """The spans of one merged object, in the order of their names."""

    def __init__(self, spans: Iterable[Span] = (), file: IO[bytes] | None = None) -> None:
        self._spans, self._file = list(spans), file

    @property
    def trusted(self) -> bool:
        """Whether there is a list, so that the object is as the archive wrote it."""
        return self._file is not None

    @classmethod
    def of(cls, bucket: Bucket, merged: Merged | None) -> "Manifest":
        """The list of an object; one span that is not known where it has none."""
        if merged is None:
            return cls()
        unknown = cls([Span("", 0, merged.size)])
        if not merged.manifest:
            return unknown
        listed = cls(file=tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - it is closed with the list
        try:
            if listed._fetched(bucket, key_of(merged.key, merged.manifest)) == merged.size:
                return listed
        except (ChangedError, OSError, EOFError, ValueError, zlib.error):
            pass
        listed.close()
        return unknown

    def _fetched(self, bucket: Bucket, key: str) -> int:
        """Fetch it; how many bytes its spans have together."""
        there = bucket.merged(key)
        if there is None or self._file is None:
            return -1
        for chunk in bucket.chunks(there, 0, there.size):
            self._file.write(chunk)
        return sum(span.size for span in self.spans())

    def close(self) -> None:
        """Let go of its file."""
        if self._file is not None:
            self._file.close()

    def spans(self) -> Iterator[Span]:
        """All of them; as often as they are asked for."""
        if self._file is None:
            yield from self._spans
            return
        self._file.seek(0)
        with gzip.open(self._file, "rt", encoding="ascii") as rows:
            for row in rows:
                name, offset, size = row.rstrip("\n").split(" ")
                yield Span(name, int(offset), int(size))

    def written_with(self, more: Iterable[Span], bucket: Bucket, key: str) -> None:
        """Write the list of these spans and more, as a new one."""
        writer = Writer(bucket, key, {"if-none-match": "*"})
        pack = zlib.compressobj(1, wbits=31)
        try:
            for some in _batches(heapq.merge(self.spans(), sorted(more))):
                writer.add(pack.compress(some))
            writer.add(pack.flush())
            writer.finish()
        except BaseException:
            writer.give_up()
            raise


def _batches(spans: Iterable[Span]) -> Iterator[bytes]:
    rows: list[str] = []
    for span in spans:
        rows.append(f"{span.name} {span.offset} {span.size}\n")
        if len(rows) == 1000:
            yield "".join(rows).encode()
            rows.clear()
    yield "".join(rows).encode()


def new_name() -> str:
    """A name for a list that nobody else gives."""
    return os.urandom(12).hex()


def key_of(merged: str, name: str) -> str:
    """`logs/<group>/2026/11/24/10-05.jsonl.gz` has its lists at `manifests/<group>/2026/11/24/10-05/<name>.gz`."""
    return f"{MANIFESTS}/{merged.removeprefix(f'{MERGED}/').removesuffix(SUFFIX)}/{name}.gz"
