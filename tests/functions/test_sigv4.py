import datetime
import hashlib
from typing import Any

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as some

from functions.log_store import sigv4

AT = 1_795_000_123.0
TEXT = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def botocores(request: sigv4.Request, body: bytes) -> str:
    """The authorization that AWS's own SDK makes at that time."""
    url = f"https://{request.host}{request.target}"
    theirs = AWSRequest(request.method, url, dict(request.headers), body)
    theirs.headers["X-Amz-Content-SHA256"] = request.digest
    theirs.context["timestamp"] = datetime.datetime.fromtimestamp(AT, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    theirs.headers["X-Amz-Date"] = theirs.context["timestamp"]
    theirs.headers["X-Amz-Security-Token"] = "token"
    auth: Any = S3SigV4Auth(Credentials("key", "secret", "token"), "s3", "eu-west-1")
    canonical = auth.canonical_request(theirs)
    signature = auth.signature(auth.string_to_sign(theirs, canonical), theirs)
    names = auth.signed_headers(auth.headers_to_sign(theirs))
    return f"AWS4-HMAC-SHA256 Credential={auth.scope(theirs)}, SignedHeaders={names}, Signature={signature}"


@given(
    some.sampled_from(["GET", "PUT", "POST", "HEAD", "DELETE"]),
    TEXT,
    some.dictionaries(TEXT, some.text(some.characters(exclude_categories=["Cs"]), max_size=20), max_size=3),
    some.sampled_from([{}, {"if-none-match": "*"}, {"if-match": '"abc-2"', "x-amz-meta-manifest": "x"}]),
    some.binary(max_size=20),
)
def test_a_signature_is_the_one_that_awss_own_sdk_makes(
    method: str, key: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> None:
    request = sigv4.Request(
        method,
        "archive.s3.eu-west-1.amazonaws.com",
        sigv4.path(key),
        sigv4.query_string(query),
        headers,
        hashlib.sha256(body).hexdigest(),
    )
    made = sigv4.signed(request, sigv4.Credentials("key", "secret", "token"), "eu-west-1", AT)
    assert made["authorization"] == botocores(request, body)
