"""How ministack is extended from outside: its handler tables, its answers, and replacing one of its functions."""

import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeVar

from ministack.core.responses import error_response_json, json_response

Record = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[Record], Answer]
Function = TypeVar("Function", bound=Callable[..., object])
Needs = Mapping[str, tuple[str, ...]]

NEEDS: Needs = {"ministack.core.responses": ("error_response_json", "json_response")}


class Refusal(Exception):
    """An AWS error answer: its code, its message and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def answer(data: Record) -> Answer:
    """A 200 answer of the JSON protocols."""
    made: Answer = json_response(data)
    return made


def error(refusal: Refusal) -> Answer:
    """The answer of the JSON protocols for a refusal."""
    made: Answer = error_response_json(refusal.code, refusal.message, refusal.status)
    return made


def body_of(made: Answer) -> Record:
    """The JSON body of a ministack answer."""
    body: Record = json.loads(made[2]) if made[2] else {}
    return body


def json_handler(function: Callable[[Record], Record]) -> Handler:
    """A handler for ministack's table from a function that returns the body or raises Refusal."""

    def handle(data: Record) -> Answer:
        try:
            return answer(function(data))
        except Refusal as refusal:
            return error(refusal)

    return handle


def unwrap(made: Answer) -> Record:
    """The body of ministack's own answer, or its error raised as Refusal."""
    body = body_of(made)
    if made[0] >= 400:
        raise Refusal(str(body.get("__type", "ServerException")).split("#")[-1], str(body.get("message", "")), made[0])
    return body


def replace(module: ModuleType, name: str, make: Callable[[Function], Function]) -> None:
    """Put `make(original)` in the place of a module's function; ministack looks its functions up at call time."""
    setattr(module, name, make(getattr(module, name)))
