"""One short request to somebody outside who is only told of something: bounded in time and size, silent on secrets."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from driver.adapters.host.loopback import is_loopback

# Seconds for each part of an exchange, and for the whole of it once an answer has begun; bytes of an answer.
LIMIT = 3.0
MOST = 1 << 20


class Untold(Exception):
    """Why somebody could not be told, without the address and without what was sent: either may be a secret."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request. A body is sent as JSON."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: tuple[tuple[str, str | int], ...] = ()
    body: Mapping[str, object] | None = None


def exchange(request: Request, limit: float = LIMIT) -> bytes:
    """The content of a good answer. Raises Untold."""
    try:
        if httpx.URL(request.url).scheme != "https" and not is_loopback(request.url):
            raise Untold("its address has to begin with https://, since it is on another machine")
        return _bounded(request, limit)
    except httpx.TimeoutException:
        raise Untold(f"it did not answer within {limit:.0f} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Untold(f"it can't be reached ({type(error).__name__})") from None


def _bounded(request: Request, limit: float) -> bytes:
    began, content = time.monotonic(), b""
    with (
        httpx.Client(timeout=limit, trust_env=not is_loopback(request.url)) as client,
        client.stream(
            request.method, request.url, headers=request.headers, params=request.params or None, json=request.body
        ) as answer,
    ):
        if not answer.is_success:
            raise Untold(f"it answered {answer.status_code}")
        for part in answer.iter_bytes():
            content += part
            if len(content) > MOST or time.monotonic() - began > limit:
                raise Untold("its answer does not end")
    return content
