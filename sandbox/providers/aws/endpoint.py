"""The guard that keeps the stand-in away from the real AWS."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit


class NotLoopbackError(Exception):
    """The endpoint is missing, or is not an address of this machine."""


def require_loopback(environ: Mapping[str, str]) -> str:
    """The endpoint in AWS_ENDPOINT_URL. Raises NotLoopbackError unless it is a loopback address.

    A service's own AWS_ENDPOINT_URL_<SERVICE> would win over it in boto3, so those are held to the same rule.
    """
    for name in sorted(n for n in environ if n.startswith("AWS_ENDPOINT_URL_")):
        _check(name, environ[name])
    endpoint = environ.get("AWS_ENDPOINT_URL", "")
    _check("AWS_ENDPOINT_URL", endpoint)
    return endpoint


def _check(name: str, url: str) -> None:
    if not _is_loopback(urlsplit(url).hostname or ""):
        found = url or "nothing"
        raise NotLoopbackError(
            f"sandbox: the stand-in aws plugin works on the sandbox only: {name} is {found}, not a loopback address "
            "such as http://127.0.0.1:4566; for a real account take the official plugin (pulumi plugin install "
            "resource aws) and leave the sandbox's bin folder off PATH"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
