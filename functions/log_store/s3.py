"""One bucket of S3 over kept connections: signed requests, tried again where that can help. No SDK (docs/adr/0021)."""

import hashlib
import http.client
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from functions.log_store import sigv4

TRIES = 5
FIRST_PAUSE = 0.1
"""Seconds; each further pause is twice as long, and between half and the whole of that."""
TIMEOUT = 20
TRANSIENT = frozenset({429, 500, 502, 503, 504})


class S3Error(Exception):
    """S3 refused, or could not be reached (status 0)."""

    def __init__(self, status: int, told: str, asked: str) -> None:
        super().__init__(f"{asked}: {status or 'no answer'} {told}")
        self.status = status


@dataclass(frozen=True)
class Answer:
    """What S3 answered; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Place:
    """Where a bucket is, and who asks. `endpoint` stands for S3 where it is not AWS's own."""

    bucket: str
    region: str
    credentials: sigv4.Credentials = field(repr=False)
    endpoint: str = ""

    @classmethod
    def of_environment(cls, bucket: str, environ: Mapping[str, str] = os.environ) -> "Place":
        """From what Lambda sets, and the SDKs' own variables for an endpoint.

        https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
        """
        return cls(
            bucket=bucket,
            region=environ.get("AWS_REGION") or environ["AWS_DEFAULT_REGION"],
            credentials=sigv4.Credentials(
                environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], environ.get("AWS_SESSION_TOKEN")
            ),
            endpoint=environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or "",
        )

    def url(self) -> tuple[str, str, str]:
        """Scheme, host with port, and what stands before a key in the path."""
        if self.endpoint:
            parts = urlsplit(self.endpoint)
            return parts.scheme, parts.netloc, f"{self.bucket}/"
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        return "https", f"{self.bucket}.s3.{self.region}.{domain}", ""


class S3:
    """Requests to one bucket; each thread has a connection of its own, which is kept."""

    def __init__(self, place: Place, sleep: Callable[[float], None] = time.sleep) -> None:
        self._place, self._sleep = place, sleep
        self._scheme, self._host, self._above = place.url()
        self._mine = threading.local()

    @property
    def bucket(self) -> str:
        """Its name."""
        return self._place.bucket

    def ask(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        fine: tuple[int, ...] = (),
    ) -> Answer:
        """One request, tried again after faults of S3 or the network. The body's SHA-256 may be among the headers.

        Raises S3Error for all but success and the statuses in `fine`. A write that was tried again may have happened
        before: with a condition it then answers 412.
        """
        given = headers or {}
        request = sigv4.Request(
            method=method,
            host=self._host,
            path=sigv4.path(self._above + key),
            query=sigv4.query_string(query or {}),
            headers=given,
            digest=given.get("x-amz-content-sha256") or hashlib.sha256(body).hexdigest(),
        )
        answer, told = None, ""
        for number in range(TRIES):
            # A connection that was kept may have been closed meanwhile, which is no fault of S3.
            if number > (answer is None):
                self._sleep(FIRST_PAUSE * 2 ** (number - 1) * random.uniform(0.5, 1))
            try:
                answer = self._once(request, body)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                answer, told = None, f"{type(error).__name__}: {error}"
                continue
            if answer.status not in TRANSIENT:
                break
        if answer is not None and (answer.status < 300 or answer.status in fine):
            return answer
        asked = f"{method} s3://{self.bucket}/{key}"
        raise S3Error(0, told, asked) if answer is None else S3Error(answer.status, _told(answer), asked)

    def put(self, key: str, body: bytes, digest: str = "") -> bool:
        """Write an object that is not there yet; False where it is. `digest` is its hex SHA-256. Raises S3Error."""
        given = {"if-none-match": "*", "x-amz-content-sha256": digest or hashlib.sha256(body).hexdigest()}
        # 409: another write of the same key is under way. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
        for _ in range(TRIES):
            answer = self.ask("PUT", key, headers=given, body=body, fine=(409, 412))
            if answer.status != 409:
                return answer.status != 412
            self._sleep(FIRST_PAUSE)
        raise S3Error(409, "ConditionalRequestConflict", f"PUT s3://{self.bucket}/{key}")

    def _once(self, request: sigv4.Request, body: bytes) -> Answer:
        connection = self._connection()
        headers = sigv4.signed(request, self._place.credentials, self._place.region)
        connection.request(request.method, request.target, body or None, headers)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if kept is None:
            kind = http.client.HTTPSConnection if self._scheme == "https" else http.client.HTTPConnection
            kept = self._mine.connection = kind(self._host, timeout=TIMEOUT)
        return kept

    def _drop(self) -> None:
        self._connection().close()
        del self._mine.connection


def _told(answer: Answer) -> str:
    """The code and the message of an error, as S3 writes them."""
    text = answer.body.decode(errors="replace")
    parts = [text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0] for tag in ("Code", "Message")]
    return ": ".join(part for part in parts if part)
