"""Which objects belong together, and what they make together."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
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


@dataclass
class Done:
    """What one call did: windows that were merged, objects that were set aside."""

    windows: int = 0
    aside: int = 0


def compact(store: Store, now: datetime, goes_on: Callable[[], bool]) -> Done:
    """Merge the windows that are over while there is time. What can't be read is set aside, and stops nothing else.

    Raises WindowsFailedError at the end, where the store refused.
    """
    keys = [key for key in store.raw() if not key.endswith("/")]
    steps = [partial(_set_aside, store, key, "no key of the archive's") for key in keys if start(key) is None]
    steps += [partial(_merge, store, target, some) for target, some in windows(keys, now).items()]
    done, failed = Done(), []
    for step in steps:
        if not goes_on():
            break
        try:
            step(done)
        except (store.refusal, RuntimeError) as error:
            failed.append(str(error))
    if failed:
        raise WindowsFailedError("; ".join(failed))
    return done


def _set_aside(store: Store, key: str, why: str, done: Done) -> None:
    body = store.read(key)
    if body is not None:
        store.put(f"{ASIDE}/{key}", body)
        store.delete([key])
        store.tell(f"set aside: {key}: {why}")
        done.aside += 1


def _merge(store: Store, target: str, keys: Sequence[str], done: Done) -> None:
    """Merge a window; an object of it that is damaged gives what can be read, and is kept whole beside."""
    bodies = {key: body for key in (target, *keys) if (body := store.read(key)) is not None}
    for key, body in bodies.items():
        if damage := rows(body)[1]:
            store.put(f"{ASIDE}/{key}", body)
            store.tell(f"set aside: {key}: {damage}")
            done.aside += 1
    store.put(target, merge(bodies.values()))
    store.delete(keys)
    done.windows += 1


def windows(keys: Iterable[str], now: datetime) -> dict[str, list[str]]:
    """The raw objects of each window that is over and has settled, oldest first, by the key of what they will make."""
    found: dict[str, list[str]] = {}
    for key in keys:
        began = start(key)
        if began is not None and began + WINDOW + SETTLING <= now:
            found.setdefault(merged_key(key.rsplit("/", 1)[0]), []).append(key)
    return dict(sorted(found.items(), key=lambda row: start(row[1][0]) or now))


def merged_key(folder: str) -> str:
    """`raw/<group>/2026/11/24/10/05` becomes `logs/<group>/2026/11/24/10-05.jsonl.gz`."""
    above, minute = folder.removeprefix(f"{RAW}/").rsplit("/", 1)
    return f"{MERGED}/{above}-{minute}.jsonl.gz"


def merge(bodies: Iterable[bytes]) -> bytes:
    """All lines of some objects in the order of their time, each id once; of damaged ones what can be read.

    What a window has made before is one of the bodies when more lines of it come: so a run that was cut off before it
    could delete what it had merged, and a line that was delivered once more much later, make no repeats.
    """
    found: dict[str, Row] = {}
    for body in bodies:
        for row in rows(body)[0]:
            found.setdefault(row["id"], row)
    ordered = sorted(found.values(), key=lambda row: (row["timestamp"], row["id"]))
    text = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in ordered)
    return gzip.compress(text, mtime=0)


def rows(body: bytes) -> tuple[list[Row], str]:
    """The lines of an object that can be read, and what is wrong with the others; empty where nothing is."""
    text, damage = _unpacked(body)
    found = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
            if not (isinstance(row["id"], str) and isinstance(row["timestamp"], int)):
                raise ValueError("not the archive's")
            json.dumps(row, ensure_ascii=False).encode()
        except (ValueError, KeyError, TypeError):
            damage = damage or "a line is no line of the archive's"
        else:
            found.append(row)
    return found, damage


def _unpacked(body: bytes) -> tuple[bytes, str]:
    """What can be unpacked of a gzip file, which may have several members, and what is wrong with the rest."""
    text = b""
    while body:
        member = zlib.decompressobj(wbits=31)
        try:
            text += member.decompress(body)
        except zlib.error:
            return text, "it is no gzip, or a damaged one"
        if not member.eof:
            return text, "its gzip is cut off"
        body = member.unused_data
    return text, ""


def start(key: str) -> datetime | None:
    """When the window of a raw object begins; None for a key that is none of the archive's."""
    found = re.fullmatch(rf"{RAW}/.+/(\d{{4}}/\d\d/\d\d/\d\d/\d\d)/[^/]+", key, re.ASCII)
    try:
        return datetime.strptime(found[1], "%Y/%m/%d/%H/%M").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
