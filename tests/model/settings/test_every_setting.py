"""Every field of every settings class, with values that are of no use there: each is told in plain words or taken as
it is meant."""

import re
from datetime import date
from enum import Enum
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from model.base import REPEATS, lists
from model.errors import SpecError
from model.settings.described import every_model
from model.settings.environment import Settings
from model.settings.parse import SettingsError, parse
from tests.model.refusals import WOULD_DO
from tests.model.settings.every_setting import ALL, ELSEWHERE, Place, at, places, replaced

JARGON = re.compile(
    r"pydantic|function-|constrained|tuple|\bdict|\bstr\b|\bint\b|NoneType|\bNone\b|\bTrue\b|\bFalse\b|instance"
    r"|valid (string|integer|boolean|list)|[Ii]nput should|Value error|regex|\[key\]|Extra inputs|validation"
    r"|something else|\(\?|\\d|\[a-z|host bits|Traceback|object at"
)
"""What only somebody who knows Python, pydantic or regular expressions understands."""
ODD: tuple[object, ...] = (
    None, True, False, -1, 10**12, 0.5, float("nan"), float("inf"), "", "!?", "ü b", "x" * 5000, [], ["x", "x"], [7],
    [None], [[]], {}, {"x": 1}, {"on": None}, {1: 2}, date(2026, 11, 29),
)  # fmt: skip
PLACES = list(places(Settings, ALL))


def refused(data: dict[str, Any]) -> list[SpecError]:
    try:
        parse("dev", "eu-west-1", data)
    except SettingsError as error:
        return list(error.findings)
    return []


def test_every_field_of_every_model_is_written_and_good() -> None:
    assert refused(ALL) == []
    assert [refused({**ALL, **part}) for part in ELSEWHERE.values()] == [[], []]
    written = {(place.model.__name__, place.name) for place in PLACES} | set(ELSEWHERE)
    fields = {(model.__name__, name) for model in every_model(Settings) for name in model.model_fields}
    assert fields - written == {("Settings", "env"), ("Settings", "region")}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_what_is_of_no_use_is_told_in_plain_words(place: Place) -> None:
    wrong = []
    for value in ODD:
        found = refused(replaced(ALL, place.steps, value))
        wrong += [f"{value!r}: {one}" for one in found if not told(one, place)]
        if not found and not meant(place.annotation, value):
            wrong.append(f"{value!r} is taken")
    assert wrong == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_a_key_beside_it_that_nobody_knows_is_named(place: Place) -> None:
    found = refused(replaced(ALL, (*place.steps[:-1], f"{place.name}x"), at(ALL, place.steps)))
    assert [str(one) for one in found if one.path == f"{place.path}x"] == [
        f"{place.path}x: unknown key; did you mean {place.name}?"
    ] or place.name in {"arn", "at"}
    misspelt = Place(place.model, place.name, (*place.steps[:-1], f"{place.name}x"))
    assert [one for one in found if not told(one, misspelt)] == []


LISTS = [place for place in PLACES if place.name in lists(place.model)]


@pytest.mark.parametrize("place", LISTS, ids=lambda place: place.path)
def test_no_list_holds_a_thing_twice(place: Place) -> None:
    first = at(ALL, place.steps)[0]
    found = refused(replaced(ALL, place.steps, [first, first]))
    assert [one.path for one in found if "is there twice; take one of them out" in one.message] == [place.path]


def test_only_commands_may_repeat_a_word() -> None:
    marked = {
        (model.__name__, name)
        for model in every_model(Settings)
        for name, field in model.model_fields.items()
        if REPEATS in field.metadata
    }
    assert marked == {("Process", "command"), ("Sidecar", "command"), ("Check", "command")}


def told(finding: SpecError, place: Place) -> bool:
    """Whether it is one line at the place or around it, without jargon, and says what would do."""
    text = str(finding)
    around = finding.path.split("/")[0] == place.steps[0] or "will not do" not in text
    alike = finding.message.startswith(("unknown key", "missing"))
    return around and "\n" not in text and not JARGON.search(text) and (alike or bool(WOULD_DO.search(text)))


def meant(annotation: Any, value: object) -> bool:
    """Whether a value is of a kind that the field has."""
    if get_origin(annotation) is not None:
        return any(meant(one, value) for one in get_args(annotation)) or _whole(get_origin(annotation), value)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return isinstance(value, dict) or value is None
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return value in [one.value for one in annotation] or (value is False and "off" in list(annotation))
    if annotation is type(None):
        return value is None
    if annotation is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(annotation, type) and type(value) is annotation


def _whole(origin: object, value: object) -> bool:
    return (origin is tuple and isinstance(value, list)) or (origin is dict and isinstance(value, dict))
