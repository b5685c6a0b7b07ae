"""The project folder: the two YAML files of an environment, read as Pulumi reads them."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from driver.errors import InvalidInput, NotFound
from spec.errors import SpecError
from spec.parsing import NAMESPACE, parse
from spec.settings import Settings

PREFIX = f"{NAMESPACE}:"


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
        raise NotFound(f"unknown environment {env}; this project has {known}", hint=f"A new one is a file {path.name}.")
    return path


def read_yaml(path: Path) -> dict[str, object]:
    """A YAML file that holds a mapping. Raises InvalidInput that names the line."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InvalidInput(f"{path.name} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise InvalidInput(f"{path.name} holds no mapping; it begins with `config:`")
    return data


def load_settings(project: Path, env: str) -> Settings:
    """The checked settings of an environment. Raises InvalidInput with every finding."""
    stack = _config(stack_file(project, env))
    project_config = _config(project / "Pulumi.yaml")
    values = {_short(key): _value(value) for key, value in project_config.items() if _ours(key)}
    values |= {_short(key): value for key, value in stack.items() if key.startswith(PREFIX)}
    region = stack.get("aws:region")
    try:
        return parse(env, region if isinstance(region, str) else None, values)
    except SpecError as error:
        raise InvalidInput(f"Pulumi.yaml and Pulumi.{env}.yaml:\n{error}") from None


def _config(path: Path) -> dict[str, object]:
    config = read_yaml(path).get("config") or {}
    if not isinstance(config, dict):
        raise InvalidInput(f"{path.name}: config is no mapping of settings")
    return config


def _ours(key: str) -> bool:
    return ":" not in key or key.startswith(PREFIX)


def _short(key: str) -> str:
    return key.removeprefix(PREFIX)


def _value(entry: object) -> object:
    """A project-level setting is `{value: …}`, or `{default: …}` for a typed one."""
    if isinstance(entry, Mapping):
        return entry.get("value", entry.get("default"))
    return entry
