"""The sandbox's S3 writes under conditions as AWS does, and takes what the log archive's own client signs and sends."""

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from functions.log_compactor.bucket import SMALLEST_PART, Bucket, ChangedError, Found, Merged, Writer
from functions.log_compactor.logic import compact
from functions.log_shipper import logic as shipper
from functions.log_store import sigv4
from functions.log_store.s3 import S3, Place
from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox
NAME = "conditional-writes"
KEYS = sigv4.Credentials("test", "test")


@pytest.fixture
def bucket(cloud: Cloud) -> Iterator[Bucket]:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    made = Bucket(S3(Place(NAME, "eu-west-1", KEYS, cloud.endpoint)))
    yield made
    made.delete(one.key for one in made.listed(""))
    s3.delete_bucket(Bucket=NAME)


def written(bucket: Bucket, condition: dict[str, str], *pieces: bytes, before: Merged | None = None) -> bool:
    """Whether an object could be written under a condition."""
    writer = Writer(bucket, "logs/key", {**condition, "x-amz-meta-manifest": "list"})
    if before is not None:
        writer.begin_with(before)
    for piece in pieces:
        writer.add(piece)
    try:
        writer.finish()
    except ChangedError:
        writer.give_up()
        return False
    return True


def there(bucket: Bucket) -> Merged:
    found = bucket.merged("logs/key")
    assert found is not None
    return found


def test_of_many_that_write_a_new_object_at_once_one_does(bucket: Bucket) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda number: bucket.s3.put("raw/key", bytes([number])), range(8)))
    assert sorted(done) == [False] * 7 + [True]
    assert bucket.read("raw/key") == bytes([done.index(True)])


@pytest.mark.parametrize("size", [10, 9 * 1024 * 1024], ids=["in one piece", "in parts"])
def test_an_object_is_replaced_only_where_it_is_what_it_was(bucket: Bucket, size: int) -> None:
    body, first = b"x" * size, {"if-none-match": "*"}
    assert not written(bucket, {"if-match": '"0"'}, body)
    assert [written(bucket, first, body), written(bucket, first, body)] == [True, False]
    before = there(bucket)
    assert (before.size, before.manifest) == (size, "list")
    assert written(bucket, {"if-match": before.etag}, body, b"more", before=before)
    assert not written(bucket, {"if-match": before.etag}, body)
    assert bucket.read("logs/key") == body * 2 + b"more"
    with pytest.raises(ChangedError):
        list(bucket.chunks(before, 0, 1))


def test_large_ones_are_copied_within_s3_and_parts_that_are_given_up_are_gone(bucket: Bucket, cloud: Cloud) -> None:
    assert written(bucket, {}, b"y" * SMALLEST_PART)
    before = there(bucket)
    assert written(bucket, {"if-match": before.etag}, b"more", before=before)
    assert bucket.read("logs/key") == b"y" * SMALLEST_PART + b"more"
    assert not written(bucket, {"if-match": before.etag}, b"z" * SMALLEST_PART, b"z" * SMALLEST_PART)
    assert not cloud.client("s3").list_multipart_uploads(Bucket=NAME).get("Uploads")


def test_keys_of_any_kind_are_listed_read_set_aside_and_deleted(bucket: Bucket) -> None:
    keys = sorted(["raw/a b", "raw/a+b", "raw/ü/%41&<x>", "raw/'\"(1)"])
    for key in keys:
        assert bucket.s3.put(key, key.encode())
    assert list(bucket.listed("raw/")) == [Found(key, len(key.encode())) for key in keys]
    assert [body.decode() for _, body in bucket.many(bucket.listed("raw/"))] == keys
    for key in keys:
        bucket.set_aside(key)
    bucket.delete(keys)
    assert [one.key for one in bucket.listed("")] == [f"aside/{key}" for key in keys]


def test_two_compactors_at_once_leave_each_line_once(bucket: Bucket) -> None:
    now, ids = datetime(2026, 11, 24, 12, tzinfo=UTC), range(60)
    at = int(datetime(2026, 11, 24, 10, 5, tzinfo=UTC).timestamp() * 1000)
    for start in ids[::5]:
        rows = [{"id": f"{one:056}", "timestamp": at, "message": "x"} for one in range(start, start + 7)]
        lines = shipper.Lines([row["id"] for row in rows], [at] * 7, [shipper._piece(row) for row in rows])
        parcel = shipper._parcel(shipper.Delivery("/ecs/dev-shop-web", "s", rows, b""), at // 1000, lines)
        bucket.s3.put(parcel.key, parcel.body)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: compact(Bucket(bucket.s3), now, lambda: True), range(4)))
    compact(bucket, now, lambda: True)
    [merged] = bucket.listed("logs/")
    text = gzip.decompress(bucket.read(merged.key)).decode()
    assert [text.count(f'"{one:056}"') for one in range(62)] == [1] * 62
    assert list(bucket.listed("raw/")) == []
