"""When two values of a property are the same to AWS, however they are written."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.resource import Row
from sandbox.providers.aws.schema import is_map


def same(row: Row, key: str, old: object, new: object) -> bool:
    """Is there nothing to do between the two? Absent, empty, false and zero are one, as in Terraform's state."""
    if is_blank(old) and is_blank(new):
        return True
    return form(row, key, old) == form(row, key, new)


def form(row: Row, key: str, value: object) -> str:
    """The one way of writing a value that is compared."""
    if value is not None and key in row.forms:
        value = row.forms[key](value)
    return _text(value, ordered=key in row.ordered)


def _text(value: object, *, ordered: bool) -> str:
    return json.dumps(_normal(value, ordered=ordered), sort_keys=True)


def _normal(value: object, *, ordered: bool) -> object:
    if isinstance(value, Mapping):
        return {k: _normal(v, ordered=ordered) for k, v in value.items() if not is_blank(v)}
    if isinstance(value, list):
        items = [_normal(item, ordered=ordered) for item in value]
        return items if ordered else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def is_blank(value: object) -> bool:
    """Is it what Terraform takes for absent?"""
    return value is None or value is False or value in ("", 0, [], {})


def as_written(row: Row, key: str, written: object, live: object) -> Any:  # noqa: ANN401
    """What AWS shows, in the program's way of writing it where both say the same.

    AWS adds fields of its own to nested objects; only those that the program wrote are looked at.
    """
    whole = key in row.forms or is_map(row.type, key)
    shown = live if whole else project(written, live)
    return written if same(row, key, written, shown) else shown


def project(pattern: object, live: object) -> object:
    """The part of `live` that `pattern` speaks of."""
    if isinstance(pattern, dict) and isinstance(live, dict):
        return {key: project(part, live.get(key)) for key, part in pattern.items()}
    if isinstance(pattern, list) and isinstance(live, list) and len(pattern) == len(live):
        return _paired(pattern, live)
    return live


def _paired(pattern: list[Any], live: list[Any]) -> list[Any]:
    """Each live item, seen through the written item that it belongs to; AWS gives lists back in any order."""
    left, result = list(live), []
    for part in pattern:
        match = next(
            (item for item in left if _text(project(part, item), ordered=False) == _text(part, ordered=False)), None
        )
        if match is None:
            return [project(part, item) for part, item in zip(pattern, live, strict=True)]
        left.remove(match)
        result.append(part)
    return result


def json_form(text: object) -> object:
    """A JSON document without regard to white space and key order; a list of one is that one, as in IAM."""
    try:
        return _unwrap(json.loads(text)) if isinstance(text, str) else text
    except json.JSONDecodeError:
        return text


def _unwrap(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _unwrap(item) for key, item in value.items()}
    if isinstance(value, list):
        return _unwrap(value[0]) if len(value) == 1 else [_unwrap(item) for item in value]
    return value


def last_segment(arn: object) -> object:
    """The name at the end of an ARN; a name stays as it is."""
    return arn.rsplit("/", 1)[-1] if isinstance(arn, str) else arn
