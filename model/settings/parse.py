"""From what people wrote in the two YAML files to checked settings, or to errors that name the place."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from model.errors import SpecError
from model.settings.complaints import Path, complaints, keys_at, suggestion
from model.settings.environment import Settings
from model.settings.overriding import Data, laid, merge, problems
from model.settings.text import show

__all__ = ["DRIVEN", "NAMESPACE", "TARGETED", "Data", "SettingsError", "merge", "parse"]

NAMESPACE = "slipway"
DRIVEN = ("pins", "candidate", "releasing", "scope", "weighing")
"""The keys that the driver writes, run by run; no person does."""
TARGETED = "SLIPWAY_TARGETED"
"""The variable by which the driver tells the program of which app the engine has targets, while it has them."""

_ELSEWHERE = {
    "env": "is no setting: the name of the stack file says which environment it is; take slipway:env out",
    "region": "is no setting: the region is the one of aws:region; take slipway:region out",
}
"""Fields of the settings that no one can write under `slipway:`."""


class SettingsError(SpecError):
    """One or more settings that can't be used; its text has a line for each."""

    def __init__(self, findings: Sequence[SpecError]) -> None:
        first = findings[0]
        super().__init__(first.path, first.message, found=first.found, hint=first.hint)
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


def parse(env: str, region: str | None, config: Data) -> Settings:
    """The settings of `env` from the values under `slipway:` in both files, keys without that prefix.

    Raises SettingsError with every finding.
    """
    given = {key: value for key, value in config.items() if key not in DRIVEN}
    overrides = given.pop("overrides", None)
    findings = [
        SpecError(key, f"{show(given[key])} {cure}", found=show(given[key]))
        for key, cure in _ELSEWHERE.items()
        if key in given
    ]
    findings += [] if given.get("apps") is None else problems(given["apps"], overrides)
    if region is None:
        findings.append(SpecError("aws:region", "missing; add the region of the environment, such as eu-west-1"))
    if given.get("apps") is None:
        findings.append(SpecError("apps", "missing; the catalogue belongs under config: apps: value: in Pulumi.yaml"))
    if findings:
        raise SettingsError(findings)
    merged = {**given, "apps": laid(given["apps"], overrides), "env": env, "region": region}
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        found = complaints(error.errors(), merged, Settings)
    raise SettingsError(
        [
            SpecError(_place(one.path, overrides), _with_overrides(one.sentence, one.path), found=show(one.found))
            for one in found
        ]
    )


def _place(path: Path, overrides: object) -> str:
    """The path as the person wrote it: a value that came from the overrides is named there."""
    if path[:1] == ("apps",) and len(path) > 2 and _holds(overrides, path[1:]):
        return "/".join(["overrides", *path[1:]])
    return (
        "/".join({"region": "aws:region"}.get(part, part) if path[:1] == (part,) else part for part in path)
        or "settings"
    )


def _holds(data: object, path: Sequence[str]) -> bool:
    for part in path:
        if not isinstance(data, Mapping) or part not in data:
            return False
        data = data[part]
    return True


def _with_overrides(sentence: str, path: Path) -> str:
    """What is unknown beside the settings may be `overrides`, which is none of them."""
    if len(path) != 1 or not sentence.startswith("unknown key"):
        return sentence
    known = sorted({*keys_at(Settings, ()), "overrides"} - set(_ELSEWHERE))
    return f"unknown key{suggestion(path[0], known)}"
