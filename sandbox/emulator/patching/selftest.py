"""The start-up check that ministack still has every name that our additions touch."""

import importlib
from collections.abc import Iterable
from types import ModuleType

from sandbox.emulator.patching.patch import Needs

PINNED = "1.5.33"


class EmulatorChanged(RuntimeError):
    """The installed ministack isn't the one that the sandbox extends."""


def missing_names(needs: Needs) -> list[str]:
    """The dotted names in `needs` that the installed ministack lacks."""
    return [f"{module}.{name}" for module, names in needs.items() for name in names if not _has(module, name)]


def check(modules: Iterable[ModuleType]) -> None:
    """Raise EmulatorChanged, naming what is gone, unless ministack has all that each module's `NEEDS` lists."""
    gaps = [f"{name} (used by {module.__name__})" for module in modules for name in missing_names(module.NEEDS)]
    if gaps:
        raise EmulatorChanged(
            f"the installed ministack lacks {', '.join(gaps)}; the sandbox extends ministack {PINNED}: "
            f"install it with `pip install ministack=={PINNED}`"
        )


def _has(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False
