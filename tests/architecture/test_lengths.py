import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("model", "components", "driver", "sandbox", "engine", "functions", "packages")
    for path in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_one_subject_and_its_functions_fit_on_a_screen(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 350
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= (60 if node.name == "__init__" else 45), f"{node.name} has {length} lines"


WIDE = {"driver/commands", "model/settings", "sandbox/providers/aws/resources"}
"""Folders that may be wide: one file a command, a part of the settings, a resource type of the sandbox's provider."""


def test_a_folder_is_a_room_and_no_corridor() -> None:
    modules = [path.relative_to(ROOT) for path in FILES if path.name != "__init__.py"]
    wide = {str(folder): count for folder, count in Counter(path.parent for path in modules).items() if count > 15}
    assert {folder: count for folder, count in wide.items() if folder not in WIDE} == {}


def test_rooms_are_two_levels_deep_at_most() -> None:
    within = [path.relative_to(ROOT / "driver") for path in FILES if (ROOT / "driver") in path.parents]
    assert [str(path) for path in within if len(path.parts) > 4] == []


def test_the_program_is_a_story_of_fifty_lines() -> None:
    assert (ROOT / "__main__.py").read_text(encoding="utf-8").count("\n") <= 50
