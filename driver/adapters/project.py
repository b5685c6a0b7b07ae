"""The project folder: the two YAML files of an environment, read as Pulumi reads them."""

import difflib
from collections.abc import Mapping
from pathlib import Path

from driver.adapters.yaml_file import read_yaml
from driver.core.catalogue import meant
from driver.errors import InvalidInput, NotFound
from spec.errors import SpecError
from spec.parsing import NAMESPACE, parse
from spec.settings import Settings

PREFIX = f"{NAMESPACE}:"
REGION = "aws:region"
PROVIDERS = {"aws", "awsx", "pulumi"}
ALIKE = 0.8
"""Names at least as much alike, of 1, are one name mistyped."""


def environments(project: Path) -> list[str]:
    """The environments that have a stack file."""
    return sorted(path.name.split(".")[1] for path in project.glob("Pulumi.*.yaml"))


def stack_file(project: Path, env: str) -> Path:
    """The stack file of an environment. Raises InvalidInput without a project, NotFound without the file."""
    if not (project / "Pulumi.yaml").is_file():
        raise InvalidInput(f"{project} has no Pulumi.yaml", hint="Go to the project's folder or name it: --project DIR")
    path = project / f"Pulumi.{env}.yaml"
    if env not in environments(project):
        known = ", ".join(environments(project)) or "none"
        other = path.with_suffix(".yml")
        hint = f"{other.name} is not read: rename it to" if other.is_file() else "A new one is a file"
        near = meant(env, environments(project))
        raise NotFound(f"unknown environment {env}; this project has {known}", hint=near or f"{hint} {path.name}.")
    return path


def load_settings(project: Path, env: str) -> Settings:
    """The checked settings of an environment. Raises InvalidInput with every finding."""
    stack = _config(stack_file(project, env))
    project_config = _config(project / "Pulumi.yaml")
    _check_name(project / "Pulumi.yaml")
    _check_keys(f"Pulumi.{env}.yaml", stack)
    values = {_short(key): _value(value) for key, value in project_config.items() if _ours(key)}
    values |= {_short(key): value for key, value in stack.items() if key.startswith(PREFIX)}
    region = stack.get(REGION)
    try:
        return parse(env, region if isinstance(region, str) else None, values)
    except SpecError as error:
        raise InvalidInput(f"Pulumi.yaml and Pulumi.{env}.yaml:\n{error}") from None


def _config(path: Path) -> dict[str, object]:
    config = read_yaml(path).get("config") or {}
    if not isinstance(config, dict):
        found = type(config).__name__
        raise InvalidInput(f"{path.name}: config: a {found} will not do; it holds one `name: value` for each setting")
    return config


def _check_name(path: Path) -> None:
    """The program looks its settings up under the project's name, and finds its resources by it."""
    name = read_yaml(path).get("name")
    if name != NAMESPACE:
        raise InvalidInput(f"{path.name}: name: {name!r} will not do; it is {NAMESPACE}, as in {PREFIX}network")


def _check_keys(file: str, stack: Mapping[str, object]) -> None:
    """What looks like a setting of ours or the region, and would be passed over."""
    ours = [f"{PREFIX}{field}" for field in Settings.model_fields]
    for key in map(str, stack):
        space, _, name = key.rpartition(":")
        meant = difflib.get_close_matches(key, [REGION] if space in PROVIDERS else [REGION, *ours], 1, ALIKE)
        if not space:
            raise InvalidInput(f"{file}: {key}: a setting's name has a prefix here; write {PREFIX}{name}")
        if space != NAMESPACE and key != REGION and meant:
            raise InvalidInput(f"{file}: {key}: unknown; did you mean {meant[0]}?")
    if not isinstance(stack.get(REGION, ""), str):
        raise InvalidInput(f"{file}: {REGION}: {stack[REGION]!r} will not do; write a region such as eu-west-1")


def _ours(key: str) -> bool:
    return ":" not in key or key.startswith(PREFIX)


def _short(key: str) -> str:
    return key.removeprefix(PREFIX)


def _value(entry: object) -> object:
    """A project-level setting is `{value: …}`, or `{default: …}` for a typed one."""
    if isinstance(entry, Mapping):
        return entry.get("value", entry.get("default"))
    return entry
