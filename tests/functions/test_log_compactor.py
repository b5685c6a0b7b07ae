import gzip
import json
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from benchmarks.log_fuzz import unpacked
from functions.log_compactor.bucket import MANIFEST, Bucket, Limits
from functions.log_compactor.logic import Done, WindowsFailedError, compact, work
from functions.log_shipper import logic as shipper
from functions.log_shipper.delivery import Delivery
from functions.log_store.raw_names import merged_key
from functions.log_store.s3 import Answer, S3Error
from tests.functions.small_s3 import Direct, SmallS3

GROUP = "ecs/dev-shop-web"
FOLDER, OTHER = f"raw/{GROUP}/2026/11/24/10/05", "raw/ecs/dev-shop-worker/2026/11/24/10/00"
TARGET, OTHERS = merged_key(FOLDER) or "", merged_key(OTHER) or ""
BEGIN = int(datetime(2026, 11, 24, 10, 5, tzinfo=UTC).timestamp() * 1000)
OVER = datetime(2026, 11, 24, 10, 12, tzinfo=UTC)
LIMITS = Limits()
IN_PARTS = Limits(part=150, copied=100, chunk=70)
IN_ROUNDS = Limits(objects=3)
IN_BOTH = Limits(part=150, copied=100, chunk=70, objects=3)
FEW_IDS = Limits(ids=3, together=700)
WAYS = pytest.mark.parametrize(
    "limits",
    [LIMITS, IN_PARTS, IN_ROUNDS, IN_BOTH, FEW_IDS],
    ids=["at once", "in parts", "in rounds", "in parts and rounds", "few ids"],
)
EXAMPLES = int(os.environ.get("SLIPWAY_FUZZ", "300"))


def raw(ids: Iterable[int], stream: str = "ecs/app/1", folder: str = FOLDER) -> tuple[str, bytes]:
    """What the shipper makes of lines with these ids."""
    rows = [{"id": f"{one:056}", "timestamp": BEGIN + one, "message": f"line {one}"} for one in ids]
    [(_, lines)] = shipper._windows(shipper._lines(Delivery(f"/{GROUP}", stream, rows, b""), ())[0])
    parcel = shipper._parcel(Delivery(f"/{GROUP}", stream, rows, b""), BEGIN // 1000, lines)
    return f"{folder}/{parcel.key.rsplit('/', 1)[1]}", parcel.body


def packed(*ids: int) -> bytes:
    """Lines as another maker writes them, or the archive did before its objects told by their names what is in them."""
    rows = [{"id": f"{one:056}", "timestamp": BEGIN + one, "stream": "ecs/app/1"} for one in ids]
    return gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())


def holding(*objects: tuple[str, bytes]) -> SmallS3:
    small = SmallS3()
    small.smallest_part = 1
    for key, body in objects:
        small.store(key, body)
    return small


def run(small: SmallS3, limits: Limits = LIMITS) -> Done:
    return compact(Bucket(Direct(small), limits), OVER, lambda: True)


def ids(small: SmallS3, key: str = TARGET) -> list[int]:
    text = gzip.decompress(small.objects[key].body) if key in small.objects else b""
    return [int(json.loads(line)["id"]) for line in text.splitlines()]


def test_a_window_is_merged_once_it_is_over_and_has_settled() -> None:
    assert work([f"{FOLDER}/a"], OVER).folders == [FOLDER]
    assert work([f"{FOLDER}/a"], OVER.replace(minute=11, second=59)).folders == []


def test_windows_of_different_processes_stay_apart_and_the_oldest_is_first() -> None:
    assert work([f"{FOLDER}/a", f"{OTHER}/b", f"{FOLDER}/c"], OVER).folders == [OTHER, FOLDER]
    assert TARGET == "logs/ecs/dev-shop-web/2026/11/24/10-05.jsonl.gz"


def test_objects_without_a_line_in_common_are_joined_as_they_are_in_the_order_of_stream_and_id() -> None:
    objects = [raw([5, 6]), raw([1, 3]), raw([2, 4], "ecs/app/2")]
    small = holding(*objects)
    assert run(small) == Done(windows=1, objects=3, lines=6)
    assert small.objects[TARGET].body == b"".join(body for _, body in sorted(objects))
    assert small.keys("raw/") == []


@pytest.mark.parametrize(
    "batches",
    [
        [[1, 2, 3], [2]],
        [[1, 2], [2, 3], [3, 4], [1, 2, 3, 4]],
        [[1, 9], [2, 3], [4, 5]],
        [[1, 2], [1, 2, 3], [3]],
        [[1], [1, 2], [3, 4]],
    ],
)
def test_lines_that_came_twice_are_there_once(batches: list[list[int]]) -> None:
    small = holding(*map(raw, batches))
    done = run(small)
    assert sorted(ids(small)) == sorted({one for batch in batches for one in batch})
    assert done.lines + done.repeats == sum(map(len, batches))


@given(
    some.lists(
        some.lists(
            some.tuples(some.sets(some.integers(0, 30), min_size=1, max_size=6), some.integers(0, 2)), max_size=6
        ),
        min_size=1,
        max_size=4,
    ),
    some.sets(some.integers(0, 4)),
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_however_lines_are_batched_and_whenever_they_come_each_is_there_once(
    calls: list[list[tuple[set[int], int]]], lists_gone: set[int]
) -> None:
    small = holding()
    given_ids: set[tuple[int, int]] = set()
    for number, batches in enumerate(calls):
        for batch, stream in batches:
            # Ids of different streams are different.
            small.store(*raw([one * 3 + stream for one in sorted(batch)], f"ecs/app/{stream}"))
            given_ids |= {(one, stream) for one in batch}
        run(small)
        if number in lists_gone:
            for key in small.keys("manifests/"):
                del small.objects[key]
        assert small.keys("raw/") == []
    assert sorted(ids(small)) == sorted(one * 3 + stream for one, stream in given_ids)


class Killed(BaseException):
    """What no code catches."""


WRITES = ("PUT", "POST", "DELETE")


@contextmanager
def killed_at(small: SmallS3, number: int, *, after: bool) -> Iterator[list[int]]:
    """Kill at the write with that number, before S3 has done it or after; the list has an entry then."""
    seen, kills = 0, list[int]()

    def count(method: str, *_: object) -> None:
        nonlocal seen
        seen += method in WRITES
        if method in WRITES and seen == number:
            raise Killed

    small.hook, small.after = (lambda *_: None, count) if after else (count, lambda _: None)
    try:
        yield kills
    except Killed:
        kills.append(number)
    small.hook = small.after = lambda *_: None


BATCHES = [[1, 2, 3], [3, 4], [5, 6, 7], [8, 9], [10, 11, 12], [20, 21], [21, 22], [30]]
LATE = [[12, 13], [40, 41], [5, 6, 7]]


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
@WAYS
def test_killed_at_any_write_it_loses_no_line_and_doubles_none(after: bool, limits: Limits) -> None:
    expected, number, kills, met = sorted({one for batch in BATCHES + LATE for one in batch}), 0, 0, True
    while met:
        number, met = number + 1, False
        small = holding(*map(raw, BATCHES))
        for batches in ([], LATE):
            for batch in batches:
                small.store(*raw(batch))
            with killed_at(small, number, after=after) as first:
                run(small, limits)
            # What is merged already comes once more, and the next run is killed as well.
            small.store(*raw(BATCHES[0]))
            with killed_at(small, max(1, number // 2), after=after) as second:
                run(small, limits)
            run(small, limits)
            kills, met = kills + len(first) + len(second), met or bool(first)
        assert (sorted(ids(small)), small.keys("raw/")) == (expected, []), number
    assert kills > 10


@WAYS
def test_of_two_at_once_one_gives_way_wherever_the_other_comes_in(limits: Limits) -> None:
    number, met = 0, True
    while met:
        number, met, seen = number + 1, False, 0
        small = holding(*map(raw, BATCHES))
        run(small, limits)
        for batch in LATE:
            small.store(*raw(batch))

        def meet(*_: object, small: SmallS3 = small, number: int = number) -> None:
            nonlocal seen, met
            seen += 1
            if seen == number and not met:
                met = True
                small.store(*raw([50, 51]))
                run(small, limits)

        small.hook = meet
        run(small, limits)
        small.hook = lambda *_: None
        run(small, limits)
        assert sorted(ids(small)) == sorted(
            {one for batch in [*BATCHES, *LATE, [50, 51] if met else []] for one in batch}
        )
        assert small.keys("raw/") == []
    assert number > 10


def test_many_at_once_make_what_one_makes() -> None:
    small = holding(*map(raw, BATCHES))

    def work_on() -> None:
        for late in LATE:
            small.store(*raw(late))
            run(small)

    threads = [threading.Thread(target=work_on) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    run(small)
    assert sorted(ids(small)) == sorted({one for batch in BATCHES + LATE for one in batch})


def test_what_was_merged_before_a_kill_is_deleted_without_a_look() -> None:
    objects = list(map(raw, [[1, 2], [3], [4]]))
    small = holding(*objects)
    run(small)
    for key, body in objects:
        small.store(key, body)
    read: list[str] = []
    small.hook = lambda method, key, query: read.append(key) if method == "GET" and key.startswith("raw/") else None
    assert run(small) == Done(windows=1, repeats=4)
    assert (read, small.keys("raw/"), ids(small)) == ([], [], [1, 2, 3, 4])


def test_the_merged_object_only_grows() -> None:
    small, before = holding(), b""
    for batch in BATCHES + LATE:
        small.store(*raw(batch))
        run(small, IN_PARTS)
        assert small.objects[TARGET].body.startswith(before)
        before = small.objects[TARGET].body


def test_where_nothing_is_new_nothing_is_written() -> None:
    small = holding(raw([1, 2, 3]))
    run(small)
    before = small.objects[TARGET]
    small.store(*raw([1, 3]))
    assert run(small) == Done(windows=1, objects=1, repeats=2)
    assert small.objects[TARGET] is before


@pytest.mark.parametrize(
    ("bad", "kept"),
    [
        (packed(7, 8)[:-8], [7, 8]),
        (b"no gzip at all", []),
        (b"", []),
        (packed(7) + gzip.compress(b"no line\n"), [7]),
        (gzip.compress(b'[1]\n{"id": 7, "timestamp": 3}\n{"timestamp": 3}\n{"id": "1", "timestamp": true}'), []),
        (packed(7) + packed(8)[:9], [7]),
        (packed(7) + packed(8)[:-8] + b"\0" * 8 + packed(9), [7]),
        (gzip.compress(gzip.decompress(packed(7)) + b'{"id": "\xff", "timestamp": 3}\n'), [7]),
        (gzip.compress(b"x" * 9_000_000 + b"\n" + gzip.decompress(packed(7))), [7]),
    ],
    ids=[
        "cut off",
        "no gzip",
        "empty",
        "a line is none",
        "lines are none",
        "a second member",
        "bytes",
        "no UTF-8",
        "a huge line",
    ],
)
def test_an_object_that_is_damaged_gives_what_can_be_read_and_is_set_aside_whole(
    bad: bytes, kept: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    small = holding((f"{FOLDER}/bad", bad), raw([1, 2]), (f"{OTHER}/a", packed(5)))
    done = run(small)
    assert (done.windows, done.aside) == (2, 1 if bad else 0)
    assert (ids(small), ids(small, OTHERS)) == ([1, 2, *kept], [5])
    assert small.keys("raw/") == []
    told = capsys.readouterr().out.splitlines()
    assert [line.startswith(f"set aside: {FOLDER}/bad: ") for line in told] == ([True] if bad else [])
    if bad:
        assert small.objects[f"aside/{FOLDER}/bad"].body == bad


def test_one_that_does_not_hold_what_its_name_tells_is_looked_into() -> None:
    key, body = raw([7, 8])
    small = holding((key, body[:-8]), raw([1, 2]), (raw([3, 4])[0], packed(2, 3, 5)))
    done = run(small)
    assert (sorted(ids(small)), done.aside, small.keys("raw/")) == ([1, 2, 3, 5, 7, 8], 1, [])


def test_one_that_is_too_large_is_set_aside_unread() -> None:
    small = holding((f"{FOLDER}/large", b"x" * 1001), raw([1]))
    assert run(small, Limits(largest=1000)).aside == 1
    assert (ids(small), small.keys("raw/"), small.keys("aside/")) == ([1], [], [f"aside/{FOLDER}/large"])


@pytest.mark.parametrize(
    "key", ["raw/notes.txt", "raw/ecs/x/2026/13/45/10/05/a", "raw/ecs/x/a/b/c/d/e/f", f"{FOLDER}/x/y"]
)
def test_a_key_that_is_none_of_ours_stops_no_window(key: str) -> None:
    small = holding((key, b"x"), ("raw/folder/", b""), raw([1]))
    assert (run(small).windows, ids(small)) == (1, [1])
    assert small.objects[f"aside/{key}"].body == b"x"
    assert small.keys("raw/") == ["raw/folder/"]


def test_what_a_window_made_before_there_were_lists_is_kept_and_its_lines_are_not_doubled() -> None:
    small = holding((TARGET, packed(1, 2)), raw([2, 3]), (f"{FOLDER}/{'0' * 32}.jsonl.gz", packed(1, 4)))
    run(small)
    assert sorted(ids(small)) == [1, 2, 3, 4]
    small.store(*raw([4, 5]))
    run(small)
    assert sorted(ids(small)) == [1, 2, 3, 4, 5]


def test_what_a_window_made_before_is_kept_where_it_is_damaged() -> None:
    damaged = packed(3, 4)[:-8]
    small = holding((TARGET, damaged), raw([1]))
    run(small)
    assert small.objects[f"aside/{TARGET}"].body == damaged
    assert sorted(ids(small)) == [1, 3, 4]
    small.store(*raw([4, 5]))
    run(small)
    assert sorted(ids(small)) == [1, 3, 4, 5]


def test_of_a_merged_object_whose_bytes_are_not_what_they_were_nothing_is_relied_on_from_there_on() -> None:
    damaged = packed(3) + packed(4)[:-8] + b"\0" * 8 + packed(5)
    small = holding((TARGET, damaged), raw([1, 4]))
    run(small)
    assert small.objects[f"aside/{TARGET}"].body == damaged
    assert ids(small) == [3, 1, 4]


@pytest.mark.parametrize("spoil", [b"", b"no gzip", gzip.compress(b"x 0 1\n"), gzip.compress(b"not three\n")])
def test_a_list_that_is_spoilt_is_none(spoil: bytes) -> None:
    small = holding(raw([1, 2]))
    run(small)
    [key] = small.keys("manifests/")
    assert small.objects[TARGET].metadata[MANIFEST] in key
    small.objects[key].body = spoil
    small.store(*raw([2, 3]))
    run(small)
    assert sorted(ids(small)) == [1, 2, 3]


def test_a_window_that_s3_refuses_stays_and_the_others_are_merged() -> None:
    locked = raw([9], folder=OTHER)
    small = holding(locked, raw([1]))
    small.hook = lambda method, key, query: Answer(403, {}, b"<Code>No</Code>") if key == locked[0] else None
    with pytest.raises(WindowsFailedError, match="403 No"):
        run(small)
    assert (ids(small), small.keys("raw/")) == ([1], [locked[0]])


def test_without_time_no_further_window_is_begun() -> None:
    small = holding(raw([1]))
    assert compact(Bucket(Direct(small)), OVER, lambda: False) == Done(waiting=1)
    assert len(small.keys("raw/")) == 1


def test_where_s3_keeps_an_object_the_next_call_goes_on() -> None:
    small = holding(raw([1]))
    refusal = b"<DeleteResult><Error><Key>k</Key><Message>no leave</Message></Error></DeleteResult>"
    small.hook = lambda method, key, query: Answer(200, {}, refusal) if "delete" in query else None
    with pytest.raises(WindowsFailedError, match="no leave"):
        run(small)
    small.hook = lambda *_: None
    run(small)
    assert (ids(small), small.keys("raw/")) == ([1], [])


@pytest.mark.parametrize("at", ["uploadId", "partNumber"])
def test_an_error_inside_of_an_answer_200_is_one(at: str) -> None:
    small = holding(*map(raw, BATCHES))
    run(small, IN_PARTS)
    before, told = small.objects[TARGET].body, b"<Error><Code>InternalError</Code></Error>"
    small.store(*raw([60]))
    method_of = {"uploadId": "POST", "partNumber": "PUT"}
    small.hook = lambda method, key, query: Answer(200, {}, told) if at in query and method == method_of[at] else None
    with pytest.raises(WindowsFailedError, match="InternalError"):
        run(small, IN_PARTS)
    assert (small.objects[TARGET].body, len(small.keys("raw/")), small.uploads) == (before, 1, {})


MUTATED = some.tuples(some.sampled_from(["none", "cut", "flip", "junk"]), some.integers(0, 400), some.integers(0, 255))


def mutated(body: bytes, kind: str, place: int, value: int) -> bytes:
    place %= max(1, len(body))
    if kind == "cut":
        return body[:place]
    if kind == "flip":
        return body[:place] + bytes([value]) + body[place + 1 :]
    return bytes([value]) * place if kind == "junk" else body


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    some.lists(
        some.tuples(some.sets(some.integers(0, 20), min_size=1, max_size=4), MUTATED, some.booleans()), max_size=5
    )
)
def test_no_good_object_suffers_from_damaged_ones(rows: list[tuple[set[int], tuple[str, int, int], bool]]) -> None:
    small, good, damaged = holding(), set[int](), dict[str, bytes]()
    for number, (batch, (kind, place, value), told) in enumerate(rows):
        key, body = raw(sorted(batch)) if told else (f"{FOLDER}/{number}", packed(*sorted(batch)))
        changed = mutated(body, kind, place, value)
        small.store(key, changed)
    for key in small.keys("raw/"):
        body = small.objects[key].body
        try:
            text = unpacked(body)
            good |= {int(json.loads(line)["id"]) for line in text.splitlines()}
        except Exception:
            damaged[key] = body
    run(small)
    found = Counter(ids(small))
    assert set(found) >= good
    assert set(found.values()) <= {1}
    assert small.keys("raw/") == []
    for key, body in damaged.items():
        assert body == b"" or small.objects[f"aside/{key}"].body == body


def test_what_s3_refuses_is_no_change_of_others() -> None:
    small = holding(raw([1]))
    small.hook = lambda method, key, query: Answer(403, {}, b"") if method == "PUT" else None
    with pytest.raises(WindowsFailedError, match="403"):
        run(small)
    with pytest.raises(S3Error):
        Bucket(Direct(small)).set_aside(small.keys("raw/")[0])
