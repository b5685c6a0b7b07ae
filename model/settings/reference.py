"""docs/settings.md: every setting with its type, default, unit and meaning, made from the models."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from model.settings.app import App
from model.settings.described import default, meanings, models_in, unit
from model.settings.environment import Settings
from model.settings.overriding import ONLY_HERE
from model.settings.parse import NAMESPACE
from model.settings.text import Form, OrText

FILE = "docs/settings.md"
OURS = f"{NAMESPACE}:"
COMMAND = "slipway settings reference --output docs/settings.md"
_ANY = {
    "apps": "APP",
    "processes": "PROCESS",
    "sidecars": "SIDECAR",
    "schedules": "NAME",
    "cutover": "HOST",
    "rules": "KIND",
}
"""What stands for a name of one's own, by the mapping that it is a key of."""
_BEGIN = f"""# Settings

All settings, made from the code by `{COMMAND}`. Editors complete and
check them by the JSON Schemas that `slipway settings schema --catalogue` and `--environment` print; the first line of
each file names its own.

A default is what a setting is when nobody writes it; "must be written" where it has none. Lists hold nothing twice.
YAML takes `on`, `off`, `yes` and `no` for booleans and digits for numbers: where text is wanted, write those in quotes.

## The catalogue

In `Pulumi.yaml`, under `config: apps: value:`, the same for all environments. `slipway:overrides` in a stack file has
the same shape and is laid over it: see [processes.md](processes.md#what-one-environment-has-otherwise). There a process
may say `{ONLY_HERE}: true`, when this environment alone has it.
"""
_ENVIRONMENT = """
## An environment

In `Pulumi.<env>.yaml`, under `config:`. What all environments share may be in `Pulumi.yaml` instead, as
`network: {value: {cidr: …}}`; a stack file's own replaces it whole. The region is `aws:region`.
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting."""

    key: str
    kind: str
    default: str
    unit: str
    meaning: str

    @property
    def line(self) -> str:
        """As a row of a table."""
        cells = (f"`{self.key}`", self.kind, self.default, self.unit, self.meaning)
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def page() -> str:
    """The whole page."""
    catalogue = _tables(App, "apps/APP")
    fields = [name for name in Settings.model_fields if name not in {"env", "region", "apps"}]
    plain = [_row(Settings, name, OURS) for name in fields if not _deeper(Settings, name)]
    rest = [part for name in fields if _deeper(Settings, name) for part in _section(Settings, name, OURS)]
    return "\n".join([_BEGIN, *catalogue, _ENVIRONMENT, *_table(plain), *rest])


def _tables(model: type[BaseModel], path: str) -> list[str]:
    """A heading and a table for a model, then the same for each model within it."""
    rows = _table([_row(model, name) for name in model.model_fields])
    deeper = [part for name in model.model_fields for part in _section(model, name, f"{path}/")]
    return [f"### `{path}`\n", f"{_first(model)}\n", *rows, *deeper]


def _section(model: type[BaseModel], name: str, path: str) -> list[str]:
    place = f"{path}{name}{_step(model, name)}"
    return [part for inner in models_in(model.model_fields[name].annotation) for part in _tables(inner, place)]


def _step(model: type[BaseModel], name: str) -> str:
    """What stands in a path between a field and the fields of the models that it holds."""
    annotation = model.model_fields[name].annotation
    kinds = {get_origin(part) for part in (annotation, *get_args(annotation))}
    if dict in kinds:
        return f"/{_ANY.get(name, 'NAME')}"
    return "/N" if tuple in kinds else ""


def _deeper(model: type[BaseModel], name: str) -> bool:
    return any(True for _ in models_in(model.model_fields[name].annotation))


def _first(model: type[BaseModel]) -> str:
    """The first paragraph of what a class says of itself."""
    return " ".join((model.__doc__ or "").strip().split("\n\n")[0].split())


def _table(rows: list[Row]) -> list[str]:
    return [
        "| setting | type | default | unit | what it is |",
        "|---|---|---|---|---|",
        *(row.line for row in rows),
        "",
    ]


def _row(model: type[BaseModel], name: str, before: str = "") -> Row:
    field, meaning = model.model_fields[name], meanings(model).get(name, "")
    value = default(field)
    written = (
        "must be written" if field.is_required() else "none" if value in ({}, [], None, "") else f"`{_yaml(value)}`"
    )
    kind = _kind(field.annotation, _limits(field.metadata))
    return Row(key=f"{before}{name}", kind=kind, default=written, unit=unit(meaning), meaning=meaning)


def _yaml(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_yaml(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    text = str(value)
    return f'"{text}"' if isinstance(value, str) and not isinstance(value, Enum) and _needs_quotes(text) else text


def _needs_quotes(text: str) -> bool:
    return text.isdigit() or text[:1] in "*&!%@`'\"{[" or text in {"on", "off", "yes", "no", "true", "false"}


def _kind(annotation: Any, limits: str = "") -> str:  # noqa: ANN401 - any type
    """A type in plain words."""
    if get_origin(annotation) is not None:
        return _of_many(annotation, limits)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{_yaml(str(one.value))}`" for one in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping"
    return {int: f"whole number{limits}", float: f"number{limits}", bool: "true or false", str: "text"}[annotation]


def _of_many(annotation: Any, limits: str) -> str:  # noqa: ANN401 - any type
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{_yaml(one)}`" for one in inner)
    if origin is dict:
        return f"mapping of names to {_many(_kind(inner[1]))}"
    if origin is tuple:
        return f"list of {_many(_kind(inner[0]))}{limits}"
    if hasattr(annotation, "__metadata__"):
        kind = _kind(inner[0], _limits(annotation.__metadata__) or limits)
        return f"text or {kind}" if any(isinstance(one, OrText) for one in _flat(annotation.__metadata__)) else kind
    return " or ".join(dict.fromkeys(_kind(one, limits) for one in inner if one is not NoneType))


def _many(kind: str) -> str:
    return {"text": "texts", "mapping": "mappings", "whole number": "whole numbers"}.get(kind, kind)


def _limits(metadata: Any) -> str:  # noqa: ANN401 - whatever is annotated
    """The ends of a range, as ` 1 to 9`."""
    found = dict(_ends(metadata))
    if "ge" in found and "le" in found:
        return f" {found['ge']:g} to {found['le']}"
    if "min_length" in found and "max_length" in found:
        return f", {found['min_length']} to {found['max_length']} of them"
    return f", {found['ge']:g} or more" if "ge" in found else ""


def _ends(metadata: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - whatever is annotated
    for one in _flat(metadata):
        for name in ("ge", "le", "min_length", "max_length"):
            value = None if isinstance(one, Form) else getattr(one, name, None)
            if value is not None:
                yield name, value


def _flat(metadata: Any) -> Iterator[object]:  # noqa: ANN401 - whatever is annotated
    for one in metadata:
        yield one
        yield from _flat(getattr(one, "metadata", ()))
