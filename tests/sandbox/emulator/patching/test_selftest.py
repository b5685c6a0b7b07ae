"""The self-test knows every name of ministack that the additions touch."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

import sandbox
from sandbox.emulator import installation
from sandbox.emulator.patching import selftest

ROOT = Path(sandbox.__file__).parent
SOURCES = [*(ROOT / "emulator").rglob("*.py"), *(ROOT / "balancer").rglob("*.py")]


def imported(tree: ast.AST) -> tuple[dict[str, str], set[str]]:
    """What is imported from ministack: its modules by the name they get, and the dotted names of the rest."""
    modules, names = {}, set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("ministack"):
            continue
        for alias in node.names:
            path = f"{node.module}.{alias.name}"
            if isinstance(getattr(importlib.import_module(node.module or ""), alias.name, None), ModuleType):
                modules[alias.asname or alias.name] = path
            else:
                names.add(path)
    return modules, names


def touched(tree: ast.AST) -> set[str]:
    """`ministack.module.name` for every name imported from ministack, and every attribute of its modules."""
    modules, names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            names.add(f"{modules[node.value.id]}.{node.attr}")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "replace" and len(node.args) == 3:
            module, name = node.args[:2]
            if isinstance(module, ast.Name) and isinstance(name, ast.Constant):
                names.add(f"{modules[module.id]}.{name.value}")
    return names


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_lists_what_it_touches(source: Path) -> None:
    found = touched(ast.parse(source.read_text()))
    name = ".".join(source.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
    needs = getattr(importlib.import_module(name), "NEEDS", {}) if found else {}
    listed = {f"{module}.{attribute}" for module, attributes in needs.items() for attribute in attributes}
    assert found - listed == set()


def test_what_is_listed_is_there() -> None:
    selftest.check(installation.MODULES)


def test_a_missing_name_is_named_with_its_user_and_the_version_to_install() -> None:
    changed = ModuleType("sandbox.emulator.example")
    changed.NEEDS = {"ministack.services.ecs": ("_tasks", "_gone")}
    with pytest.raises(selftest.EmulatorChanged) as caught:
        selftest.check([changed])
    assert str(caught.value) == (
        "the installed ministack lacks ministack.services.ecs._gone (used by sandbox.emulator.example); the sandbox "
        "extends ministack 1.5.33: install it with `pip install ministack==1.5.33`"
    )


def test_every_module_that_touches_ministack_is_checked_at_the_start() -> None:
    checked = {module.__name__ for module in installation.MODULES} | {"sandbox.balancer.tables"}
    for source in SOURCES:
        name = ".".join(source.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        if touched(ast.parse(source.read_text())):
            assert name in checked
