import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.log_compactor.logic import WindowsFailedError, compact, merge, merged_key, windows

FOLDER = "raw/ecs/dev-shop-web/2026/11/24/10/05"
OVER = datetime(2026, 11, 24, 10, 12, tzinfo=UTC)


def packed(*ids: int) -> bytes:
    rows = [{"id": f"{number:03}", "timestamp": number // 2, "message": f"line {number}"} for number in ids]
    return gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())


def ids(body: bytes) -> list[int]:
    return [int(json.loads(line)["id"]) for line in gzip.decompress(body).splitlines()]


def test_a_window_is_merged_once_it_is_over_and_has_settled() -> None:
    key = f"{FOLDER}/a.jsonl.gz"
    assert windows([key], OVER) == {"logs/ecs/dev-shop-web/2026/11/24/10-05.jsonl.gz": [key]}
    assert windows([key], OVER.replace(minute=11, second=59)) == {}


def test_windows_of_different_processes_stay_apart_and_the_oldest_is_first() -> None:
    keys = [f"{FOLDER}/a", "raw/ecs/dev-shop-worker/2026/11/24/09/55/b", f"{FOLDER}/c"]
    assert list(windows(keys, OVER).values()) == [[keys[1]], [keys[0], keys[2]]]


def test_a_merged_object_is_not_below_what_is_raw() -> None:
    assert not merged_key(FOLDER).startswith("raw/")


def test_lines_are_in_the_order_of_their_time_and_each_is_there_once() -> None:
    assert ids(merge([packed(4, 1), packed(2, 4), packed(3)])) == [1, 2, 3, 4]


@given(some.lists(some.lists(some.integers(0, 99), max_size=8), min_size=1, max_size=6))
def test_merging_once_more_with_what_was_merged_changes_nothing(batches: list[list[int]]) -> None:
    bodies = [packed(*batch) for batch in batches]
    once = merge(bodies)
    assert ids(once) == sorted({number for batch in batches for number in batch}, key=lambda one: (one // 2, one))
    assert merge([once, *bodies]) == once


class Shelf:
    """A store in memory, which may refuse to give or take what a test says."""

    refusal = PermissionError

    def __init__(self, objects: dict[str, bytes], refused: str = "") -> None:
        self.objects, self.refused = dict(objects), refused
        self.told: list[str] = []

    def raw(self) -> list[str]:
        return [key for key in self.objects if key.startswith("raw/")]

    def read(self, key: str) -> bytes | None:
        if key == self.refused:
            raise PermissionError(f"{key} is encrypted by another's key")
        return self.objects.get(key)

    def put(self, key: str, body: bytes) -> None:
        self.objects[key] = body

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            del self.objects[key]

    def tell(self, line: str) -> None:
        self.told.append(line)


TARGET, OTHER = merged_key(FOLDER), "raw/ecs/dev-shop-worker/2026/11/24/10/00"


@pytest.mark.parametrize(
    ("bad", "kept"),
    [
        (packed(7, 8)[:-8], [7, 8]),
        (b"no gzip at all", []),
        (b"", []),
        (gzip.compress(b'{"id": "007", "timestamp": 3}\nno line\n'), [7]),
        (gzip.compress(b'[1]\n{"id": 7, "timestamp": 3}\n{"timestamp": 3}\n'), []),
        (packed(7) + packed(8)[:9], [7]),
    ],
    ids=["cut off", "no gzip", "empty", "a line is none", "lines are none", "a second member is cut off"],
)
def test_an_object_that_is_damaged_gives_what_can_be_read_and_is_set_aside_whole(bad: bytes, kept: list[int]) -> None:
    shelf = Shelf({f"{FOLDER}/bad": bad, f"{FOLDER}/good": packed(1, 2), f"{OTHER}/a": packed(5)})
    done = compact(shelf, OVER, lambda: True)
    assert (done.windows, done.aside) == (2, 1 if bad else 0)
    assert ids(shelf.objects[TARGET]) == [1, 2, *kept]
    assert ids(shelf.objects[merged_key(OTHER)]) == [5]
    assert shelf.raw() == []
    assert shelf.objects.get(f"aside/{FOLDER}/bad", b"") == bad
    assert [line.startswith(f"set aside: {FOLDER}/bad: ") for line in shelf.told] == ([True] if bad else [])


@pytest.mark.parametrize("key", ["raw/notes.txt", "raw/ecs/x/2026/13/45/10/05/a", "raw/ecs/x/a/b/c/d/e/f", f"{FOLDER}"])
def test_a_key_that_is_none_of_ours_stops_no_window(key: str) -> None:
    shelf = Shelf({key: b"x", "raw/folder/": b"", f"{FOLDER}/good": packed(1)})
    done = compact(shelf, OVER, lambda: True)
    assert (done.windows, done.aside) == (1, 1)
    assert shelf.objects[f"aside/{key}"] == b"x"
    assert shelf.raw() == ["raw/folder/"]


def test_what_a_window_made_before_is_kept_where_it_is_damaged() -> None:
    damaged = packed(3, 4)[:-8]
    shelf = Shelf({TARGET: damaged, f"{FOLDER}/good": packed(1)})
    compact(shelf, OVER, lambda: True)
    assert shelf.objects[f"aside/{TARGET}"] == damaged
    assert ids(shelf.objects[TARGET]) == [1, 3, 4]


def test_a_window_that_the_store_refuses_stays_and_the_others_are_merged() -> None:
    shelf = Shelf({f"{OTHER}/locked": b"x", f"{FOLDER}/good": packed(1)}, refused=f"{OTHER}/locked")
    with pytest.raises(WindowsFailedError, match="is encrypted by another's key"):
        compact(shelf, OVER, lambda: True)
    assert ids(shelf.objects[TARGET]) == [1]
    assert shelf.raw() == [f"{OTHER}/locked"]


def test_without_time_no_further_window_is_begun() -> None:
    shelf = Shelf({f"{FOLDER}/good": packed(1)})
    assert compact(shelf, OVER, lambda: False).windows == 0
    assert shelf.raw() == [f"{FOLDER}/good"]
