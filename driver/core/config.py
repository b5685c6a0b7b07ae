"""An app's variables as values: where they are, whether an app can run on them, and what a change of them changes."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO

from dotenv.parser import parse_stream

from driver.core.ports import Config
from driver.core.secret import SecretValues
from driver.errors import InvalidInput
from spec.catalogue import App

# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
MAX_BYTES = 65_536
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
PLATFORM_NAME = "PORT"
PLATFORM_PREFIX = "SLIPWAY_"


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


def check(app: App, config: Config) -> list[str]:
    """Why an app can't run on this config, in sentences that name variables and never a value; empty when it can."""
    missing = sorted(set(app.requires) - set(config.values))
    findings = [f"{name} is required and missing" for name in missing]
    findings += check_names(config.values)
    size = len(payload(config.values).encode())
    if size > MAX_BYTES:
        findings.append(f"the variables are {size:,} bytes together; Secrets Manager takes {MAX_BYTES:,}")
    return findings


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


def parse_dotenv(text: str, name: str = "stdin") -> SecretValues:
    """The variables of a dotenv file, taken literally: no `$NAME` in a value is replaced.

    Raises InvalidInput that names the file and line of everything wrong, and never quotes the line, since a value may
    be on it.
    """
    values: dict[str, str] = {}
    first_seen: dict[str, int] = {}
    findings = []
    for binding in parse_stream(StringIO(text)):
        # A line of the file may be preceded by blank ones, which the parser counts to it.
        start = binding.original.string
        line = binding.original.line + start[: len(start) - len(start.lstrip())].count("\n")
        if binding.error:
            findings.append(f"{name}:{line}: not `NAME=value`, or a quote that is never closed")
        elif binding.key is not None:
            findings += [
                f"{name}:{line}: {problem}" for problem in _line_problems(binding.key, binding.value, first_seen)
            ]
            values[binding.key], first_seen[binding.key] = binding.value or "", line
    if findings:
        raise InvalidInput("\n".join(findings), hint="Nothing was written.")
    return SecretValues(values)


def _line_problems(key: str, value: str | None, first_seen: Mapping[str, int]) -> list[str]:
    # What stands before a `=` that is missing may be a value, so it is not quoted.
    if value is None:
        return ["a name without `=`"]
    if not NAME.fullmatch(key):
        return ["what stands before `=` is no name of an environment variable"]
    problems = check_names([key])
    if key in first_seen:
        problems.append(f"{key} is set on line {first_seen[key]} already")
    return problems


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
        raise InvalidInput(f"{', '.join(unknown)} is not set", hint=f"Set are: {', '.join(sorted(old)) or 'none'}.")
    return diff(old, {name: value for name, value in old.items() if name not in gone})
