"""Which objects belong together, and what they make together."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

WINDOW = timedelta(minutes=5)
SETTLING = timedelta(minutes=2)
"""So long after its end a window still gets most of its lines. Later ones are merged in when they come."""
RAW = "raw"
MERGED = "logs"
ASIDE = "aside"
"""Below it lies what could not be read, under the key that it had."""

Row = Mapping[str, Any]


class WindowsFailedError(Exception):
    """Windows that are not merged since S3 refused; the next call goes on with them."""


class Store(Protocol):
    """The bucket."""

    @property
    def refusal(self) -> type[Exception]: ...

    def raw(self) -> Iterable[str]: ...

    def read(self, key: str) -> bytes | None: ...

    def put(self, key: str, body: bytes) -> None: ...

    def delete(self, keys: Sequence[str]) -> None: ...

    def tell(self, line: str) -> None: ...


def compact(store: Store, now: datetime, goes_on: Callable[[], bool]) -> dict[str, int]:
    """Merge the windows that are over while there is time. What can't be read is set aside, and stops nothing else.

    Raises WindowsFailedError at the end, where the store refused.
    """
    keys = [key for key in store.raw() if not key.endswith("/")]
    done = aside = 0
    failed: list[str] = []
    work: list[Callable[[], int]] = [lambda key=key: _set_aside(store, key) for key in keys if start(key) is None]  # type: ignore[misc]
    merging = windows((key for key in keys if start(key) is not None), now)
    for target, members in [*((None, [key]) for key in keys if start(key) is None), *merging.items()]:
        if not goes_on():
            break
        try:
            aside += _set_aside(store, members[0]) if target is None else _merge_window(store, target, members)
            done += target is not None
        except (store.refusal, RuntimeError) as error:
            failed.append(f"{target or members[0]}: {error}")
    if failed:
        raise WindowsFailedError("; ".join(failed))
    return {"windows": done, "aside": aside}
