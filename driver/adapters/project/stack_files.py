"""The project folder: the two YAML files of an environment, read as Pulumi reads them."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from pydantic import ValidationError

from driver.adapters.project.yaml_file import read_yaml
from driver.core.environment import meant
from driver.errors import InvalidInput, NotFound
from model.errors import SpecError
from model.settings.effects import without_effect
from model.settings.environment import Settings
from model.settings.file_keys import PREFIX, REGION, of_project, of_stack
from model.settings.leaving_out import parse_for
from model.settings.network import Network
from model.settings.parse import NAMESPACE


def _unheard(_line: str) -> None:
    """For those who have nobody to tell."""


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


def load_settings(
    project: Path, env: str, needed: Collection[str] | None = None, tell: Callable[[str], None] = _unheard
) -> Settings:
    """The checked settings of an environment. Where apps are `needed`, others that are wrong are left out,
    and `tell` hears of it.

    Raises InvalidInput with every finding.
    """
    path, of_all = stack_file(project, env), project / "Pulumi.yaml"
    own, shared = read_yaml(path), read_yaml(of_all)
    stack, project_config = _config(path, own), _config(of_all, shared)
    _check_name(of_all, shared)
    found = [*of_project(of_all.name, shared), *of_stack(path.name, own)]
    if found:
        raise InvalidInput("\n".join(map(str, found)))
    values = {_short(key): _value(value) for key, value in project_config.items() if _ours(key)}
    values |= {_short(key): value for key, value in stack.items() if key.startswith(PREFIX)}
    region = stack.get(REGION)
    try:
        settings, left_out = parse_for(needed, env, region if isinstance(region, str) else None, values)
    except SpecError as error:
        raise InvalidInput(f"Pulumi.yaml and Pulumi.{env}.yaml:\n{error}") from None
    if left_out is not None:
        tell(f"note: left out of Pulumi.yaml and Pulumi.{env}.yaml, where this is wrong:\n{left_out}")
        return settings
    idle = without_effect(settings, {_short(key) for key in stack})
    if idle:
        raise InvalidInput("\n".join([f"Pulumi.{env}.yaml has what changes nothing:", *map(str, idle)]))
    return settings


def blocks(project: Path, env: str) -> list[str] | None:
    """The address blocks of an environment's VPC by its settings of the network alone, however wrong all others are;
    None where those will not do either.
    """
    try:
        own, shared = read_yaml(stack_file(project, env)), read_yaml(project / "Pulumi.yaml")
        stack, project_config = _config(stack_file(project, env), own), _config(project / "Pulumi.yaml", shared)
        given = stack.get(f"{PREFIX}network", _value(project_config.get("network")))
        return Network.model_validate(given).blocks
    except (InvalidInput, ValidationError):
        return None


def _config(path: Path, whole: Mapping[str, object]) -> dict[str, object]:
    config = whole.get("config") or {}
    if not isinstance(config, dict):
        found = type(config).__name__
        raise InvalidInput(f"{path.name}: config: a {found} will not do; it holds one `name: value` for each setting")
    return config


def _check_name(path: Path, whole: Mapping[str, object]) -> None:
    """The program looks its settings up under the project's name, and finds its resources by it."""
    name = whole.get("name")
    if name != NAMESPACE:
        raise InvalidInput(f"{path.name}: name: {name!r} will not do; it is {NAMESPACE}, as in {PREFIX}network")


def _ours(key: str) -> bool:
    return ":" not in key or key.startswith(PREFIX)


def _short(key: str) -> str:
    return key.removeprefix(PREFIX)


def _value(entry: object) -> object:
    """A project-level setting is `{value: …}`, or `{default: …}` for a typed one."""
    if isinstance(entry, Mapping):
        return entry.get("value", entry.get("default"))
    return entry
