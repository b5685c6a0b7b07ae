"""A YAML file as people write it, mistakes included: each is told with the file, the line and what would do."""

from pathlib import Path
from typing import Any

import yaml

from driver.errors import InvalidInput

BOOLEAN = "tag:yaml.org,2002:bool"
BEGINNING = {"Pulumi.yaml": "`name: slipway`"}


class Loader(yaml.SafeLoader):
    """YAML takes the last of two like keys, and a key `on` for a boolean, without a word; here both are errors."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:  # noqa: ANN401 - as the library has it
        """The mapping, whose keys are looked at before anything is merged into it."""
        node = super().compose_mapping_node(anchor)
        lines: dict[str, int] = {}
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.tag == BOOLEAN:
                raise _refused(key, f"{key.value} is a boolean in YAML and no name; write it in quotes")
            if key.value in lines:
                raise _refused(key, f"{key.value} is in line {lines[key.value]} already; take one of them out")
            lines[key.value] = key.start_mark.line + 1
        return node


def read_yaml(path: Path) -> dict[str, object]:
    """A YAML file that holds a mapping. Raises InvalidInput that names the line."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader)
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


def _refused(key: yaml.ScalarNode, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)


def _told(path: Path, error: yaml.MarkedYAMLError) -> InvalidInput:
    mark = error.problem_mark or error.context_mark
    place = path.name if mark is None else f"{path.name}, line {mark.line + 1}"
    hint = "YAML is indented with spaces." if "'\\t'" in str(error.problem) else ""
    return InvalidInput(f"{place}: {' '.join(part for part in (error.context, error.problem) if part)}", hint=hint)
