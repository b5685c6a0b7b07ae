"""Which addresses mean this machine: they are reached without TLS and without a proxy."""

from collections.abc import MutableMapping
from ipaddress import ip_address
from urllib.parse import urlsplit

HERE = ("localhost", "127.0.0.1", "::1")
NO_PROXY = ("no_proxy", "NO_PROXY")
"""gRPC reads the first alone, and so does curl where both are there."""


def is_loopback(url: str) -> bool:
    """Whether a URL, or a `host[:port]`, names this machine."""
    host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def spare_loopback(variables: MutableMapping[str, str]) -> None:
    """Have whatever reads these variables reach this machine without a proxy: the engine is here, and so is a sandbox.

    The engine and the program talk by gRPC, which takes `http_proxy` for addresses of this machine too.
    https://github.com/grpc/grpc/blob/master/doc/environment_variables.md
    """
    found = next((variables[name] for name in NO_PROXY if variables.get(name)), "")
    if found.strip() == "*":
        return
    named = [part.strip() for part in found.split(",") if part.strip()]
    wanted = ",".join([*named, *(host for host in HERE if host not in named)])
    variables.update(dict.fromkeys(NO_PROXY, wanted))
