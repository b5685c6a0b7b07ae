"""An app's variables as values: where they are, whether an app can run on them, and what a change of them changes."""

import hashlib
import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from driver.core.environment import meant
from driver.core.ports import Config
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput, NotReady
from model.settings.app import App

# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
MAX_BYTES = 65_536
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
PLATFORM_NAME = "PORT"
PLATFORM_PREFIX = "SLIPWAY_"


class Deleted(NotReady):
    """The newest version of an app's variables was deleted: what is written now would hide what can be taken back."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change of variables: what they shall be afterwards, and the names that differ. It never prints a value."""

    values: SecretValues
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.changed or self.removed)

    def lines(self) -> list[str]:
        """The names that differ, one a line, as a diff marks them."""
        rows = [(name, "+") for name in self.added]
        rows += [(name, "~") for name in self.changed] + [(name, "-") for name in self.removed]
        return [f"{sign} {name}" for name, sign in sorted(rows)]


def path(env: str, app: str) -> str:
    """Where the variables are, below the mount."""
    return f"{env}/{app}"


def nothing(path: str) -> Config:
    """The variables of an app that has none and needs none: version 0 of them."""
    return Config(path=path, version=0, created="", values=SecretValues({}))


def token(mount: str, config: Config) -> str:
    """What makes publishing a config version happen once: it becomes the id of the version in Secrets Manager.

    It is made of the place and time of the version, never of its values: the id is readable in task definitions.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
    """
    text = json.dumps([mount, config.path, config.version, config.created])
    return hashlib.sha256(text.encode()).hexdigest()


def payload(values: SecretValues) -> str:
    """The variables as the one JSON text that Secrets Manager holds."""
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Problem:
    """Why an app can't run on its config, in a sentence that names variables and never a value; what to type, if that
    would mend it."""

    text: str
    command: str = ""


def check(env: str, name: str, app: App, config: Config) -> list[Problem]:
    """Why an app can't run on this config; empty when it can."""
    missing = sorted(set(app.requires) - set(config.values))
    found = [Problem(f"{_list(missing)} required and missing", setting(env, name, missing))] if missing else []
    for key in config.values:
        if problem := _problem(key):
            found.append(Problem(f"{key!r} {problem}", f"slipway config unset {env} {name} {shlex.quote(key)}"))
        elif problem := check_value(config.values[key]):
            found.append(Problem(f"{key} {problem}", setting(env, name, [key])))
    size = _size(config.values)
    if size > MAX_BYTES:
        found.append(Problem(f"the variables are {size:,} bytes together; Secrets Manager takes {MAX_BYTES:,}"))
    return found


def setting(env: str, app: str, names: Sequence[str]) -> str:
    """The command that sets variables; where none is known by name, the one that takes them from a file."""
    if not names:
        return f"slipway config import {env} {app} .env"
    return f"slipway config set {env} {app} {' '.join(shlex.quote(name) for name in names)}"


def _list(names: Sequence[str]) -> str:
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"


def _size(values: SecretValues) -> int:
    return len(payload(values).encode("utf-8", "surrogatepass"))


def check_value(value: str) -> str:
    """Why no container can be given a value; empty where one can.

    https://man7.org/linux/man-pages/man2/execve.2.html
    """
    if "\0" in value:
        return "holds a NUL, and no environment variable can"
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "holds half of a surrogate pair, which is no text"
    if len(value.encode()) > MAX_BYTES:
        return f"is {len(value.encode()):,} bytes; Secrets Manager takes {MAX_BYTES:,}"
    return ""


def require_values(values: Mapping[str, str]) -> None:
    """Raises InvalidInput that names the variables whose value no container can be given, and shows none."""
    problems = [f"{name} {problem}" for name, value in values.items() if (problem := check_value(value))]
    if problems:
        raise InvalidInput("; ".join(problems), hint="Nothing was written.")


def check_names(names: Iterable[str]) -> list[str]:
    """What is wrong with variable names, in sentences."""
    problems = ((name, _problem(name)) for name in sorted(names))
    return [f"{name!r} {problem}" for name, problem in problems if problem]


def _problem(name: str) -> str:
    if not NAME.fullmatch(name):
        return "is no name of an environment variable; use letters, digits and `_`, and no digit first"
    if name == PLATFORM_NAME or name.startswith(PLATFORM_PREFIX):
        return "is set by the platform itself; choose another name"
    return ""


def require_names(names: Iterable[str]) -> None:
    """Raises InvalidInput with all that is wrong with variable names."""
    if findings := check_names(names):
        raise InvalidInput("; ".join(findings))


def diff(old: Mapping[str, str], new: Mapping[str, str]) -> Edit:
    """What turns the old variables into the new ones."""
    return Edit(
        values=SecretValues(new),
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name])),
        removed=tuple(sorted(old.keys() - new.keys())),
    )


def set_values(old: Mapping[str, str], given: Mapping[str, str]) -> Edit:
    """The old variables with the given ones on top."""
    return diff(old, {**old, **given})


def unset(old: Mapping[str, str], names: Iterable[str]) -> Edit:
    """The old variables without some. Raises InvalidInput for a name that is not set."""
    gone = set(names)
    if unknown := sorted(gone - old.keys()):
        known = f"Set are: {', '.join(sorted(old)) or 'none'}."
        raise InvalidInput(f"{', '.join(unknown)} is not set", hint=f"{meant(unknown[0], old)} {known}".strip())
    return diff(old, {name: value for name, value in old.items() if name not in gone})
