"""What a load balancer answers by itself: errors, fixed responses and redirects."""

from aiohttp import web

from sandbox.balancer.rules import Asked
from sandbox.emulator.patching.patch import Record

SERVER = "awselb/2.0"
TITLES = {
    400: "Bad Request",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
PAGE = (
    "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
    "<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
)


def failure(status: int) -> web.Response:
    """A load balancer's own error page."""
    title = f"{status} {TITLES[status]}"
    return web.Response(status=status, text=PAGE.format(title=title), content_type="text/html", headers=_server())


def fixed(action: Record) -> web.Response:
    """A fixed-response action."""
    settings = action["FixedResponseConfig"]
    text = settings.get("MessageBody") or ""
    headers = {**_server(), "Content-Type": settings.get("ContentType") or "text/plain"}
    return web.Response(status=int(settings["StatusCode"]), body=text.encode(), headers=headers)


def redirect(action: Record, asked: Asked, *, protocol: str, port: int, query: str) -> web.Response:
    """A redirect action; `protocol` and `port` are the listener's."""
    settings = action["RedirectConfig"]
    values = {
        "#{protocol}": protocol.lower(),
        "#{host}": asked.host,
        "#{port}": str(port),
        "#{path}": asked.path.removeprefix("/"),
        "#{query}": query,
    }
    scheme = _filled(settings.get("Protocol") or "#{protocol}", values).lower()
    host = _filled(settings.get("Host") or "#{host}", values)
    path = _filled(settings.get("Path") or "/#{path}", values)
    tail = _filled(settings.get("Query", "#{query}"), values)
    location = (
        f"{scheme}://{host}:{_filled(settings.get('Port') or '#{port}', values)}{path}{'?' + tail if tail else ''}"
    )
    status = int(settings["StatusCode"].removeprefix("HTTP_"))
    return web.Response(status=status, headers={**_server(), "Location": location}, content_type="text/html")


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _server() -> dict[str, str]:
    return {"Server": SERVER}
