"""Requests to one image registry: who we are, what is tried again, and what never leaves for another place."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from driver.adapters.host.loopback import is_loopback
from driver.errors import Unreachable

# Seconds. A registry may take a while to check a large layer once it has all of it.
TIMEOUT = httpx.Timeout(60.0, connect=5.0, read=300.0)
PAUSES = (0.5, 1.0, 2.0)
PASSING = {429, 500, 502, 503, 504}
READING = {"GET", "HEAD"}
CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request. A body may be a file; `into` is the file that a good answer's content goes to."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Path = b""
    into: Path | None = None

    def may_pass(self, status: int) -> bool:
        """Whether a failure may pass. A piece of an upload that failed may have been stored all the same."""
        return status == 429 if self.method == "PATCH" else status in PASSING


class Wire:
    """One registry at `base`, which goes by the name `host` where that is another.

    `authorization` is sent to `base` alone. Without it, a registry that asks for a token for `scope` gets one, renewed
    when it runs out: an anonymous one, or with `login`, the header by which the registry knows somebody, that one's.
    Raises Unreachable.
    """

    def __init__(self, base: str, *, host: str = "", authorization: str = "", scope: str = "", login: str = "") -> None:
        self.base = base.rstrip("/")
        self.host = host
        self.name = host or urlsplit(base).netloc
        self._authorization = authorization
        self._anonymous = not authorization
        self._login = login
        self._scope = scope
        self._client = httpx.Client(
            timeout=TIMEOUT,
            follow_redirects=True,
            trust_env=not is_loopback(base),
            event_hooks={"request": [_only_safe]},
        )

    def close(self) -> None:
        """End its connections."""
        self._client.close()

    def send(self, call: Call) -> httpx.Response:
        """The answer, good or not, after waiting for what may pass and asking for a token where one is wanted."""
        with self._translated(f"{call.method} {urlsplit(call.url).path}"):
            answer = self._patiently(call)
            if answer.status_code == 401 and self._anonymous:
                self._authorization = self._token(answer.headers.get("WWW-Authenticate", ""))
                answer = self._patiently(call)
            return answer

    def _patiently(self, call: Call) -> httpx.Response:
        for pause in PAUSES:
            try:
                answer = self._exchange(call)
            except httpx.TransportError:
                if call.method not in READING:
                    raise
            else:
                if not call.may_pass(answer.status_code):
                    return answer
            time.sleep(pause)
        return self._exchange(call)

    def _exchange(self, call: Call) -> httpx.Response:
        headers = {**self._own_headers(call.url), **call.headers}
        if call.into is not None:
            return self._download(call, headers, call.into)
        if isinstance(call.body, bytes):
            return self._client.request(call.method, call.url, headers=headers, content=call.body or None)
        with call.body.open("rb") as file:
            return self._client.request(call.method, call.url, headers=headers, content=file)

    def _download(self, call: Call, headers: Mapping[str, str], into: Path) -> httpx.Response:
        with self._client.stream(call.method, call.url, headers=headers) as answer:
            if not answer.is_success:
                answer.read()
                return answer
            with into.open("wb") as file:
                # As it was sent: the content's digest is that of the compressed layer.
                for chunk in answer.iter_raw(CHUNK):
                    file.write(chunk)
            return answer

    def _own_headers(self, url: str) -> dict[str, str]:
        # A registry may let an upload go on elsewhere; what proves who we are stays with the registry.
        if _origin(url) != _origin(self.base):
            return {}
        headers = {"Authorization": self._authorization} if self._authorization else {}
        return {**headers, **({"Host": self.host} if self.host else {})}

    def _token(self, challenge: str) -> str:
        """A token for anybody, as public registries hand them out, or for who has logged in.

        https://distribution.github.io/distribution/spec/auth/token/
        """
        if challenge.lower().startswith("basic") and self._login:
            return self._login
        fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        if not challenge.lower().startswith("bearer ") or "realm" not in fields:
            raise Unreachable(
                f"{self.name} asks for a login, and nobody has logged in to it here",
                hint=f"Public images need none; for others: docker login {self.name}",
            )
        parameters = {"service": fields.get("service", ""), "scope": self._scope}
        known = {"Authorization": self._login} if self._login else {}
        answer = self._client.get(fields["realm"], params=parameters, headers=known)
        self.refuse(answer, "the request for a token")
        try:
            body: Any = answer.json()
            return f"Bearer {body.get('token') or body['access_token']}"
        except (ValueError, KeyError, AttributeError) as error:
            raise Unreachable(f"{self.name} asks for a token that {fields['realm']} does not hand out") from error

    def refuse(self, answer: httpx.Response, what: str) -> None:
        """Raises Unreachable unless the answer is a good one."""
        if answer.is_success:
            return
        detail = " ".join(answer.text.split())[:300]
        hint = "The registry is busy: run the command again later." if answer.status_code in PASSING else ""
        raise Unreachable(f"{self.name} answered {what} with {answer.status_code}: {detail}", hint=hint)

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        """What httpx raises as Unreachable."""
        try:
            yield
        except httpx.HTTPError as error:
            raise Unreachable(
                f"the registry {self.name} did not answer ({doing}): {error or type(error).__name__}",
                hint="Check the network, then run the command again.",
            ) from error


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _only_safe(request: httpx.Request) -> None:
    """Redirects and token realms included: nothing goes over plain HTTP to another machine."""
    if request.url.scheme != "https" and not is_loopback(str(request.url)):
        raise Unreachable(f"{request.url.host} wants to be reached without TLS, which only this machine may")
