"""What pydantic found wrong in the settings, in the words of those who wrote the files: one sentence a mistake."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from model.base import Truth
from model.settings.text import show

Path = tuple[str, ...]

_FURTHER = re.compile(r"([\w.-]+(?:/[\w.-]+)*): ")
_TRUTHS = {"true": "on, yes and true", "false": "off, no and false"}
_SHAPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
"""What is wanted where something of another kind was found."""


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One mistake: where it was written, what is wrong and what would do, and what was found there."""

    path: Path
    sentence: str
    found: object


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One of pydantic's errors. `fork` is the length of the path at which it tried more than one type, `branch` the
    type that it tried."""

    path: Path
    detail: ErrorDetails
    fork: int | None
    branch: str

    @property
    def fits(self) -> tuple[int, bool]:
        """How well the type that was tried fits: the deeper its first mistake, the better."""
        kind = self.detail["type"]
        return len(self.path), kind not in {*_SHAPES, "literal_error", "enum"} and not kind.endswith("_parsing")


def complaints(details: Sequence[ErrorDetails], data: object, model: type[BaseModel]) -> list[Complaint]:
    """What is wrong with `data`, which is no `model`, by what pydantic says of it."""
    rows = [_row(detail, data, model) for detail in details]
    plain = [row for row in rows if row.fork is None]
    forked = sorted((row for row in rows if row.fork is not None), key=_place)
    found = [_complaint(row, model) for row in plain if not _follows(row, rows)]
    for _, tried in groupby(forked, key=_place):
        found += _best(list(tried), model)
    return sorted(found, key=lambda one: one.path)


def _row(detail: ErrorDetails, data: object, model: type[BaseModel]) -> _Row:
    """The place of an error as it is written.

    Steps that are not in the data are pydantic's own, such as the type of a union that it tried; or a field that a
    shorthand stands for, as `schedule: rate(1 hour)` does for its `at`.
    """
    path: list[str] = []
    own: list[tuple[int, str]] = []
    here, steps = data, detail["loc"]
    for number, step in enumerate(steps):
        missing = detail["type"] == "missing" and number == len(steps) - 1
        if missing or _has(here, step):
            path.append(str(step))
            here = None if missing else _inner(here, step)
        elif step != "[key]" and step not in keys_at(model, tuple(path)):
            own.append((len(path), str(step)))
    fork, branch = own[0] if own else (None, "")
    return _Row(path=tuple(path), detail=detail, fork=fork, branch=branch)


def _has(data: object, step: int | str) -> bool:
    if isinstance(data, Mapping):
        return step in data or str(step) in map(str, data)
    return isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)


def _inner(data: Any, step: int | str) -> object:  # noqa: ANN401 - whatever somebody wrote
    if isinstance(data, Mapping) and step not in data:
        return next(value for key, value in data.items() if str(key) == str(step))
    return data[step]


def _place(row: _Row) -> Path:
    return row.path[: row.fork]


def _follows(row: _Row, rows: Sequence[_Row]) -> bool:
    """Whether it says that a list is too short, once what is wrong with its items has been taken away."""
    return row.detail["type"] == "too_short" and any(other.path[:-1] == row.path for other in rows if other is not row)


def _best(tried: list[_Row], model: type[BaseModel]) -> list[Complaint]:
    """What is said where more than one type would do: of the type that fits best, or of all if none does."""
    best = max(row.fits for row in tried)
    if best == (len(_place(tried[0])), False):
        wanted = " or ".join(dict.fromkeys(_wanted(row.detail) for row in tried))
        one = tried[0]
        return [_said(one.path, f"{_found(one)} will not do; write {wanted}", one, model)]
    branch = next(row.branch for row in tried if row.fits == best)
    return [_complaint(row, model) for row in tried if row.branch == branch]


def _complaint(row: _Row, model: type[BaseModel]) -> Complaint:
    return _said(row.path, _sentence(row, model), row, model)


def _said(path: Path, sentence: str, row: _Row, model: type[BaseModel]) -> Complaint:
    # What is held against something else is found further up, and its sentence begins with the place.
    further = _FURTHER.match(sentence) if row.detail["type"] == "value_error" else None
    if further is not None and ("/" in further[1] or further[1] in keys_at(model, path)):
        path, sentence = (*path, *further[1].split("/")), sentence[further.end() :]
    return Complaint(path=path, sentence=sentence, found=row.detail["input"])


def _found(row: _Row) -> str:
    value = row.detail["input"]
    return str(value) if isinstance(value, Truth) else show(value)


def _sentence(row: _Row, model: type[BaseModel]) -> str:
    detail, kind = row.detail, row.detail["type"]
    if kind in {"extra_forbidden", "invalid_key"}:
        return f"unknown key{suggestion(row.path[-1], keys_at(model, row.path[:-1]))}"
    if kind == "missing":
        return "missing; it has no default"
    if kind == "value_error":
        return str(detail["msg"]).removeprefix("Value error, ")
    if detail["input"] is None:
        return _nothing(row, model)
    if kind in _LIMITS:
        return _LIMITS[kind](_found(row), detail.get("ctx", {}))
    return f"{_found(row)} {_mistaken(row, model)}"


def _nothing(row: _Row, model: type[BaseModel]) -> str:
    """What is said where a key stands and nothing with it."""
    here, above = model_at(model, row.path), model_at(model, row.path[:-1])
    field = above.model_fields.get(row.path[-1]) if above is not None else None
    out = "" if field is None or field.is_required() else ", or take the key out"
    if here is not None and row.detail["type"].startswith("model"):
        needed = [name for name, one in here.model_fields.items() if one.is_required()]
        wanted = f"a mapping with {' and '.join(needed)}" if needed else "{} where the defaults will do"
        return f"nothing will not do; write {wanted}{out}"
    return f"nothing will not do; write {_wanted(row.detail)}{out}"


def _mistaken(row: _Row, model: type[BaseModel]) -> str:
    """What is said of a value of another kind than is wanted, without the value."""
    value, wanted = row.detail["input"], _wanted(row.detail)
    word = str(value).lower()
    if isinstance(value, bool) and wanted != _SHAPES["bool_type"]:
        return f"is a boolean in YAML, as {_TRUTHS[word]} are, and will not do; write {_in_quotes(wanted)}"
    if isinstance(value, int | float | date) and wanted == _SHAPES["string_type"]:
        what = "a date" if isinstance(value, date) else "a number"
        return f'is {what} in YAML, and will not do; write it in quotes: "{value}"'
    return f"will not do; write {wanted}{_keys(row, model)}"


def _in_quotes(wanted: str) -> str:
    return f"{wanted} in quotes" if wanted.startswith(("text", "'")) else wanted


def _keys(row: _Row, model: type[BaseModel]) -> str:
    known = keys_at(model, row.path) if row.detail["type"].startswith("model") else []
    return f" of {', '.join(known)}" if known else ""


def _wanted(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        return str(context["expected"]).replace("False", "false").replace("True", "true")
    if kind == "int_from_float":
        return _SHAPES["int_type"]
    return _SHAPES.get(kind.replace("_parsing", "_type").removesuffix("_size"), "something else")


_LIMITS: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda found, limit: f"{found} will not do; use {limit['ge']:g} or more",
    "less_than_equal": lambda found, limit: f"{found} will not do; use {limit['le']} or less",
    "finite_number": lambda found, _: f"{found} will not do; use a number that has an end",
    "string_too_short": lambda found, _: f"{found} will not do; it can't be empty",
    "string_too_long": lambda found, limit: f"{found} will not do; use {limit['max_length']} characters at most",
    "too_short": lambda found, limit: f"{found} is too short; it needs at least {limit['min_length']}",
    "too_long": lambda found, limit: f"{found} has {limit['actual_length']}; give {limit['max_length']} at most",
}
"""What is said where a value is of the right kind and beyond a limit."""


def suggestion(name: str, known: Sequence[str]) -> str:
    """The rest of a sentence on a name that nobody knows: the one that was meant, or all that there are."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(known)}" if known else ""


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model at `path` knows; a step into a mapping or a list of models is any name."""
    found = model_at(model, path)
    return sorted(found.model_fields) if found else []


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that is at `path` in a `model`; None where there is none."""
    here: type[BaseModel] | None = model
    for part in path:
        field = here.model_fields.get(part) if here else None
        if field is not None:
            here = _model_in(field.annotation)
    return here


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
