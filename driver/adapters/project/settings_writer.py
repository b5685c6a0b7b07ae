"""New keys in the two settings files, with every line that is there left as it stands."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tokens import CommentToken

from driver.errors import InvalidInput

WIDTH = 100
"""Columns that a mapping may take on one line."""
LAYOUTS = ((2, 4, 2), (2, 2, 0), (4, 6, 4), (4, 4, 0), (4, 4, 2))
"""How people indent: mappings, lists, and the dash within a list's indent."""
Keys = tuple[str, ...]


def added(text: str, name: str, additions: Sequence[tuple[Keys, Mapping[str, object]]], note: Mapping[str, str]) -> str:
    """The text of a YAML file with new keys at the end of the mappings at these places, which are made where they lack.

    `note` has lines of comment to stand below a new key. Raises InvalidInput for a file that nothing can be added to.
    """
    loader = _layout(text)
    try:
        whole = loader.load(text)
    except YAMLError as error:
        raise InvalidInput(f"{name} can't be written to: {' '.join(str(error).split())}") from None
    for place, rows in additions:
        node = _mapping(whole, place, name)
        _add(node, rows, note, (loader.map_indent or LAYOUTS[0][0]) * len(place))
    return _dumped(loader, whole)


def write(path: Path, text: str) -> None:
    """Replace a file at once, so that nobody finds half of one."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.chmod(path.stat().st_mode & 0o777)
    new.replace(path)


def _layout(text: str) -> YAML:
    """A loader that writes the text as it is now, or as nearly so as there is one."""
    best, fewest = _yaml(*LAYOUTS[0]), None
    for layout in LAYOUTS:
        loader = _yaml(*layout)
        try:
            again = _dumped(loader, loader.load(text))
        except YAMLError:
            break
        lost = sum(old != new for old, new in zip(text.splitlines(), again.splitlines(), strict=False))
        if fewest is None or lost < fewest:
            best, fewest = _yaml(*layout), lost
    return best


def _yaml(mapping: int, sequence: int, offset: int) -> YAML:
    loader = YAML()
    loader.preserve_quotes = True
    loader.width = 1 << 16
    loader.indent(mapping=mapping, sequence=sequence, offset=offset)
    return loader


def _dumped(loader: YAML, whole: Any) -> str:  # noqa: ANN401 - ruamel's own types
    stream = io.StringIO()
    loader.dump(whole, stream)
    return stream.getvalue()


def _mapping(whole: Any, place: Keys, name: str) -> CommentedMap:  # noqa: ANN401 - as above
    found = whole
    for part in place:
        if not isinstance(found, CommentedMap):
            break
        if found.get(part) is None:
            _add(found, {part: {}}, {}, 0)
        found = found[part]
    if not isinstance(found, CommentedMap):
        raise InvalidInput(f"{name}: {'/'.join(place)} holds no mapping, so nothing can be added to it")
    return found


def _add(node: CommentedMap, rows: Mapping[str, object], note: Mapping[str, str], column: int) -> None:
    """New keys at the end. What was said below the last key of the mapping is of what follows it, and stays there."""
    below = _cut(node, column)
    for key, value in rows.items():
        node[_text(key)] = _node(value)
        if key in note and not node.fa.flow_style():
            _append(node, "".join(f"{' ' * (column + 4)}# {line}\n" for line in note[key].splitlines()))
    if below:
        _append(node, below)


def _cut(node: CommentedMap, column: int) -> str:
    """Take the comment below the last line of a mapping, less what is indented deeper than its keys."""
    token = _last(node)
    if token is None:
        return ""
    own, *rest = str(token.value).splitlines(keepends=True)
    while rest and len(rest[0]) - len(rest[0].lstrip(" ")) > column:
        own += rest.pop(0)
    token.value = own
    return "".join(rest)


def _append(node: CommentedMap, text: str) -> None:
    token = _last(node)
    if token is not None:
        token.value = token.value + text
        return
    holder, key = _leaf(node)
    mark = CommentToken("\n" + text, start_mark=CommentMark(0), column=0)
    if isinstance(holder, CommentedSeq):
        holder.ca.items[key] = [mark, None]
    else:
        holder.ca.items[key] = [None, None, mark, None]


def _last(node: CommentedMap) -> Any:  # noqa: ANN401 - as above
    """The comment that ruamel keeps at the last leaf of a mapping; None where there is none."""
    if not node:
        return None
    holder, key = _leaf(node)
    kept = holder.ca.items.get(key)
    return None if kept is None else kept[0 if isinstance(holder, CommentedSeq) else 2]


def _leaf(node: Any) -> tuple[Any, Any]:  # noqa: ANN401 - as above
    """The block mapping or list whose last value ends a node, and the place of that value in it."""
    key = len(node) - 1 if isinstance(node, CommentedSeq) else list(node)[-1]
    value = node[key]
    if isinstance(value, CommentedMap | CommentedSeq) and value and not value.fa.flow_style():
        return _leaf(value)
    return node, key


def _node(value: object) -> Any:  # noqa: ANN401 - as above
    """A value as people write it: what fits on a line is on one, save the level of names."""
    if isinstance(value, Mapping):
        node = CommentedMap({_text(str(key)): _node(row) for key, row in value.items()})
        if not _tall(value):
            node.fa.set_flow_style()
        return node
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Iterable):
        rows = CommentedSeq([_node(row) for row in value])
        rows.fa.set_flow_style()
        return rows
    return value


def _tall(value: Mapping[str, object]) -> bool:
    """Whether a mapping gets a line for each of its keys."""
    names = all(isinstance(row, Mapping) for row in value.values())
    return names or "processes" in value or len(str(value)) > WIDTH


def _text(value: str) -> str:
    """In quotes where YAML 1.1, which Pulumi reads, would take it for something else than text."""
    try:
        plain = yaml.safe_load(value)
    except yaml.YAMLError:
        plain = None
    return value if plain == value else DoubleQuotedScalarString(value)
