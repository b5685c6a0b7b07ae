"""Objects that are made when they are first used, so that a command imports the SDKs that it needs and no other."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar, cast

T = TypeVar("T")


class _Later:
    """Stands for an object; the first question to it makes the object."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> object:
        return self._make()

    def __getattr__(self, name: str) -> object:
        return getattr(self._made, name)


def later(make: Callable[[], T]) -> T:
    """What `make` makes, once somebody uses it."""
    return cast(T, _Later(make))
