"""JSON Schemas of the two settings files, made from the models, so that editors complete and check what is typed."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from model.base import lists
from model.settings.described import every_model, meanings
from model.settings.environment import Settings
from model.settings.overriding import ONLY_HERE
from model.settings.parse import NAMESPACE

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CATALOGUE, ENVIRONMENT = "docs/catalogue.schema.json", "docs/environment.schema.json"
"""Where the two are kept, for the line at the top of each settings file that names its schema."""
OF_OTHERS: Json = {"^(?!slipway:)[^:]+:.": {}}
"""Keys of other Pulumi packages, which are theirs."""
PULUMIS_OWN = ("encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""What Pulumi itself keeps in a stack file.

https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
"""
_REF = "#/$defs/"
_PART = "Overridden"


def catalogue() -> Json:
    """The schema of Pulumi.yaml: the catalogue, and settings that all environments share."""
    fields, defs = _parts()
    apps = {"description": meanings(Settings)["apps"], **_app_names(fields["apps"])}
    config: Json = {"apps": _value_of(apps)}
    shared = {f"^({NAMESPACE}:)?{name}$": {"anyOf": _written(fields[name])} for name in _shared(fields)}
    return _pruned(
        {
            "$schema": DIALECT,
            "title": "Slipway's catalogue, Pulumi.yaml",
            "type": "object",
            "required": ["name", "runtime", "config"],
            "properties": {"name": {"const": NAMESPACE}, "config": _config(config, ["apps"], shared)},
            "$defs": defs,
        }
    )


def environment() -> Json:
    """The schema of Pulumi.<env>.yaml: the settings of one environment, and its overrides of the catalogue."""
    fields, defs = _parts()
    config: Json = {"aws:region": fields["region"]}
    config |= {f"{NAMESPACE}:{name}": fields[name] for name in _shared(fields)}
    config[f"{NAMESPACE}:overrides"] = {
        "description": "What this environment has otherwise than the catalogue, by app: null drops a key.",
        "type": ["object", "null"],
        "additionalProperties": {"anyOf": [{"$ref": f"{_REF}{_PART}App"}, {"type": "null"}]},
    }
    return _pruned(
        {
            "$schema": DIALECT,
            "title": "Slipway's settings of one environment, Pulumi.<env>.yaml",
            "type": "object",
            "required": ["config"],
            "properties": {"config": _config(config, ["aws:region"]), **{key: {} for key in PULUMIS_OWN}},
            "additionalProperties": False,
            "$defs": defs | {f"{_PART}{name}": _in_part(name, body) for name, body in defs.items()},
        }
    )


def _parts() -> tuple[Json, Json]:
    """The schema of each field of the settings, and of all that they refer to, with what each key means."""
    whole = _untitled(Settings.model_json_schema())
    defs, models = whole["$defs"], {_key(model): model for model in every_model(Settings)}
    for name, body in defs.items():
        if name in models:
            _describe(body, models[name])
    _describe(whole, Settings)
    names = _short_names(whole)
    return _renamed(whole["properties"], names), {names[name]: _renamed(body, names) for name, body in defs.items()}


def _key(model: type[BaseModel]) -> str:
    """What pydantic calls a model in a schema: by its module too where two have one name."""
    alike = [one for one in every_model(Settings) if one.__name__ == model.__name__]
    return model.__name__ if len(alike) == 1 else f"{model.__module__}.{model.__qualname__}".replace(".", "__")


def _describe(body: Json, model: type[BaseModel]) -> None:
    for field, meaning in meanings(model).items():
        if field in body.get("properties", {}):
            body["properties"][field] = {**body["properties"][field], "description": _plain(meaning)}
    for field in lists(model):
        _hold_nothing_twice(body["properties"][field])


def _hold_nothing_twice(field: Json) -> None:
    for one in (field, *field.get("anyOf", ())):
        if one.get("type") == "array":
            one["uniqueItems"] = True


def _short_names(schema: Json) -> dict[str, str]:
    """The name of each definition without its module; those with the same name are counted as they are met."""
    found: dict[str, str] = {}
    for name in (*_references({**schema, "$defs": {}}), *_references(schema), *schema["$defs"]):
        bare = name.rpartition("__")[2]
        alike = sum(one.rpartition("__")[2] == bare for one in found)
        found.setdefault(name, f"{bare}{alike + 1}" if alike else bare)
    return found


def _renamed(schema: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 - any part of a JSON document
    if isinstance(schema, list):
        return [_renamed(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"{_REF}{names[value.removeprefix(_REF)]}" if key == "$ref" else _renamed(value, names)
        for key, value in schema.items()
    }


def _plain(meaning: str) -> str:
    """Without links, which an editor doesn't follow."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"docs/\1", meaning)


def _untitled(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Without pydantic's titles, which are the keys once more; names that fit no pattern are closed out."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _untitled(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    return made | ({"additionalProperties": False} if "patternProperties" in made else {})


def _shared(fields: Json) -> list[str]:
    return [name for name in fields if name not in {"env", "region", "apps"}]


def _app_names(apps: Json) -> Json:
    return {key: value for key, value in apps.items() if key != "description"}


def _value_of(schema: Json) -> Json:
    """A setting in Pulumi.yaml is `{value: …}`.

    https://www.pulumi.com/docs/iac/concepts/config/#project-level-configuration
    """
    return {"type": "object", "required": ["value"], "properties": {"value": schema}, "additionalProperties": False}


def _written(schema: Json) -> list[Json]:
    """How a setting is written in Pulumi.yaml: what is no mapping may stand alone."""
    return [_value_of(schema), schema] if "type" in schema else [_value_of(schema)]


def _config(properties: Json, required: list[str], further: Json | None = None) -> Json:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "patternProperties": OF_OTHERS | (further or {}),
        "additionalProperties": False,
    }


def _in_part(name: str, body: Json) -> Json:
    """The schema of what is laid over something: nothing is required, and null drops a key."""
    if "properties" not in body:
        return body
    part = {key: value for key, value in body.items() if key != "required"}
    part["properties"] = {
        key: {"description": value.get("description", ""), "anyOf": [_over(value), {"type": "null"}]}
        for key, value in body["properties"].items()
    }
    if name == "Process":
        part["properties"][ONLY_HERE] = {
            "const": True,
            "description": "Says that this environment alone has the process: without it a new name is a mistake.",
        }
    return part


def _over(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    if isinstance(schema, list):
        return [_over(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in {"default", "description", "minProperties"}}
    return {key: _part_of(value) if key == "$ref" else _over(value) for key, value in kept.items()}


def _part_of(reference: str) -> str:
    return f"{_REF}{_PART}{reference.removeprefix(_REF)}"


def _pruned(schema: Json) -> Json:
    """Without definitions that nothing refers to."""
    defs, needed = schema["$defs"], set[str]()
    fresh = set(_references({key: value for key, value in schema.items() if key != "$defs"}))
    while fresh:
        needed |= fresh
        fresh = {name for one in fresh for name in _references(defs[one])} - needed
    return {**schema, "$defs": {name: body for name, body in sorted(defs.items()) if name in needed}}


def _references(schema: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a JSON document
    if isinstance(schema, dict):
        if isinstance(found := schema.get("$ref"), str):
            yield found.removeprefix(_REF)
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
