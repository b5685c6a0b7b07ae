"""Checked inputs: unknown names refused, types fitted, names and defaults filled in."""

from dataclasses import dataclass

from sandbox.providers.aws import schema
from sandbox.providers.aws.comparing import is_blank
from sandbox.providers.aws.naming import automatic_name
from sandbox.providers.aws.resource import Row
from sandbox.providers.values import Properties

# Where the official provider, too, notes which inputs are its own.
FILLED = "__defaults"


@dataclass(frozen=True)
class Failure:
    """An input that the official provider would refuse."""

    property: str
    reason: str


def check(row: Row, logical: str, news: Properties, olds: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
    """The inputs to go on with, and what is wrong with those given."""
    kinds = schema.inputs(row.type)
    given = {key: schema.fit(kinds.get(key, "any"), value) for key, value in news.items() if value is not None}
    given.pop(FILLED, None)
    failures = _failures(row.type, kinds, given) + _not_here(row, given)
    filled = {key: value for key, value in row.defaults.items() if key not in given}
    if row.name and row.name.property not in given:
        try:
            filled[row.name.property] = _name(row, logical, given, olds, seed)
        except ValueError as error:
            failures.append(Failure(row.name.property, str(error)))
    missing = [key for key in schema.required(row.type) if key not in given and key not in filled]
    failures += [Failure(key, f"{row.type}: missing required property {key!r}") for key in missing]
    return {**given, **filled, FILLED: sorted(filled)}, failures


def _failures(token: str, kinds: dict[str, schema.Kind], given: Properties) -> list[Failure]:
    failures = []
    for key, value in given.items():
        if key in kinds:
            found = schema.problems(kinds[key], value, key)
            failures += [Failure(path, f"{token}: {path}: {reason}") for path, reason in found]
        elif not key.startswith("__"):
            failures.append(Failure(key, f"{token}: {key}: there is no such property in aws 7.51.1"))
    return failures


def _not_here(row: Row, given: Properties) -> list[Failure]:
    """Inputs of the official provider that the stand-in does not act on: an error, never silence."""
    reason = f"{row.type}: the sandbox's stand-in provider does nothing with this input"
    return [Failure(key, f"{reason}: {key}") for key in given if key in row.lacks and not is_blank(given[key])]


def _name(row: Row, logical: str, given: Properties, olds: Properties, seed: bytes) -> object:
    """An automatic name stays for as long as the resource does."""
    assert row.name is not None
    key = row.name.property
    was_automatic = key in olds.get(FILLED, []) and olds.get(f"{key}Prefix") == given.get(f"{key}Prefix")
    if was_automatic and key in olds:
        return olds[key]
    return automatic_name(row.name, logical, seed, given)
