"""The base of every value that enters from outside: frozen, closed to unknown keys, and nothing in a list twice."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator

from model.settings.text import show

REPEATS = "repeats"
"""Marks a list in which a thing may be there more than once, such as the words of a command."""


class Truth(str):
    """One of YAML's booleans (on, yes, true, ...) where a number is wanted; Python takes them for 1 and 0."""

    __slots__ = ()


class Model(BaseModel):
    """A checked, unchangeable value; an unknown key is an error, and so is the same thing twice in one list.

    `identity` is the field by which two of them are the same thing; without it they are when they are equal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    identity: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, given: Any) -> Any:  # noqa: ANN401 - whatever somebody wrote
        if not isinstance(given, Mapping):
            return given
        wrong = {key: _told(given[key]) for key in _numbers(cls) if key in given}
        return {**given, **{key: value for key, value in wrong.items() if value is not given[key]}}

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        for field in lists(type(self)):
            value = getattr(self, field)
            twice = _repeated(value) if isinstance(value, tuple) else []
            if twice:
                raise ValueError(f"{field}: {', '.join(twice)} is there twice; take one of them out")
        return self


def _told(value: object) -> object:
    if isinstance(value, bool):
        return Truth("true" if value else "false")
    if isinstance(value, list | tuple) and any(isinstance(item, bool) for item in value):
        return [_told(item) for item in value]
    return value


@cache
def _numbers(model: type[BaseModel]) -> list[str]:
    """The fields that hold numbers, or lists of numbers, and no truth values."""
    return [
        name
        for name, field in model.model_fields.items()
        if (inside := _inside(field.annotation)) & {int, float} and bool not in inside
    ]


@cache
def lists(model: type[BaseModel]) -> list[str]:
    """The fields that hold lists in which nothing repeats."""
    return [
        name
        for name, field in model.model_fields.items()
        if REPEATS not in field.metadata and any(get_origin(part) is tuple for part in _parts(field.annotation))
    ]


def _parts(annotation: object) -> list[object]:
    """A type with the types that it is a union of, or that it annotates."""
    if get_origin(annotation) in {tuple, dict}:
        return [annotation]
    return [annotation, *(part for one in get_args(annotation) for part in _parts(one))]


def _inside(annotation: object) -> set[object]:
    """The plain types in it and in the lists that it holds."""
    found: set[object] = {annotation} if isinstance(annotation, type) else set()
    if get_origin(annotation) is dict:
        return found
    return found.union(*(_inside(one) for one in get_args(annotation)))


def _repeated(items: tuple[Any, ...]) -> list[str]:
    keys = [getattr(item, item.identity) if isinstance(item, Model) and item.identity else item for item in items]
    return sorted({_name(key) for place, key in enumerate(keys) if key in keys[:place]})


def _name(key: object) -> str:
    if isinstance(key, BaseModel):
        return show(key.model_dump(mode="json", exclude_defaults=True))
    return str(key)
