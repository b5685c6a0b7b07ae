"""A YAML file as people write it, mistakes included: each is told with the file, the line and what would do."""

import re
from pathlib import Path
from typing import Any

import yaml

from driver.errors import InvalidInput

BOOLEAN = "tag:yaml.org,2002:bool"
INTEGER = "tag:yaml.org,2002:int"
BEGINNING = {"Pulumi.yaml": "`name: slipway`"}

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""The ones that are written in C where PyYAML has them: a large catalogue is read several times in a deploy."""


def read_yaml(path: Path) -> dict[str, object]:
    """A YAML file that holds a mapping. Raises InvalidInput that names the line."""
    try:
        data = _load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path.name} can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is no text in UTF-8, from its byte {error.start} on") from None
    except yaml.MarkedYAMLError as error:
        raise _told(path, error) from None
    except yaml.YAMLError as error:
        raise InvalidInput(f"{path.name} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        found = "is empty" if data is None else "holds no mapping"
        raise InvalidInput(f"{path.name} {found}; it begins with {BEGINNING.get(path.name, '`config:`')}")
    return data


def _load(text: str) -> object:
    """What the text says. What LOADER refuses is read again by the other, whose words say more."""
    try:
        return _checked(LOADER(text))
    except yaml.MarkedYAMLError:
        return _checked(yaml.SafeLoader(text))


def _checked(loader: Any) -> object:  # noqa: ANN401 - PyYAML's loaders have no common type
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        _check_keys(root, set())
        return loader.construct_document(root)
    finally:
        loader.dispose()


def _check_keys(node: yaml.Node, seen: set[int]) -> None:
    """YAML takes the last of two like keys, and a key `on` for a boolean, without a word; here both are errors."""
    if isinstance(node, yaml.ScalarNode) and node.tag == INTEGER:
        _check_number(node)
    if not isinstance(node, yaml.CollectionNode) or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        _check_mapping(node)
    for part in node.value:
        for child in part if isinstance(part, tuple) else (part,):
            _check_keys(child, seen)


def _check_number(node: yaml.ScalarNode) -> None:
    """YAML reads 010 as octal and 1:30 as base 60, and Pulumi's reader differs in that: nobody means either."""
    if re.fullmatch(r"[-+]?0[0-7_]+|.*:.*", node.value):
        number = yaml.SafeLoader("").construct_yaml_int(node)
        raise _refused(node, f"{node.value} is the number {number} in YAML; write {number}, or write it in quotes")


def _check_mapping(node: yaml.MappingNode) -> None:
    lines: dict[str, int] = {}
    for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
        if key.tag == BOOLEAN:
            raise _refused(key, f"{key.value} is a boolean in YAML and no name; write it in quotes")
        if key.value in lines:
            raise _refused(key, f"{key.value} is in line {lines[key.value]} already; take one of them out")
        lines[key.value] = key.start_mark.line + 1


def _refused(key: yaml.ScalarNode, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)


def _told(path: Path, error: yaml.MarkedYAMLError) -> InvalidInput:
    mark = error.problem_mark or error.context_mark
    place = path.name if mark is None else f"{path.name}, line {mark.line + 1}"
    hint = "YAML is indented with spaces." if "'\\t'" in str(error.problem) else ""
    return InvalidInput(f"{place}: {' '.join(part for part in (error.context, error.problem) if part)}", hint=hint)
