"""Small apps of three frameworks behind real servers, each with its lines."""

import asyncio
import http.client
import queue
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from flask import Flask, Response, abort, request
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from slipway_requests import asgi, parse, wsgi
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

HOST = "shop.test"


class Lines:
    """What was logged, the oldest first."""

    def __init__(self) -> None:
        self._rows: queue.Queue[str] = queue.Queue()
        self.write = self._rows.put

    def next(self) -> dict[str, Any]:
        row = self._rows.get(timeout=5)
        found = parse(row)
        assert found is not None, row
        return found


@dataclass(frozen=True)
class Served:
    """An app that answers on a port of this machine."""

    port: int
    lines: Lines

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers={"Host": HOST, **named})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        return


@contextmanager
def serve_wsgi(app: Any) -> Iterator[Served]:
    lines = Lines()
    with make_server("127.0.0.1", 0, wsgi.RequestLog(app, write=lines.write), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Served(server.server_port, lines)
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serve_asgi(app: Any) -> Iterator[Served]:
    lines, config = Lines(), Config()
    listening = socket.create_server(("127.0.0.1", 0))
    config.bind, config.loglevel, config.graceful_timeout = [f"fd://{listening.fileno()}"], "CRITICAL", 1
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    port, logged = listening.getsockname()[1], asgi.RequestLog(app, write=lines.write)
    serving = hypercorn_serve(logged, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    thread = threading.Thread(target=loop.run_until_complete, args=(serving,))
    thread.start()
    try:
        yield Served(port, lines)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        listening.detach()


def _django_page(request: HttpRequest, token: str = "") -> HttpResponse:
    return HttpResponse(f"{request.get_host()} {request.META.get('slipway.request_id', '')}")


def _django_stream(request: HttpRequest) -> StreamingHttpResponse:
    parts = (b"one ", b"two")

    async def later() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return StreamingHttpResponse(later() if isinstance(request, ASGIRequest) else iter(parts))


def _fails(request: object) -> Any:
    raise RuntimeError("planted")


urlpatterns = [
    path("", _django_page),
    path("stream", _django_stream),
    path("fails", _fails),
    path("hirefire/<token>/info", _django_page),
]


def _set_django_up() -> None:
    if not settings.configured:
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=[HOST], LOGGING_CONFIG=None, SECRET_KEY="for tests")
        django.setup()


def django_wsgi() -> Any:
    _set_django_up()
    return get_wsgi_application()


def django_asgi() -> Any:
    _set_django_up()
    return get_asgi_application()


def flask_app() -> Any:
    app = Flask("shop")

    def page(token: str = "") -> str:
        # Flask leaves it to the app which hosts it has.
        if request.host != HOST:
            abort(400)
        return f"{request.host} {request.environ['slipway.request_id']}"

    app.add_url_rule("/", view_func=page)
    app.add_url_rule("/hirefire/<token>/info", view_func=page, endpoint="hirefire")
    app.add_url_rule("/stream", view_func=lambda: Response(iter([b"one ", b"two"])), endpoint="stream")
    app.add_url_rule("/fails", view_func=lambda: _fails(None), endpoint="fails")
    app.logger.disabled = True
    return app


def starlette_app() -> Any:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.url.hostname} {request.scope['slipway.request_id']}")

    async def stream(request: Request) -> StreamingResponse:
        return StreamingResponse(iter([b"one ", b"two"]))

    async def fails(request: Request) -> PlainTextResponse:
        raise RuntimeError("planted")

    routes = [Route("/", page), Route("/hirefire/{token}/info", page), Route("/stream", stream), Route("/fails", fails)]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST])])


KINDS: dict[str, tuple[Callable[[Any], Any], Callable[[], Any]]] = {
    "django-wsgi": (serve_wsgi, django_wsgi),
    "django-asgi": (serve_asgi, django_asgi),
    "flask": (serve_wsgi, flask_app),
    "starlette": (serve_asgi, starlette_app),
}
