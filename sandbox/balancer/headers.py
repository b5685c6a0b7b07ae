"""The headers that a load balancer drops, adds and passes on."""

import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from multidict import CIMultiDict

# https://www.rfc-editor.org/rfc/rfc9110#field.connection
HOP_BY_HOP = {
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
VALID = re.compile(r"[-A-Za-z0-9]+")
RawHeaders = Iterable[tuple[bytes, bytes]]


def end_to_end(raw: RawHeaders) -> Iterator[tuple[str, str]]:
    """The headers that aren't for one connection only, in order."""
    pairs = [(name.decode("latin-1"), value.decode("utf-8", "surrogateescape")) for name, value in raw]
    named = {part.strip().lower() for name, value in pairs if name.lower() == "connection" for part in value.split(",")}
    return ((name, value) for name, value in pairs if name.lower() not in HOP_BY_HOP | named)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A load balancer's attributes about headers: `routing.http.…`; `mode` is append, preserve or remove."""

    mode: str
    drop_invalid: bool


def for_target(raw: RawHeaders, policy: Policy, *, client: str, protocol: str, port: int) -> CIMultiDict[str]:
    """A client's headers as a target gets them.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
    """
    kept = (pair for pair in end_to_end(raw) if VALID.fullmatch(pair[0]) or not policy.drop_invalid)
    headers = CIMultiDict(kept)
    forwarded = headers.getall("X-Forwarded-For", [])
    if policy.mode != "preserve":
        headers.popall("X-Forwarded-For", None)
    if policy.mode == "append":
        headers["X-Forwarded-For"] = ", ".join([*forwarded, client])
    headers["X-Forwarded-Proto"] = protocol.lower()
    headers["X-Forwarded-Port"] = str(port)
    headers.setdefault("X-Amzn-Trace-Id", f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}")
    return headers
