"""Which windows there are, and the order in which they are merged."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from functions.log_compactor import window
from functions.log_compactor.bucket import Bucket, ChangedError
from functions.log_store.raw_names import RAW, WINDOW, merged_key
from functions.log_store.s3 import S3Error

SETTLING = timedelta(minutes=2)
"""So long after its end a window still gets most of its lines. Later ones are merged in when they come."""
MOST_STRAYS = 1000
"""Keys that are none of the archive's, which one call sets aside."""
_FOLDER = re.compile(rf"{RAW}/.+/(\d{{4}}/\d\d/\d\d/\d\d/\d\d)", re.ASCII)


class WindowsFailedError(Exception):
    """Windows that are not merged since S3 refused; the next call goes on with them."""


@dataclass
class Done:
    """What one call did: windows, their raw objects, lines that are new and that were there, objects set aside."""

    windows: int = 0
    objects: int = 0
    lines: int = 0
    repeats: int = 0
    aside: int = 0
    waiting: int = 0
    """Windows that are over, and objects to set aside, for which there was no time."""


@dataclass
class Work:
    """What there is to do: folders of windows that are over, oldest first, and keys that are none of the archive's."""

    folders: list[str]
    strays: list[str]


def compact(bucket: Bucket, now: datetime, goes_on: Callable[[], bool]) -> Done:
    """Merge the windows that are over while there is time. What can't be read is set aside, and stops nothing else.

    Raises WindowsFailedError at the end, where S3 refused.
    """
    todo = work((one.key for one in bucket.listed(f"{RAW}/")), now)
    done, failed = Done(), list[str]()
    steps = [partial(_set_aside, bucket, key, done) for key in todo.strays]
    steps += [partial(_merge, bucket, folder, goes_on, done) for folder in todo.folders]
    for number, step in enumerate(steps):
        if not goes_on():
            done.waiting += len(steps) - number
            break
        try:
            step()
        except ChangedError:
            print("another compactor is at it")  # noqa: T201 - what a function prints is its log
        except S3Error as error:
            failed.append(str(error))
    if failed:
        raise WindowsFailedError("; ".join(failed))
    return done


def _set_aside(bucket: Bucket, key: str, done: Done) -> None:
    bucket.set_aside(key)
    bucket.delete([key])
    done.aside += 1
    print(f"set aside: {key}: no key of the archive's")  # noqa: T201 - what a function prints is its log


def _merge(bucket: Bucket, folder: str, goes_on: Callable[[], bool], done: Done) -> None:
    target, rounds = merged_key(folder) or "", 0
    while (made := window.merge(bucket, folder, target)) is not None:
        rounds += 1
        done.windows += rounds == 1
        done.objects += made.objects
        done.lines += made.lines
        done.repeats += made.repeats
        done.aside += made.aside
        if not goes_on():
            done.waiting += 1
            return


def work(keys: Iterable[str], now: datetime) -> Work:
    """Sort what is raw. Of a window that is not over nothing is told."""
    begun: Counter[str] = Counter()
    strays: list[str] = []
    for key in keys:
        folder, _, name = key.rpartition("/")
        if start(folder) is not None:
            begun[folder] += bool(name)
        elif name and len(strays) < MOST_STRAYS:
            strays.append(key)
    over = [(at, folder) for folder in begun if (at := start(folder)) and begun[folder] and _is_over(at, now)]
    return Work([folder for _, folder in sorted(over)], strays)


def _is_over(begun: datetime, now: datetime) -> bool:
    return begun + timedelta(seconds=WINDOW) + SETTLING <= now


def start(folder: str) -> datetime | None:
    """When the window of a folder of raw objects begins; None for a folder that is none of the archive's."""
    found = _FOLDER.fullmatch(folder)
    try:
        return datetime.strptime(found[1], "%Y/%m/%d/%H/%M").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
