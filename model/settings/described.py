"""What each setting is, as its own class says: read from the sources, and only when somebody asks."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel

_UNIT = re.compile(r"\bin (seconds|minutes|days|percent|MiB|CPU units|bits of the mask)\b")


@cache
def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """The sentence below each field of a model, those of the classes that it derives from included."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind is not BaseModel:
            found |= _own(kind)
    return {name: found[name] for name in model.model_fields if name in found}


def _own(kind: type) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    found = {}
    for field, below in pairwise(body.body if isinstance(body, ast.ClassDef) else []):
        text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else None
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, str):
            found[field.target.id] = " ".join(text.split())
    return found


def unit(meaning: str) -> str:
    """The unit that a sentence names; empty where it names none."""
    found = _UNIT.search(meaning)
    return "" if found is None else found[1]


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that a field holds, be it in a list, in a mapping or as one of several types."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def every_model(root: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and all that it is made of, each once, from the outside in."""
    found: dict[type[BaseModel], None] = {root: None}
    for model in (queue := [root]):
        for field in model.model_fields.values():
            fresh = [inner for inner in models_in(field.annotation) if inner not in found]
            found |= dict.fromkeys(fresh)
            queue += fresh
    return list(found)


def default(field: Any) -> object:  # noqa: ANN401 - pydantic's FieldInfo, which is a class of its own for each field
    """What a field is when nobody writes it, as YAML holds it; None where it is nothing, or must be written."""
    value = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, tuple):
        return [
            item.model_dump(mode="json", exclude_unset=True) if isinstance(item, BaseModel) else item for item in value
        ]
    return value
