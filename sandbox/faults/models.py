"""What botocore's service models say of a service: its protocol, and which operation a REST request is."""

import functools
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

# Signing names that differ from the folder that botocore keeps the service in.
FOLDERS = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "elasticfilesystem": "efs",
    "states": "stepfunctions",
    "execute-api": "apigatewaymanagementapi",
    "email": "sesv2",
}


@dataclass(frozen=True)
class Route:
    """One operation's method, path and what it can't be without: query parameters and headers, lower case."""

    operation: str
    method: str
    path: re.Pattern[str]
    query: frozenset[str]
    headers: frozenset[str]
    # How many letters of the path are fixed, since the most definite route wins.
    weight: int

    def fits(self, method: str, path: str, query: set[str], headers: set[str]) -> bool:
        """Whether a request could be this operation."""
        named = self.query <= query and self.headers <= headers
        return method == self.method and named and bool(self.path.fullmatch(path))


@dataclass(frozen=True)
class Model:
    """A service's wire protocol (`json`, `query`, `ec2`, `rest-json`, `rest-xml`) and its routes."""

    protocol: str
    routes: tuple[Route, ...]

    def operation(self, method: str, path: str, query: str, headers: set[str]) -> str:
        """The operation that a REST request asks for, empty when none fits."""
        names = set(parse_qs(query, keep_blank_values=True))
        fitting = [route for route in self.routes if route.fits(method, path, names, headers)]
        if not fitting:
            return ""
        return max(fitting, key=lambda route: (len(route.query) + len(route.headers), route.weight)).operation


@functools.cache
def model(service: str) -> Model | None:
    """The model of a service by its signing name, None for one that botocore doesn't know.

    Kept small: the models themselves are megabytes, and this is loaded for services with a fault only.
    """
    try:
        # A loader of its own, since botocore's shared ones keep what they loaded.
        raw = Loader().load_service_model(FOLDERS.get(service, service), "service-2")
    except UnknownServiceError:
        return None
    metadata = raw["metadata"]
    protocol = (metadata.get("protocols") or [metadata["protocol"]])[0]
    known = {"json", "query", "ec2", "rest-json", "rest-xml"}
    chosen = protocol if protocol in known else metadata.get("protocol", "json")
    if "rest" not in chosen:
        return Model(chosen, ())
    return Model(chosen, tuple(_route(operation, raw["shapes"]) for operation in raw["operations"].values()))


def _route(operation: dict[str, Any], shapes: dict[str, Any]) -> Route:
    http, needs = operation["http"], shapes.get(operation.get("input", {}).get("shape"), {})
    path, _, query = http["requestUri"].partition("?")
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/"))
    pattern = "".join(_pattern(part) for part in parts)
    fixed = frozenset(parse_qs(query, keep_blank_values=True)) | _required(needs, "querystring")
    headers = frozenset(name.lower() for name in _required(needs, "header"))
    weight = sum(len(part) for part in parts if not part.startswith("{"))
    return Route(str(operation["name"]), http["method"], re.compile(pattern + "/?"), fixed, headers, weight)


def _required(shape: dict[str, Any], location: str) -> frozenset[str]:
    members = (shape["members"][name] for name in shape.get("required", ()))
    return frozenset(str(member["locationName"]) for member in members if member.get("location") == location)


def _pattern(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"
