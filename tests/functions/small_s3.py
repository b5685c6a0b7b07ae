"""A small S3 in memory, as far as the functions of the log archive use it: for their tests and benchmarks.

It answers conditional writes as AWS does: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import hashlib
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from functions.log_store import sigv4
from functions.log_store.s3 import S3, Answer, Place

BUCKET = "archive"
PLACE = Place(BUCKET, "eu-west-1", sigv4.Credentials("key", "secret", "token"), "http://127.0.0.1:1")


@dataclass
class Stored:
    """An object: what it holds, its ETag, and what was said of it."""

    body: bytes
    etag: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass
class Upload:
    """A multipart upload that is under way."""

    key: str
    metadata: dict[str, str]
    parts: dict[int, bytes] = field(default_factory=dict)


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _metadata(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("x-amz-meta-")}


def _error(status: int, code: str) -> Answer:
    return Answer(status, {}, f"<Error><Code>{code}</Code><Message>so it is</Message></Error>".encode())


class SmallS3:
    """One bucket. `hook` sees each request before it is served, as method, key and query, and may raise or answer.

    `after` sees the method of one that was served, before it is answered.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Stored] = {}
        self.uploads: dict[str, Upload] = {}
        self.hook: Callable[[str, str, Mapping[str, str]], Answer | None] = lambda *_: None
        self.after: Callable[[str], None] = lambda _: None
        self.requests = 0
        self.smallest_part = 5 * 1024 * 1024
        self._keys: list[str] | None = None
        self._lock = threading.RLock()

    def serve(self, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request; the names of headers are in lower case."""
        self.requests += 1
        said = self.hook(method, key, query)
        if said is not None:
            return said
        with self._lock:
            answer = self._served(method, key, query, headers, body)
        self.after(method)
        return answer

    def _served(
        self, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        if method == "GET" and "list-type" in query:
            return self._list(query)
        if "uploads" in query or "uploadId" in query:
            return self._multipart(method, key, query, headers, body)
        if method == "POST":
            return self._delete(body)
        return self._write(key, headers, body) if method == "PUT" else self._read(method, key, headers)

    def keys(self, prefix: str = "") -> list[str]:
        """What there is, in order."""
        return [key for key in sorted(self.objects) if key.startswith(prefix)]

    def store(self, key: str, body: bytes, metadata: dict[str, str] | None = None, etag: str = "") -> Stored:
        """Put an object there, whatever there was."""
        if key not in self.objects:
            self._keys = None
        stored = self.objects[key] = Stored(body, etag or _etag(body), metadata or {})
        return stored

    def _refused(self, key: str, headers: Mapping[str, str]) -> Answer | None:
        there = self.objects.get(key)
        if headers.get("if-none-match") == "*" and there is not None:
            return _error(412, "PreconditionFailed")
        if "if-match" in headers and (there is None or headers["if-match"] != there.etag):
            return _error(404, "NoSuchKey") if there is None else _error(412, "PreconditionFailed")
        return None

    def _source(self, headers: Mapping[str, str]) -> bytes | Answer:
        there = self.objects.get(unquote(headers["x-amz-copy-source"]).lstrip("/").removeprefix(f"{BUCKET}/"))
        if there is None:
            return _error(404, "NoSuchKey")
        if headers.get("x-amz-copy-source-if-match", there.etag) != there.etag:
            return _error(412, "PreconditionFailed")
        first, _, last = headers.get("x-amz-copy-source-range", f"bytes=0-{len(there.body)}")[6:].partition("-")
        return there.body[int(first) : int(last) + 1]

    def _write(self, key: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if "x-amz-copy-source" in headers:
            source = self._source(headers)
            if isinstance(source, Answer):
                return source
            stored = self.store(key, source)
            return Answer(200, {}, f"<CopyObjectResult><ETag>{escape(stored.etag)}</ETag></CopyObjectResult>".encode())
        refused = self._refused(key, headers)
        return refused or Answer(200, {"etag": self.store(key, body, _metadata(headers)).etag}, b"")

    def _read(self, method: str, key: str, headers: Mapping[str, str]) -> Answer:
        there = self.objects.get(key)
        if there is None:
            return _error(404, "NoSuchKey")
        if headers.get("if-match", there.etag) != there.etag:
            return _error(412, "PreconditionFailed")
        said = {"etag": there.etag, **there.metadata}
        if method == "HEAD":
            return Answer(200, {**said, "content-length": str(len(there.body))}, b"")
        if "range" not in headers:
            return Answer(200, said, there.body)
        first, _, last = headers["range"].removeprefix("bytes=").partition("-")
        if int(first) >= len(there.body):
            return _error(416, "InvalidRange")
        return Answer(206, said, there.body[int(first) : int(last) + 1])

    def _list(self, query: Mapping[str, str]) -> Answer:
        if self._keys is None:
            self._keys = sorted(self.objects)
        after, prefix = query.get("continuation-token") or query.get("start-after", ""), query.get("prefix", "")
        begin = max(bisect_left(self._keys, prefix), bisect_right(self._keys, after) if after else 0)
        most = int(query.get("max-keys", 1000))
        found = []
        for key in self._keys[begin : begin + most + 1]:
            if not key.startswith(prefix):
                break
            found.append(key)
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.objects[key].body)}</Size></Contents>"
            for key in found[:most]
        )
        more = f"<NextContinuationToken>{escape(found[most - 1])}</NextContinuationToken>" if len(found) > most else ""
        name = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
        return Answer(200, {}, f"<ListBucketResult {name}>{rows}{more}</ListBucketResult>".encode())

    def _delete(self, body: bytes) -> Answer:
        for one in ElementTree.fromstring(body).iter("Key"):
            if self.objects.pop(one.text or "", None) is not None:
                self._keys = None
        return Answer(200, {}, b"<DeleteResult/>")

    def _multipart(
        self, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        if "uploads" in query:
            name = f"upload-{len(self.uploads)}-{self.requests}"
            self.uploads[name] = Upload(key, _metadata(headers))
            return Answer(200, {}, f"<R><UploadId>{name}</UploadId></R>".encode())
        upload = self.uploads.get(query["uploadId"])
        if upload is None:
            return _error(404, "NoSuchUpload")
        if method == "DELETE":
            del self.uploads[query["uploadId"]]
            return Answer(204, {}, b"")
        if method == "POST":
            return self._complete(query["uploadId"], upload, headers, body)
        part = self._source(headers) if "x-amz-copy-source" in headers else body
        if isinstance(part, Answer):
            return part
        upload.parts[int(query["partNumber"])] = part
        etag = _etag(part)
        return Answer(200, {"etag": etag}, f"<CopyPartResult><ETag>{etag}</ETag></CopyPartResult>".encode())

    def _complete(self, name: str, upload: Upload, headers: Mapping[str, str], body: bytes) -> Answer:
        refused = self._refused(upload.key, headers)
        if refused is not None:
            return refused
        numbers = [int(one.text or 0) for one in ElementTree.fromstring(body).iter("PartNumber")]
        parts = [upload.parts[number] for number in numbers]
        if any(len(part) < self.smallest_part for part in parts[:-1]):
            return _error(400, "EntityTooSmall")
        etag = f'{_etag(b"".join(_etag(part).encode() for part in parts))[:-1]}-{len(parts)}"'
        self.store(upload.key, b"".join(parts), upload.metadata, etag)
        del self.uploads[name]
        return Answer(200, {}, f"<R><ETag>{escape(etag)}</ETag></R>".encode())


class Direct(S3):
    """The functions' own client, with a small S3 at its end instead of a network."""

    def __init__(self, small: SmallS3) -> None:
        super().__init__(PLACE, sleep=lambda _: None)
        self._small = small

    def _once(self, request: sigv4.Request, body: bytes) -> Answer:
        key = unquote(request.path).removeprefix(f"/{BUCKET}/")
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        return self._small.serve(request.method, key, query, request.headers, body)


def server(small: SmallS3, port: int = 0) -> ThreadingHTTPServer:
    """An HTTP server of it, which is not started yet."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            key = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
            answer = small.serve(self.command, key, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)
            if not answer.status:  # a hook's word for a connection that breaks
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in answer.headers:
                self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one  # noqa: N815 - the library's names

    found = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    found.daemon_threads = True
    return found
