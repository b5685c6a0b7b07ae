"""Signs requests to S3 with the standard library alone (AWS Signature Version 4)."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

_UNRESERVED = "-_.~"


@dataclass(frozen=True)
class Credentials:
    """What Lambda hands to a function: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html."""

    key: str
    secret: str
    token: str | None = None


def path(key: str) -> str:
    """A key, or a bucket and a key, as the path of a URL."""
    return "/" + quote(key, safe=f"/{_UNRESERVED}")


def query_string(query: Mapping[str, str]) -> str:
    """A query as both the URL and the signature want it: sorted, a blank as %20."""
    written = ((quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED)) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in sorted(written))


@dataclass(frozen=True)
class Request:
    """A request before it is signed; `target` is path and query, `digest` the hex SHA-256 of the body."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    digest: str

    @property
    def target(self) -> str:
        """What the request line asks for."""
        return f"{self.path}?{self.query}" if self.query else self.path


def signed(request: Request, credentials: Credentials, region: str, at: float | None = None) -> dict[str, str]:
    """The headers to send: those of the request, all signed, and the authorization. `at` is in Unix seconds.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers |= {"host": request.host, "x-amz-content-sha256": request.digest, "x-amz-date": stamp}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    listed = ";".join(names)
    canonical = f"{request.method}\n{request.path}\n{request.query}\n{lines}\n{listed}\n{request.digest}"
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    told = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(_day_key(credentials.secret, stamp[:8], region), told.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.key}/{scope}, SignedHeaders={listed}, Signature={signature}"
    )
    return headers


@lru_cache(maxsize=4)
def _day_key(secret: str, day: str, region: str) -> bytes:
    """The key of one day, which four hashes make of the secret."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
