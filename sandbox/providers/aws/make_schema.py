"""Writes `schema.json` from the installed pulumi_aws: `python -m sandbox.providers.aws.make_schema`.

Run it when a row is added or the version of pulumi_aws changes. The plugin itself never imports pulumi_aws.
"""

import collections.abc
import importlib
import inspect
import json
import keyword
import re
import sys
import types
import typing
from pathlib import Path

import pulumi
from pulumi import _types

from sandbox.providers.aws.functions import FUNCTIONS
from sandbox.providers.aws.resources import ROWS
from sandbox.providers.aws.schema import Kind
from sandbox.providers.values import Properties

_SIMPLE: dict[object, str] = {str: "string", int: "number", float: "number", bool: "bool"}
# The generated classes name enumerations and policy documents beside the plain type; the plain type is what travels.
_MAPPINGS = (dict, collections.abc.Mapping)
_LISTS = (list, collections.abc.Sequence)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _kind(annotation: object) -> Kind:
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _kind_of_union(parts)
    if origin in _LISTS:
        return {"list": _kind(parts[0])}
    if origin in _MAPPINGS:
        return {"map": _kind(parts[1])}
    if isinstance(annotation, type) and _types.is_input_type(annotation):
        return _object(annotation)
    return "any"


def _kind_of_union(parts: tuple[object, ...]) -> Kind:
    plain = [part for part in parts if part is not type(None) and typing.get_origin(part) is not pulumi.Output]
    kinds = [_kind(part) for part in plain]
    # A policy document may be written as text or as an object; as text it is what travels.
    if "string" in kinds:
        return "string"
    objects = [kind for kind in kinds if isinstance(kind, dict) and "object" in kind]
    if objects:
        return objects[0]
    return next((kind for kind in kinds if kind != "any"), "any")


def _object(cls: type) -> dict[str, typing.Any]:
    hints = _types.input_type_types(cls)
    names = _types.input_type_py_to_pulumi_names(cls)
    kinds = {name: _kind(hints.get(name)) for name in names.values()}
    needed = [names[p.name] for p in _parameters(cls) if p.default is p.empty and p.name in names]
    return {"object": dict(sorted(kinds.items())), "required": sorted(needed)}


def _parameters(cls: type) -> list[inspect.Parameter]:
    return list(inspect.signature(cls).parameters.values())


def _resource(token: str) -> Properties:
    module, name = token.split(":")[1].split("/", maxsplit=1)[0], token.rsplit(":", 1)[1]
    # A module that would be a word of Python's own has a line behind it.
    home = f"{module}_" if keyword.iskeyword(module) else module
    found = importlib.import_module(f"pulumi_aws.{home}.{_snake(name)}")
    # Where a nested object has the name already, the generator calls the resource's arguments `InitArgs`.
    described = _object(getattr(found, f"{name}InitArgs", None) or getattr(found, f"{name}Args"))
    outputs = _types.resource_types(getattr(found, name))
    return {"inputs": described["object"], "required": described["required"], "outputs": sorted(outputs)}


def _function(token: str) -> Properties:
    module, name = token.split(":")[1].split("/", maxsplit=1)[0], _snake(token.rsplit(":", 1)[1])
    home = "pulumi_aws" if module == "index" else f"pulumi_aws.{module}"
    signature = inspect.signature(getattr(importlib.import_module(home), name))
    names = [n for n in signature.parameters if n != "opts"]
    head = {n: re.sub(r"_(\w)", lambda match: match[1].upper(), n) for n in names}
    return {"inputs": {head[n]: "any" for n in names}, "required": [], "outputs": []}


def main() -> None:
    """Writes the file beside this one, or where the first argument says."""
    document = {token: _resource(token) for token in ROWS} | {token: _function(token) for token in FUNCTIONS}
    text = json.dumps(dict(sorted(document.items())), separators=(",", ":"), sort_keys=True)
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("schema.json")
    where.write_text(text.replace('"aws:', '\n"aws:') + "\n")


if __name__ == "__main__":
    main()
