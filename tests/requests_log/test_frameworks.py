"""The middleware around apps of Django, Flask and Starlette, asked over HTTP."""

import asyncio
import io
import re
import sys
from collections.abc import Iterator
from typing import Any
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
from slipway_requests import asgi, wsgi

from tests.requests_log.serving import KINDS, Lines, Served


@pytest.fixture(scope="module", params=KINDS)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    serve, app = KINDS[request.param]
    with serve(app()) as found:
        yield found


def test_each_request_is_one_line_with_the_load_balancers_id(served: Served) -> None:
    given = "Root=1-67891233-abcdef012345678912345678"
    status, headers, body = served.ask("/?q=secret", X_Amzn_Trace_Id=given, X_Request_ID="mine")
    line = served.lines.next()
    assert (status, headers["X-Request-ID"]) == (200, given)
    assert body.decode().startswith("shop.test")
    assert list(line) == ["event", "method", "path", "status", "ms", "bytes", "request_id"]
    assert (line["method"], line["path"], line["status"], line["bytes"]) == ("GET", "/", 200, len(body))
    assert line["request_id"] == given


def test_an_id_that_could_do_harm_is_replaced(served: Served) -> None:
    served.ask("/", X_Request_ID='bad"id')
    assert re.fullmatch("[0-9a-f]{32}", served.lines.next()["request_id"])
    served.ask("/", X_Request_ID="mine")
    assert served.lines.next()["request_id"] == "mine"


def test_health_is_answered_before_the_host_is_looked_at(served: Served) -> None:
    for method, body in (("GET", b"ok\n"), ("HEAD", b"")):
        status, headers, found = served.ask("/health/", method, Host="10.0.3.7:8000")
        assert (status, headers["Content-Length"], found) == (200, "3", body)
        line = served.lines.next()
        assert (line["method"], line["path"], line["status"], line["bytes"]) == (method, "/health/", 200, len(body))
    assert served.ask("/", Host="10.0.3.7:8000")[0] == 400
    assert served.lines.next()["status"] == 400
    assert served.ask("/health/", "POST")[0] in (404, 405)
    assert served.lines.next()["method"] == "POST"


def test_a_token_in_the_path_is_in_no_line(served: Served) -> None:
    for path in ("/hirefire/t0k3n/info", "/hirefire/t0%6b3n/info", "/hirefire/t0k3n"):
        served.ask(path)
        assert served.lines.next()["path"].replace("/info", "") == "/hirefire/***"


def test_a_path_is_written_as_text(served: Served) -> None:
    served.ask("/caf%C3%A9%0a%22")
    assert served.lines.next()["path"] == '/café\n"'


def test_what_is_streamed_is_counted(served: Served) -> None:
    assert served.ask("/stream")[2] == b"one two"
    assert served.lines.next()["bytes"] == 7


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_app_that_fails_is_a_500_in_the_line(served: Served) -> None:
    assert served.ask("/fails")[0] == 500
    line = served.lines.next()
    assert (line["path"], line["status"]) == ("/fails", 500)


def call(app: Any, lines: Lines, **environ: Any) -> list[bytes]:
    """One call as a server makes it, as far as the app lets it come."""
    setup_testing_defaults(environ)
    made = wsgi.RequestLog(app, write=lines.write)(environ, lambda *_: lambda data: None)
    try:
        return list(made)
    finally:
        getattr(made, "close", lambda: None)()


def test_an_answer_that_breaks_off_has_the_status_that_the_client_saw() -> None:
    def app(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        if environ["PATH_INFO"] == "/late":
            yield b"some"
        raise OSError("gone")

    for path, status in (("/late", 200), ("/early", 500)):
        lines = Lines()
        with pytest.raises(OSError, match="gone"):
            call(app, lines, PATH_INFO=path)
        assert lines.next()["status"] == status


def test_a_file_that_the_server_sends_by_itself_stays_one() -> None:
    def app(environ: Any, start: Any) -> Any:
        start("200 OK", [("Content-Length", "4")])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"file"))

    environ: dict[str, Any] = {"wsgi.file_wrapper": FileWrapper}
    setup_testing_defaults(environ)
    lines = Lines()
    made = wsgi.RequestLog(app, write=lines.write)(environ, lambda *_: lambda data: None)
    assert isinstance(made, FileWrapper)
    made.close()
    assert lines.next()["bytes"] == 4


def test_a_client_that_leaves_before_the_answer_is_a_499() -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    async def leave() -> None:
        scope = {"type": "http", "method": "GET", "path": "/slow", "headers": []}
        asking = asyncio.create_task(asgi.RequestLog(slow, write=lines.write)(scope, None, None))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    lines = Lines()
    asyncio.run(leave())
    assert lines.next()["status"] == 499


def test_a_log_that_cannot_be_written_fails_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b"fine"]

    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    made = wsgi.RequestLog(app)(environ, lambda *_: lambda data: None)
    assert list(made) == [b"fine"]
    made.close()  # type: ignore[attr-defined]
