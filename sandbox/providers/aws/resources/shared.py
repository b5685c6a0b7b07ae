"""Moving properties between Pulumi's names and AWS's."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.providers.values import Properties


def capital(name: str) -> str:
    """`cidrBlock` as `CidrBlock`."""
    return name[:1].upper() + name[1:]


def small(name: str) -> str:
    """`CidrBlock` as `cidrBlock`."""
    return name[:1].lower() + name[1:]


def pick(source: Mapping[str, Any], names: str) -> Properties:
    """The properties of these names that are set; empty lists, objects and strings count as unset."""
    return {name: source[name] for name in names.split() if source.get(name) not in (None, "", [], {})}


def to_aws(source: Mapping[str, Any], names: str) -> Properties:
    """The properties of these names that are set, as AWS's capitalised arguments."""
    return {capital(name): value for name, value in pick(source, names).items()}


def from_aws(source: Mapping[str, Any], names: str) -> Properties:
    """AWS's capitalised fields as properties of these names; absent ones are left out."""
    return {name: source[capital(name)] for name in names.split() if source.get(capital(name)) is not None}


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as the list that most services take."""
    return [{key: name, value: text} for name, text in tags.items()]


def tag_map(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """The list that most services give, as a map."""
    return {tag[key]: tag.get(value, "") for tag in tags or []}


def capitalised(value: Any) -> Any:  # noqa: ANN401
    """A nested value with all its keys capitalised, and nothing unset in it."""
    if isinstance(value, dict):
        return {capital(k): capitalised(v) for k, v in value.items() if v not in (None, "", [], {}) and k[:2] != "__"}
    return [capitalised(item) for item in value] if isinstance(value, list) else value


def uncapitalised(value: Any) -> Any:  # noqa: ANN401
    """A nested answer of AWS with all its keys in lower case at the head."""
    if isinstance(value, dict):
        return {small(k): uncapitalised(v) for k, v in value.items() if v is not None}
    return [uncapitalised(item) for item in value] if isinstance(value, list) else value


def without_empty(value: Any) -> Any:  # noqa: ANN401
    """A nested value with nothing unset in it: AWS refuses empty strings where Pulumi writes them."""
    if isinstance(value, dict):
        return {k: without_empty(v) for k, v in value.items() if v not in (None, "", [], {}) and k[:2] != "__"}
    return [without_empty(item) for item in value] if isinstance(value, list) else value
