import gzip
import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as some

from functions.log_compactor.logic import merge, merged_key, windows

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
