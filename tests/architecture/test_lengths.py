import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("model", "components", "driver", "sandbox", "engine", "functions")
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


def test_the_program_is_a_story_of_forty_lines() -> None:
    assert (ROOT / "__main__.py").read_text(encoding="utf-8").count("\n") <= 40
