"""Secret values as a type of their own, so that no log line, traceback or table shows them by accident."""

from collections.abc import Iterator, Mapping


class SecretValues(Mapping[str, str]):
    """Variable names with their values. Printing it shows the names; a value comes out by `[name]` only."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(sorted(values.items()))

    def __getitem__(self, key: str) -> str:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"SecretValues({', '.join(f'{key}=****' for key in self._values)})"

    def __str__(self) -> str:
        return repr(self)
