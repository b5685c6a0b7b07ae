"""Where a web server's command line makes it listen: the ports and addresses of the servers in use."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# Options whose value is a port, or an address with one; by their name without the dashes.
_PORTS = re.compile(r"p|port|(?:http|web|listen|server)[-.]?port|\w+\.port")
_BINDS = re.compile(r"b|bind|l|listen|http|http-socket|addr|address|server\.address|host|H|h|hostname|ip|o|binding")
# Programs to which a short option means something else.
_NOT_PORT: Final = {"uwsgi": {"p"}, "celery": {"p", "P"}, "node": {"p"}, "ssh": {"p"}, "psql": {"p", "h"}, "rq": {"p"}}
_LOOPBACK = re.compile(r"(?:tcp://|https?://)?(?:localhost|127(?:\.\d+){3}|\[::1\]|::1)(?::.*)?")
_ADDRESS = re.compile(r"(?:tcp:(?://)?|https?://)?(?:[\w.*-]*|\[[0-9a-f:]*\]):(\d{2,5})")


@dataclass(frozen=True, kw_only=True)
class _Server:
    """What a server does unless it is told otherwise, and the options that tell it."""

    host: str
    port: int
    options: frozenset[str]
    words: int = 0
    """How many words of the command name it: 1 for `flask run`."""


_PORT_OPTIONS = frozenset({"p", "port"})
# https://www.uvicorn.org/settings/ https://flask.palletsprojects.com/en/stable/cli/ https://hypercorn.readthedocs.io
# https://github.com/django/daphne https://docs.pylonsproject.org/projects/waitress https://docs.streamlit.io
_SERVERS: Final = {
    "uvicorn": _Server(host="127.0.0.1", port=8000, options=frozenset({"host", "uds", "fd"})),
    "flask run": _Server(host="127.0.0.1", port=5000, options=frozenset({"host", "h"}), words=1),
    "hypercorn": _Server(host="127.0.0.1", port=8000, options=frozenset({"bind", "b", "config", "c"})),
    "daphne": _Server(host="127.0.0.1", port=8000, options=frozenset({"bind", "b", "endpoint", "e", "u", "fd"})),
    "waitress-serve": _Server(host="", port=8080, options=frozenset({"listen", "port", "unix-socket"})),
    "streamlit run": _Server(host="", port=8501, options=frozenset({"server.port"}), words=1),
    "ng serve": _Server(host="localhost", port=4200, options=frozenset({"host"}), words=1),
}


def fixed_port(program: str, arguments: Sequence[str]) -> int | None:
    """The port that is written out in a command line, or that its server listens on untold."""
    for name, value in _options(program, arguments):
        found = _ADDRESS.fullmatch(value) or (re.fullmatch(r"(\d{2,5})", value) if _PORTS.fullmatch(name) else None)
        if found and (_PORTS.fullmatch(name) or _BINDS.fullmatch(name)):
            return int(found[1])
    server = _server(program, arguments)
    if server is not None and not ({name for name, _ in _options(program, arguments)} & _told(server)):
        return server.port
    return None


def loopback(program: str, arguments: Sequence[str]) -> str:
    """The address of this machine alone that a command line makes a server listen on; empty where it does not."""
    options = list(_options(program, arguments))
    for name, value in options:
        if _BINDS.fullmatch(name) and _LOOPBACK.fullmatch(value):
            return value
    if program in {"python", "python3", "manage.py"} and _django(arguments) == "":
        return "127.0.0.1:8000, as runserver does untold"
    server = _server(program, arguments)
    if server is not None and server.host and not ({name for name, _ in options} & server.options):
        return f"{server.host}, as {program} does untold"
    return ""


def _told(server: _Server) -> frozenset[str]:
    """The options that say the port: where the address holds it, that option too."""
    return _PORT_OPTIONS | (server.options - {"host", "h"})


def _server(program: str, arguments: Sequence[str]) -> _Server | None:
    for length in (0, 1):
        found = _SERVERS.get(" ".join([program, *arguments[:length]]))
        if found is not None and found.words == length:
            return found
    if program in {"python", "python3"} and arguments[:1] == ["-m"] and len(arguments) > 1:
        return _server(arguments[1], arguments[2:])
    return None


def _django(arguments: Sequence[str]) -> str | None:
    """The address that Django's runserver is given, empty where it is given none, None without a runserver."""
    words = list(arguments)
    if "runserver" not in words:
        return None
    after = [word for word in words[words.index("runserver") + 1 :] if not word.startswith("-")]
    return after[0] if after else ""


def _options(program: str, arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value, in whatever way they are written; what runserver and `php -S` are given too."""
    for at, word in enumerate(arguments):
        after = arguments[at + 1] if at + 1 < len(arguments) else ""
        name = word.lstrip("-")
        if word == "runserver" and (address := _django(arguments)):
            yield "bind", f":{address}" if address.isdigit() else address
        elif program == "php" and word == "-S":
            yield "bind", after
        elif word == "http.server":
            yield "port", after if after.isdigit() else "8000"
        elif not word.startswith("-") or name in _NOT_PORT.get(program, ()):
            continue
        elif "=" in name:
            yield name.split("=", 1)[0].removeprefix("D"), name.split("=", 1)[1]
        elif not word.startswith("--") and (short := re.match(r"([bpH])([\w.*\[]*:?\d{2,5})$", name)):
            yield short[1], short[2]
        else:
            yield name, after
