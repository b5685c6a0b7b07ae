"""Which properties the official provider knows, from `schema.json` (made by `make_schema.py`)."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.providers.values import Properties, is_unknown

_FILE = Path(__file__).with_name("schema.json")
_WORDS = {str: "a string", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}

# A kind is "string", "number", "bool", "any", {"list": kind}, {"map": kind} or {"object": {…}, "required": […]}.
Kind = str | dict[str, Any]


@functools.cache
def _all() -> Properties:
    document: Properties = json.loads(_FILE.read_text())
    return document


def inputs(token: str) -> dict[str, Kind]:
    """The inputs of a resource type or function, by name. Raises KeyError for a type that is not in the file."""
    return dict(_all()[token]["inputs"])


def required(token: str) -> list[str]:
    """The inputs that the program must give."""
    return list(_all()[token]["required"])


def outputs(token: str) -> list[str]:
    """All properties of a resource type, those that only AWS knows included."""
    return list(_all()[token]["outputs"])


def is_map(token: str, name: str) -> bool:
    """Does this input hold keys of the user's own, as tags do?"""
    kind = inputs(token).get(name)
    return isinstance(kind, dict) and "map" in kind


def fit(kind: Kind, value: object) -> object:
    """The value as its kind has it: `512` for a string is `"512"`, `"80"` for a number is 80, as in Terraform."""
    if value is None or (is_unknown(value) and not isinstance(value, list | dict)):
        return value
    if isinstance(kind, dict):
        return _fit_nested(kind, value)
    if kind == "string" and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "number" and isinstance(value, str):
        return _number(value)
    return {"true": True, "false": False}.get(value, value) if kind == "bool" and isinstance(value, str) else value


def _number(text: str) -> object:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _fit_nested(kind: dict[str, Any], value: object) -> object:
    if isinstance(value, list):
        return [fit(kind.get("list", "any"), item) for item in value]
    if isinstance(value, dict):
        parts = kind.get("object", {})
        return {key: fit(parts.get(key, kind.get("map", "any")), item) for key, item in value.items()}
    return value


def problems(kind: Kind, value: object, path: str) -> Iterator[tuple[str, str]]:
    """(path, sentence) for everything in a value that the official provider would refuse."""
    if value is None or (isinstance(value, str) and is_unknown(value)):
        return
    if not _is(kind, value):
        yield path, f"expected {_word(kind)}, got {_WORDS.get(type(value), type(value).__name__)}"
    elif isinstance(kind, dict) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(kind["list"], item, f"{path}[{index}]")
    elif isinstance(kind, dict) and isinstance(value, dict):
        yield from _object_problems(kind, value, path)


def _object_problems(kind: dict[str, Any], value: Properties, path: str) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        if "object" not in kind:
            yield from problems(kind["map"], item, f"{path}.{key}")
        elif key in kind["object"]:
            yield from problems(kind["object"][key], item, f"{path}.{key}")
        elif not key.startswith("__"):
            yield f"{path}.{key}", f"there is no such property; {path} has {', '.join(sorted(kind['object']))}"
    for key in kind.get("required", []):
        if value.get(key) is None:
            yield f"{path}.{key}", "missing required property"


def _is(kind: Kind, value: object) -> bool:
    if isinstance(kind, dict):
        return isinstance(value, list if "list" in kind else dict)
    match kind:
        case "string":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case _:
            return True


def _word(kind: Kind) -> str:
    if isinstance(kind, dict):
        return "a list" if "list" in kind else "an object"
    return {"string": "a string", "number": "a number", "bool": "true or false"}.get(kind, "a value")
