"""Handlers of the query protocol: parameters in, XML out, refusals as AWS words them."""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import alb

from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.services.alb": ("_ACTION_MAP", "_empty", "_error", "_p", "_parse_member_list", "_xml"),
}


def parameter(params: Record, name: str, default: str = "") -> str:
    """One parameter of a request."""
    return str(alb._p(params, name, default))


def listed(params: Record, name: str) -> list[str]:
    """The members of a list parameter."""
    return [str(member) for member in alb._parse_member_list(params, name)]


def structures(params: Record, prefix: str, fields: tuple[str, ...]) -> list[dict[str, str]]:
    """The structures `prefix.member.N.<field>`, until a number has none of the fields."""
    found: list[dict[str, str]] = []
    while True:
        base = f"{prefix}.member.{len(found) + 1}"
        values = {field: parameter(params, f"{base}.{field}") for field in fields}
        if not any(values.values()):
            return found
        found.append({field: value for field, value in values.items() if value})


def element(name: str, value: Any) -> str:  # noqa: ANN401 - text, a number or a truth value
    """An XML element with escaped text; lower case for true and false."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def xml(action: str, inner: str = "") -> Answer:
    """A 200 answer."""
    made: Answer = alb._xml(200, action, inner) if inner else alb._empty(action)
    return made


def extend(action: str, make: Callable[[Handler], Handler]) -> None:
    """Put `make(original)` in ministack's place for an action; a Refusal that it raises becomes the answer."""
    provide(action, make(alb._ACTION_MAP[action]))


def provide(action: str, handler: Handler) -> None:
    """Answer an action, known to ministack or not; a Refusal becomes the answer."""

    def handle(params: Record) -> Answer:
        try:
            return handler(params)
        except Refusal as refusal:
            refused: Answer = alb._error(refusal.code, refusal.message, refusal.status)
            return refused

    alb._ACTION_MAP[action] = handle
