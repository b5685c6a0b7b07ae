"""From what people wrote in the two YAML files to checked settings, or to errors that name the place."""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from spec.errors import SpecError
from spec.settings import Settings

NAMESPACE = "slipway"
DRIVEN = ("pins", "candidate", "releasing", "scope", "weighing")
"""The keys that the driver writes, run by run; no person does."""
TARGETED = "SLIPWAY_TARGETED"
"""The variable by which the driver tells the program of which app the engine has targets, while it has them."""

_NOT_WRITTEN = re.compile(r"\[key\]|constrained-\w+|\w+\[.*\]")
"""Steps of pydantic's own in the place of an error: which key or which kind of a union it is about."""
_WORDS = {"tuple": "list", "dictionary": "mapping", " after validation": ""}
_PLAIN = re.compile("|".join(_WORDS))
_FURTHER = re.compile(r"([a-z][\w.-]*(?:/[\w.-]+)+): ")

Data = Mapping[str, object]


class SettingsError(SpecError):
    """One or more settings that can't be used; its text has a line for each."""

    def __init__(self, findings: Sequence[SpecError]) -> None:
        first = findings[0]
        super().__init__(first.path, first.message, found=first.found, hint=first.hint)
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


def merge(base: object, over: object) -> object:
    """`over` laid over `base`: mappings key by key, everything else replaced whole."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {**base, **{key: merge(base.get(key), value) for key, value in over.items()}}
    return over


def parse(env: str, region: str | None, config: Data) -> Settings:
    """The settings of `env` from the values under `slipway:` in both files, keys without that prefix.

    Raises SettingsError with every finding.
    """
    given = {key: value for key, value in config.items() if key not in DRIVEN}
    overrides = given.pop("overrides", {})
    findings = _unknown_overrides(overrides, given.get("apps"))
    if region is None:
        findings.append(SpecError("aws:region", "missing; add the region of the environment, such as eu-west-1"))
    if given.get("apps") is None:
        findings.append(SpecError("apps", "missing; the catalogue belongs under config: apps: value: in Pulumi.yaml"))
    if findings:
        raise SettingsError(findings)
    apps = merge(given["apps"], overrides) if isinstance(given["apps"], Mapping) else given["apps"]
    merged = {**given, "apps": apps, "env": env, "region": region}
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError([_finding(detail, overrides) for detail in _told(error.errors())]) from None


def _unknown_overrides(overrides: object, apps: object) -> list[SpecError]:
    if not isinstance(overrides, Mapping):
        return [SpecError("overrides", "not a mapping of app names", found=_show(overrides))]
    known = list(apps) if isinstance(apps, Mapping) else []
    return [
        SpecError(f"overrides/{app}", f"no such app in the catalogue; it has {', '.join(known) or 'none'}")
        for app in overrides
        if app not in known
    ]


def _told(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Without the complaint that a list is too short once what is wrong with its items has been taken away."""
    inner = {detail["loc"][:-1] for detail in details}
    return [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner]


def _finding(detail: ErrorDetails, overrides: object) -> SpecError:
    location = [str(part) for part in detail["loc"] if not _NOT_WRITTEN.fullmatch(str(part))]
    sentence = _sentence(detail, location)
    # What is held against something else is found further up, and its sentence begins with the place.
    if detail["type"] == "value_error" and (further := _FURTHER.match(sentence)):
        location, sentence = [*location, *further[1].split("/")], sentence[further.end() :]
    return SpecError(_place(location, overrides), sentence, found=_show(detail["input"]))


def _place(location: list[str], overrides: object) -> str:
    """The path as the person wrote it: a value that came from the overrides is named there."""
    if location[:1] == ["apps"] and len(location) > 2 and _holds(overrides, location[1:]):
        return "/".join(["overrides", *location[1:]])
    return "/".join(location) or "settings"


def _holds(data: object, path: list[str]) -> bool:
    for part in path:
        if not isinstance(data, Mapping) or part not in data:
            return False
        data = data[part]
    return True


def _sentence(detail: ErrorDetails, location: list[str]) -> str:
    kind, found = detail["type"], _show(detail["input"])
    if kind == "extra_forbidden":
        return f"unknown key{_suggestion(location)}"
    if kind == "missing":
        return "missing; it has no default"
    if kind == "value_error":
        return str(detail["msg"]).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return f"{found} does not fit the pattern {detail['ctx']['pattern']}"
    message = _PLAIN.sub(lambda found: _WORDS[found[0]], re.sub(r" or instance of \w+", "", detail["msg"]))
    return f"{found} will not do: {message[:1].lower()}{message[1:]}"


def _suggestion(location: list[str]) -> str:
    known = _fields_at(location[:-1])
    near = difflib.get_close_matches(location[-1], known, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(known)}" if known else ""


def _fields_at(path: list[str]) -> list[str]:
    """The keys that the model at `path` knows; a step into a mapping of models is any name."""
    model: type[BaseModel] | None = Settings
    for part in path:
        field = model.model_fields.get(part) if model else None
        if field is not None:
            model = _inner_model(field.annotation)
    return sorted(set(model.model_fields) - {"env", "region"}) if model else []


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None


def _show(value: object) -> str:
    """What was found, short enough for a sentence."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = re.sub(r"\s+", " ", str(value) if isinstance(value, date) else repr(value))
    return text if len(text) <= 40 else f"{text[:37]}..."
