"""Which rule of a listener takes a request: pure matching, as an Application Load Balancer does it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

from sandbox.emulator.patching.patch import Record


@dataclass(frozen=True)
class Asked:
    """What a request is matched by; header names are lower-case."""

    method: str
    host: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, Sequence[str]]
    client: str


def choose(rules: Sequence[Record], asked: Asked) -> Record | None:
    """The first rule whose conditions all hold."""
    return next((rule for rule in rules if all(matches(one, asked) for one in rule.get("Conditions", []))), None)


def matches(condition: Record, asked: Asked) -> bool:
    """Whether one condition holds; raises ValueError for a field that load balancers don't have."""
    test = _TESTS.get(condition["Field"])
    if test is None:
        raise ValueError(f"a load balancer has no rule condition {condition['Field']!r}")
    return test(condition, asked)


def _path(condition: Record, asked: Asked) -> bool:
    return any(_like(pattern, asked.path, ignore_case=False) for pattern in condition["Values"])


def _host(condition: Record, asked: Asked) -> bool:
    return any(_like(pattern, asked.host) for pattern in condition["Values"])


def _method(condition: Record, asked: Asked) -> bool:
    return asked.method in condition["Values"]


def _header(condition: Record, asked: Asked) -> bool:
    settings = condition["HttpHeaderConfig"]
    values = asked.headers.get(settings["HttpHeaderName"].lower(), ())
    return any(_like(pattern, value) for pattern in settings["Values"] for value in values)


def _query(condition: Record, asked: Asked) -> bool:
    wanted = (condition.get("QueryStringConfig") or {}).get("Values", [])
    return any(
        _like(pair.get("Value", "*"), value) and _like(pair.get("Key", "*"), key)
        for pair in wanted
        for key, value in asked.query
    )


def _source(condition: Record, asked: Asked) -> bool:
    return any(ip_address(asked.client) in ip_network(network) for network in condition["Values"])


_TESTS: Mapping[str, Callable[[Record, Asked], bool]] = {
    "path-pattern": _path,
    "host-header": _host,
    "http-request-method": _method,
    "http-header": _header,
    "query-string": _query,
    "source-ip": _source,
}


def _like(pattern: str, text: str, *, ignore_case: bool = True) -> bool:
    return _expression(pattern, ignore_case=ignore_case).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _expression(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    """`*` is any text and `?` one character; nothing else is special."""
    parts = ({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))
