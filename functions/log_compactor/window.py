"""One window of the archive: its raw objects are merged into one, round by round, and each line is in it once.

A round ends in a single conditional write of the merged object, whose metadata names the list of what is in it. What is
killed before that has changed nothing; what is killed after it has left raw objects that the list knows, and the next
round deletes them. Of two at once the write of one fails, and it begins again with what the other has made.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from functions.log_compactor.bucket import MANIFEST, Bucket, ChangedError, Found, Merged, Writer
from functions.log_compactor.lines import Reader
from functions.log_compactor.manifest import Manifest, Span, key_of, new_name
from functions.log_compactor.plan import Plan, plan
from functions.log_store import raw_names

MOST_LINES = 50_000
"""Of a raw object that is looked into; the shipper makes none with more than 20,000."""
TRIES = 5
LEVEL = 6
"""Of gzip, for what has to be packed anew."""


@dataclass
class Done:
    """What became of raw objects: how many are merged or set aside, lines that are new, and that were there before."""

    objects: int = 0
    lines: int = 0
    repeats: int = 0
    aside: int = 0


class SuspectError(Exception):
    """A raw object does not hold what its name tells."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def merge(bucket: Bucket, folder: str, target: str) -> Done | None:
    """One round of the window whose raw objects are in a folder; None when there are no more.

    Raises S3Error, and ChangedError where others keep on changing the window.
    """
    suspects: set[str] = set()
    for number in range(TRIES):
        found = list(_some(bucket, folder))
        if not found:
            return None
        try:
            return _Round(bucket, target, suspects).run(found)
        except SuspectError as error:
            suspects.add(error.key)
        except ChangedError:
            if number == TRIES - 1:
                raise
    # So many suspects in one round: each of them is looked into beside the others.
    return _Round(bucket, target, {one.key for one in found}).run(found)


def _some(bucket: Bucket, folder: str) -> Iterator[Found]:
    """As many raw objects as fit into one round."""
    size = 0
    mine = (one for one in bucket.listed(f"{folder}/") if one.name and one.key == f"{folder}/{one.name}")
    for number, one in enumerate(islice(mine, bucket.limits.objects)):
        size += one.size
        if number and size > bucket.limits.together:
            return
        yield one


@dataclass
class _Looked:
    """What a look into raw objects gave: those that fit into the round, all ids, and which can't be read in whole."""

    objects: list[Found] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    damage: dict[str, str] = field(default_factory=dict)


class _Round:
    def __init__(self, bucket: Bucket, target: str, suspects: Collection[str]) -> None:
        self._bucket, self._target, self._suspects = bucket, target, suspects
        self._done, self._spans, self._sound = Done(), list[Span](), 0

    def run(self, found: list[Found]) -> Done:
        """Merge, or only delete what is merged already. Raises SuspectError, ChangedError, S3Error."""
        largest = self._bucket.limits.largest
        large = [one for one in found if one.size > largest]
        for one in large:
            self._aside(one.key, f"it is larger than {largest} bytes")
        before = self._bucket.merged(self._target)
        whole = Span("", 0, before.size if before else 0)
        with closing(Manifest.of(self._bucket, before)) as manifest:
            made = plan((one for one in found if one.size <= largest), manifest, whole, self._suspects)
            looked = self._look(made.looked_into)
            taken = looked.objects + made.joined
            if taken:
                self._write(before, manifest, made, looked)
        self._bucket.delete(one.key for one in (*taken, *made.known, *large))
        self._done.objects += len(taken)
        self._done.repeats += sum(_lines(one) for one in made.known)
        return self._done

    def _look(self, wanted: list[Found]) -> _Looked:
        made = _Looked()
        for one, body in self._bucket.many(wanted):
            fits = self._fits(one, body)
            if not fits and one.key not in self._suspects and raw_names.parse(one.name):
                raise SuspectError(one.key)
            reader = _reader(body, fits)
            made.ids.update(line.id for line in reader)
            made.objects.append(one)
            if reader.damage:
                made.damage[one.key] = reader.damage
            if len(made.ids) > self._bucket.limits.ids:
                break
        return made

    def _write(self, before: Merged | None, manifest: Manifest, made: Plan, looked: _Looked) -> None:
        there, damage = self._among(looked.ids, before, manifest, made.spans)
        for key, why in looked.damage.items():
            self._aside(key, why)
        name = new_name()
        condition = {"if-match": before.etag} if before else {"if-none-match": "*"}
        writer = Writer(self._bucket, self._target, {**condition, MANIFEST: name})
        try:
            size, listed = 0, manifest
            if before is not None and damage:
                self._aside(self._target, damage)
                size = sum(self._add(writer, text) for text in _packed(_texts(self._bucket, before, self._sound)))
                listed = Manifest([Span("", 0, size)] if size else [])
            elif before is not None:
                writer.begin_with(before)
                size = before.size
            self._add_all(writer, size, made.joined, looked, there)
            if not self._spans and not damage:
                writer.give_up()
                return
            listed.written_with(self._spans, self._bucket, key_of(self._target, name))
            writer.finish()
        except BaseException:
            writer.give_up()
            raise

    def _among(
        self, ids: Collection[str], before: Merged | None, manifest: Manifest, spans: Iterable[Span]
    ) -> tuple[set[str], str]:
        """Which of the ids are in spans of the merged object, and what is wrong with it."""
        found: set[str] = set()
        if before is None or not ids:
            return found, ""
        if manifest.trusted:
            for span in spans:
                reader = Reader(self._bucket.chunks(before, span.offset, span.size), trusted=True)
                found.update(line.id for line in reader if line.id in ids)
            return found, ""
        whole = Reader(self._bucket.chunks(before, 0, before.size), trusted=False)
        self._sound = whole.sound()
        reader = Reader(self._bucket.chunks(before, 0, self._sound), trusted=False)
        found = {line.id for line in reader if line.id in ids}
        return found, whole.damage or reader.damage

    def _add_all(self, writer: Writer, size: int, joined: list[Found], looked: _Looked, there: set[str]) -> None:
        """Add all raw objects in the order of their names; of those that were looked into, lines that are not there."""
        offset, ids = size, {one.key for one in looked.objects}
        for one, body in self._bucket.many(sorted((*joined, *looked.objects), key=lambda one: one.key)):
            if one.key in ids:
                name, data = self._new_lines(one, body, there)
            elif self._fits(one, body):
                name, data = one.name, body
                self._done.lines += _lines(one)
            else:
                raise SuspectError(one.key)
            if data:
                self._spans.append(Span(name, offset, self._add(writer, data)))
                offset += len(data)

    def _new_lines(self, one: Found, body: bytes, there: set[str]) -> tuple[str, bytes]:
        """The name and the bytes for a raw object without the lines that are there, which its own are from now on."""
        fits = self._fits(one, body)
        lines, total = [], 0
        for line in _reader(body, fits):
            total += 1
            if line.id not in there:
                there.add(line.id)
                lines.append(line)
        self._done.lines += len(lines)
        self._done.repeats += total - len(lines)
        if not lines:
            return "", b""
        if fits:
            return one.name, body if len(lines) == total else b"".join(_packed(line.text for line in lines))
        # What such an object tells of its lines may be as wrong as its name, so it is looked into whenever more comes.
        return "", b"".join(_packed(line.text for line in lines))

    def _fits(self, one: Found, body: bytes) -> bool:
        name = raw_names.parse(one.name)
        return name is not None and raw_names.matches(name, body)

    def _add(self, writer: Writer, data: bytes) -> int:
        writer.add(data)
        return len(data)

    def _aside(self, key: str, why: str) -> None:
        self._bucket.set_aside(key)
        self._done.aside += 1
        print(f"set aside: {key}: {why}")  # noqa: T201 - what a function prints is its log


def _lines(one: Found) -> int:
    name = raw_names.parse(one.name)
    return name.lines if name else 0


def _reader(body: bytes, fits: bool) -> Reader:
    """The lines of a raw object; of one that does not fit its name, those that can be relied on."""
    if fits:
        return Reader([body], trusted=True, most=MOST_LINES)
    whole = Reader([body], trusted=False)
    made = Reader([body[: whole.sound()]], trusted=False, most=MOST_LINES)
    made.damage = whole.damage
    return made


def _texts(bucket: Bucket, merged: Merged, size: int) -> Iterator[bytes]:
    """The lines of a damaged object that can be read, within so many bytes of it."""
    for line in Reader(bucket.chunks(merged, 0, size), trusted=False):
        yield line.text


def _packed(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Lines as one gzip member, piece by piece; nothing where there are none."""
    pack, any_line = zlib.compressobj(LEVEL, wbits=31), False
    for text in texts:
        any_line = True
        if piece := pack.compress(text + b"\n"):
            yield piece
    if any_line:
        yield pack.flush()
