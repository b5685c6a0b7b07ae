"""The archive's bucket as the compactor uses it: lists, parts of objects, many objects at once, writes of any size."""

import base64
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import pairwise
from urllib.parse import quote, unquote_plus
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from functions.log_store.raw_names import ASIDE
from functions.log_store.s3 import S3, Answer, S3Error

MB = 1024 * 1024
SMALLEST_PART, LARGEST_COPY = 5 * MB, 5 * 1024 * MB
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""
AT_ONCE, BYTES_AT_ONCE = 16, 8 * MB
"""Requests under way, and what they may fetch together."""
DELETED_AT_ONCE = 1000
MANIFEST = "x-amz-meta-manifest"


class ChangedError(Exception):
    """Somebody else has written or deleted meanwhile; what was read of the window is no longer so."""


@dataclass(frozen=True)
class Limits:
    """What is taken on at once, so that memory does not depend on how much there is. Sizes are in bytes."""

    chunk: int = 4 * MB
    """Read of an object."""
    part: int = 8 * MB
    """Written of an object."""
    copied: int = SMALLEST_PART
    """From this size on, an object that is added to is copied within S3."""
    objects: int = 10_000
    """Raw objects in one round."""
    together: int = 256 * MB
    """Their size."""
    largest: int = 4 * MB
    """Of one raw object; the shipper makes none as large."""
    ids: int = 100_000
    """Lines that are compared one by one in one round."""


@dataclass(frozen=True)
class Found:
    """An object in a list."""

    key: str
    size: int

    @property
    def name(self) -> str:
        """The key's last part."""
        return self.key.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Merged:
    """What a window has made so far. `manifest` names the list of what is in it."""

    key: str
    size: int
    etag: str
    manifest: str


class Bucket:
    """Raises S3Error where S3 refuses, ChangedError where something is no longer what it was."""

    def __init__(self, s3: S3, limits: Limits = Limits()) -> None:
        self.s3, self.limits = s3, limits

    def listed(self, prefix: str) -> Iterator[Found]:
        """All objects below a prefix, in the order of their keys, page by page."""
        query = {"list-type": "2", "prefix": prefix, "encoding-type": "url"}
        while True:
            page = ElementTree.fromstring(self.s3.ask("GET", "", query=query).body)
            for row in page.iterfind("{*}Contents"):
                yield Found(unquote_plus(row.findtext("{*}Key", "")), int(row.findtext("{*}Size", "0")))
            more = page.findtext("{*}NextContinuationToken")
            if not more:
                return
            query["continuation-token"] = more

    def merged(self, key: str) -> Merged | None:
        """What there is of a window."""
        answer = self.s3.ask("HEAD", key, fine=(404,))
        if answer.status == 404:
            return None
        headers = answer.headers
        return Merged(key, int(headers["content-length"]), headers["etag"], headers.get(MANIFEST, ""))

    def read(self, key: str) -> bytes:
        """A whole object."""
        return _still(self.s3.ask("GET", key, fine=(404,))).body

    def chunks(self, of: Merged, first: int, size: int) -> Iterator[bytes]:
        """A part of a merged object, piece by piece."""
        for start in range(first, first + size, self.limits.chunk):
            last = min(start + self.limits.chunk, first + size) - 1
            headers = {"range": f"bytes={start}-{last}", "if-match": of.etag}
            yield _still(self.s3.ask("GET", of.key, headers=headers, fine=(404, 412))).body

    def many(self, wanted: Iterable[Found]) -> Iterator[tuple[Found, bytes]]:
        """Objects with what they hold, in order; the next ones are under way meanwhile, as many as memory allows."""
        ahead: deque[tuple[Found, Future[bytes]]] = deque()
        size = 0
        for one in wanted:
            while ahead and (len(ahead) >= 2 * AT_ONCE or size + one.size > BYTES_AT_ONCE):
                done, body = ahead.popleft()
                size -= done.size
                yield done, body.result()
            ahead.append((one, self._pool.submit(self.read, one.key)))
            size += one.size
        while ahead:
            done, body = ahead.popleft()
            yield done, body.result()

    def set_aside(self, key: str) -> None:
        """Copy an object below `aside/`, within S3."""
        headers = {"x-amz-copy-source": quote(f"/{self.s3.bucket}/{key}")}
        _still(_whole(self.s3.ask("PUT", f"{ASIDE}/{key}", headers=headers, fine=(404,)), key))

    def delete(self, keys: Iterable[str]) -> None:
        """Raises S3Error when S3 keeps one: the next call finds it again."""
        all_keys = list(keys)
        for start in range(0, len(all_keys), DELETED_AT_ONCE):
            some = all_keys[start : start + DELETED_AT_ONCE]
            rows = "".join(f"<Object><Key>{escape(key)}</Key></Object>" for key in some)
            body = f"<Delete><Quiet>true</Quiet>{rows}</Delete>".encode()
            check = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
            answer = self.s3.ask("POST", "", query={"delete": ""}, headers={"content-md5": check}, body=body)
            for error in ElementTree.fromstring(answer.body).iterfind("{*}Error"):
                raise S3Error(200, error.findtext("{*}Message", ""), f"DELETE {error.findtext('{*}Key')}")

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(AT_ONCE)


class Writer:
    """Writes one object of any size, in parts; nothing of it is seen before it is finished.

    `headers` has the condition under which it is written, and what is said of it.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """

    def __init__(self, bucket: Bucket, key: str, headers: Mapping[str, str]) -> None:
        self._bucket, self._s3, self._key = bucket, bucket.s3, key
        self._said = {name: value for name, value in headers.items() if name.startswith("x-amz-")}
        self._condition = {name: value for name, value in headers.items() if name not in self._said}
        self._waiting: list[bytes] = []
        self._size, self._upload, self._parts = 0, "", list[str]()

    def begin_with(self, before: Merged) -> None:
        """Let it begin with what there is, which S3 copies where it is large. Nothing may be added before."""
        if before.size < self._bucket.limits.copied:
            for chunk in self._bucket.chunks(before, 0, before.size):
                self.add(chunk)
            return
        source = {
            "x-amz-copy-source": quote(f"/{self._s3.bucket}/{before.key}"),
            "x-amz-copy-source-if-match": before.etag,
        }
        # The last copy must not be smaller than a part may be.
        pieces = max(1, -(-before.size // (LARGEST_COPY - SMALLEST_PART)))
        bounds = [before.size * number // pieces for number in range(pieces + 1)]
        for first, end in pairwise(bounds):
            headers = {**source, "x-amz-copy-source-range": f"bytes={first}-{end - 1}"}
            self._part(headers, b"")

    def add(self, data: bytes) -> None:
        """More of it."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= self._bucket.limits.part:
            self._flush()

    def finish(self) -> None:
        """Put it in place. Raises ChangedError where the condition does not hold."""
        if not self._upload:
            headers = {**self._said, **self._condition}
            body = b"".join(self._waiting)
            _still(self._s3.ask("PUT", self._key, headers=headers, body=body, fine=(404, 409, 412)))
            return
        if self._waiting:
            self._flush()
        rows = (f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etag)}</ETag></Part>"
                for number, etag in enumerate(self._parts, 1))  # fmt: skip
        body = f"<CompleteMultipartUpload>{''.join(rows)}</CompleteMultipartUpload>".encode()
        query = {"uploadId": self._upload}
        answer = self._s3.ask("POST", self._key, query=query, headers=self._condition, body=body, fine=(404, 409, 412))
        _still(_whole(answer, self._key))
        self._upload = ""

    def give_up(self) -> None:
        """Leave no parts behind, if S3 allows; what stays, the bucket's lifecycle removes."""
        if self._upload:
            try:
                self._s3.ask("DELETE", self._key, query={"uploadId": self._upload}, fine=(404,))
            except S3Error:
                return

    def _flush(self) -> None:
        body = b"".join(self._waiting)
        self._waiting, self._size = [], 0
        self._part({}, body)

    def _part(self, headers: Mapping[str, str], body: bytes) -> None:
        if not self._upload:
            answer = self._s3.ask("POST", self._key, query={"uploads": ""}, headers=self._said)
            self._upload = _text(answer, "UploadId")
        query = {"partNumber": str(len(self._parts) + 1), "uploadId": self._upload}
        answer = self._s3.ask("PUT", self._key, query=query, headers=headers, body=body, fine=(404, 412))
        _still(_whole(answer, self._key))
        self._parts.append(_text(answer, "ETag") if headers else answer.headers["etag"])


def _still(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise ChangedError
    return answer


def _whole(answer: Answer, key: str) -> Answer:
    """A copy or the end of an upload may fail after S3 has begun to answer 200."""
    if answer.status == 200 and b"<Error>" in answer.body:
        raise S3Error(200, f"{_text(answer, 'Code')}: {_text(answer, 'Message')}", f"PUT {key}")
    return answer


def _text(answer: Answer, tag: str) -> str:
    return unescape(answer.body.decode().partition(f"<{tag}>")[2].partition(f"</{tag}>")[0])
