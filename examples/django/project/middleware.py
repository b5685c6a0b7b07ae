"""What happens to every request before Django looks at it: its log line and the health check."""

import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from project import lines

Handler = Callable[[HttpRequest], HttpResponse]

# A request id from outside is shown in logs and sent back: letters that can do no harm there, and not too many.
_REQUEST_ID = re.compile(r"[A-Za-z0-9=;:_.-]{1,128}")


class RequestLog:
    """One line a request, whoever answered it; outermost, so that nothing is left out."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        request_id = _request_id(request)
        response = self._get_response(request)
        response.headers["X-Request-ID"] = request_id
        lines.write(
            "request",
            method=request.method,
            path=lines.without_token(request.path),
            status=response.status_code,
            ms=round((time.monotonic() - started) * 1000, 1),
            bytes=None if response.streaming else len(response.content),
            request_id=request_id,
        )
        return response


def _request_id(request: HttpRequest) -> str:
    # The load balancer's own id, or the one that a proxy before it gave.
    given = request.headers.get("X-Amzn-Trace-Id") or request.headers.get("X-Request-ID") or ""
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


class Health:
    """Answers the load balancer's probe, whose Host is this task's own address and in nobody's ALLOWED_HOSTS.

    It says that this process answers, and doesn't ask the database: with the database away every task would be taken
    out and replaced, which helps nobody.
    """

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/health/":
            return HttpResponse("ok\n", content_type="text/plain")
        return self._get_response(request)
