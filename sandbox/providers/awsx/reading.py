"""Reading a component's inputs key by key, with errors that name the key."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar, cast

import pulumi

Inputs = Mapping[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)


class ArgumentError(Exception):
    """An argument is missing, is wrong, or is none that the stand-in knows."""


def only(inputs: Inputs, known: Collection[str], path: str = "") -> None:
    """Raises ArgumentError for arguments that would have to be ignored."""
    if others := sorted(key for key, value in inputs.items() if key not in known and value is not None):
        named = ", ".join(path + key for key in others)
        raise ArgumentError(f"{named}: not known to the sandbox's awsx plugin, which takes {', '.join(sorted(known))}")


def text(inputs: Inputs, key: str, path: str = "") -> str:
    """A string that is there and not empty; raises ArgumentError."""
    value = plain(inputs, key, path)
    if isinstance(value, str) and value:
        return value
    raise ArgumentError(f"{path}{key}: found {value!r}, a string that is not empty would do")


def choice(kind: type[Choice], value: object, path: str) -> Choice:
    """The member with this value; raises ArgumentError with those that there are."""
    try:
        return kind(cast(str, value))
    except ValueError:
        raise ArgumentError(f"{path}: found {value!r}, one of {', '.join(kind)} would do") from None


def mapping(inputs: Inputs, key: str, path: str = "") -> Inputs:
    """A mapping, empty where there is none; raises ArgumentError."""
    value = plain(inputs, key, path)
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return cast(Inputs, value)
    raise ArgumentError(f"{path}{key}: found {value!r}, a mapping would do")


def items(inputs: Inputs, key: str) -> Sequence[Any]:
    """A list, empty where there is none; raises ArgumentError."""
    value = plain(inputs, key)
    if value is None:
        return []
    if isinstance(value, list):
        return cast(Sequence[Any], value)
    raise ArgumentError(f"{key}: found {value!r}, a list would do")


def plain(inputs: Inputs, key: str, path: str = "") -> object:
    """A value that shapes the tree, so that it can't wait for another resource; raises ArgumentError."""
    value = inputs.get(key)
    if isinstance(value, pulumi.Output):
        raise ArgumentError(f"{path}{key}: found another resource's output, a plain value would do")
    return value
