"""For WSGI: Django, Flask and all others that gunicorn and uWSGI serve."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from slipway_requests.common import ANSWER, HEALTH, Options, Request, Write, request_id, to_stdout
from slipway_requests.secret_paths import HIDDEN

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class RequestLog:
    """Writes one line a request, whoever answered it, and answers health checks before the app looks at the host.

    Put it around everything else. The app finds the request's id in `environ["slipway.request_id"]`, the client in
    `X-Request-ID`. The answer to a health check says that this process answers, and nothing of databases: with the
    database away every task would be taken out and replaced, which helps nobody.
    """

    def __init__(
        self, app: App, *, health: str | None = HEALTH, hidden: Iterable[str] = HIDDEN, write: Write = to_stdout
    ) -> None:
        """Raises ValueError for a template in `hidden` that hides nothing."""
        self._app, self._options = app, Options(health, hidden, write)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(
            options=self._options,
            method=str(environ.get("REQUEST_METHOD", "")),
            path=_text(environ.get("SCRIPT_NAME", "")) + _text(environ.get("PATH_INFO", "")),
            id=request_id(environ.get("HTTP_X_AMZN_TRACE_ID"), environ.get("HTTP_X_REQUEST_ID")),
        )
        environ["slipway.request_id"] = request.id
        start = _starting(request, start_response)
        app = _health if self._options.is_health(request.method, request.path) else self._app
        try:
            made = app(environ, start)
        except BaseException:
            request.broke(500)
            request.finish()
            raise
        return _body(request, environ, made)


def _text(part: str) -> str:
    """A part of the path as text: WSGI has each of its bytes as a character."""
    return part.encode("latin-1", "replace").decode("utf-8", "replace")


def _health(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(ANSWER)))])
    return [ANSWER] if environ["REQUEST_METHOD"] == "GET" else []


def _starting(request: Request, start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401
        request.answers(int(status[:3]), (value for name, value in headers if name.lower() == "content-length"))
        named = [pair for pair in headers if pair[0].lower() != "x-request-id"]
        write = start_response(status, [*named, ("X-Request-ID", request.id)], *rest)

        def counted(data: bytes) -> object:
            request.sent(len(data))
            return write(data)

        return counted

    return start


def _body(request: Request, environ: Environ, made: Iterable[bytes]) -> Iterable[bytes]:
    """The body, counted; a file that the server sends by itself stays as it is, and its line comes before it."""
    wrapper = environ.get("wsgi.file_wrapper")
    if isinstance(wrapper, type) and isinstance(made, wrapper):
        request.sent_whole()
        request.finish()
        return made
    return _Body(request, made)


class _Body:
    """An app's answer on its way; the server closes it in any case, when the client has left too."""

    def __init__(self, request: Request, made: Iterable[bytes]) -> None:
        self._request, self._made = request, made
        self._parts: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            if self._parts is None:
                self._parts = iter(self._made)
            part = next(self._parts)
        except StopIteration:
            raise
        except BaseException:
            self._request.broke(500)
            raise
        self._request.sent(len(part))
        return part

    def close(self) -> None:
        """The end of the answer."""
        try:
            close = getattr(self._made, "close", None)
            if close is not None:
                close()
        finally:
            self._request.finish()
