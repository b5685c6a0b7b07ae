"""For ASGI: Starlette, FastAPI, Django and all others that uvicorn, hypercorn and daphne serve."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from slipway_requests.common import ANSWER, HEALTH, Options, Request, Write, request_id, to_stdout
from slipway_requests.secret_paths import HIDDEN

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT_LEFT = 499
"""The status of a request whose client left before there was an answer, as nginx writes it."""


class RequestLog:
    """Writes one line a request, whoever answered it, and answers health checks before the app looks at the host.

    Put it around everything else. The app finds the request's id in `scope["slipway.request_id"]`, the client in
    `X-Request-ID`. WebSockets and the lifespan pass as they are. The answer to a health check says that this process
    answers, and nothing of databases: with the database away every task would be taken out and replaced, which helps
    nobody.
    """

    def __init__(
        self, app: App, *, health: str | None = HEALTH, hidden: Iterable[str] = HIDDEN, write: Write = to_stdout
    ) -> None:
        """Raises ValueError for a template in `hidden` that hides nothing."""
        self._app, self._options = app, Options(health, hidden, write)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = {
            bytes(name).lower(): bytes(value).decode("latin-1") for name, value in reversed(list(scope["headers"]))
        }
        request = Request(
            options=self._options,
            method=str(scope["method"]),
            path=str(scope["path"]),
            id=request_id(given.get(b"x-amzn-trace-id"), given.get(b"x-request-id")),
        )
        scope["slipway.request_id"] = request.id
        app = _health if self._options.is_health(request.method, request.path) else self._app
        try:
            await app(scope, receive, _counting(request, send))
        except asyncio.CancelledError:
            request.broke(CLIENT_LEFT)
            raise
        except BaseException:
            request.broke(500)
            raise
        finally:
            request.finish()


async def _health(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(ANSWER)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER if scope["method"] == "GET" else b""})


def _counting(request: Request, send: Send) -> Send:
    async def counted(message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            message = _started(request, message)
        elif kind == "http.response.body":
            request.sent(len(message.get("body", b"")))
        elif kind in ("http.response.pathsend", "http.response.zerocopysend"):
            request.sent_whole()
        await send(message)

    return counted


def _started(request: Request, message: Message) -> Message:
    headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
    lengths = (value.decode("latin-1") for name, value in headers if name.lower() == b"content-length")
    request.answers(int(message["status"]), lengths)
    kept = [pair for pair in headers if pair[0].lower() != b"x-request-id"]
    return {**message, "headers": [*kept, (b"x-request-id", request.id.encode())]}
