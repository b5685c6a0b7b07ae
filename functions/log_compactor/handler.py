"""Called every five minutes; one at a time, which its reserved concurrency of 1 sees to."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from functions.log_compactor import logic

RESERVE = 60_000
"""Milliseconds: with less than this left no further window is begun; the next call goes on."""
AT_ONCE = 1000
"""So many objects S3 deletes in one call."""


@cache
def _s3() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client("s3")


def handle(_event: object, context: Any) -> dict[str, int]:  # noqa: ANN401 - Lambda's context has no public type
    """Merge the windows that are over; how many that were. Raises botocore's ClientError."""
    bucket, done = os.environ["BUCKET"], 0
    for target, keys in logic.windows(_raw(bucket), datetime.now(UTC)).items():
        if context.get_remaining_time_in_millis() < RESERVE:
            break
        before = _before(bucket, target)
        body = logic.merge([*before, *(_read(bucket, key) for key in keys)])
        _s3().put_object(Bucket=bucket, Key=target, Body=body)
        _delete(bucket, keys)
        done += 1
    return {"windows": done}


def _raw(bucket: str) -> Iterator[str]:
    for page in _s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{logic.RAW}/"):
        yield from (row["Key"] for row in page.get("Contents", []))


def _before(bucket: str, key: str) -> list[bytes]:
    """What the window made before, if it has."""
    try:
        return [_read(bucket, key)]
    except _s3().exceptions.NoSuchKey:
        return []


def _read(bucket: str, key: str) -> bytes:
    body: bytes = _s3().get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def _delete(bucket: str, keys: Sequence[str]) -> None:
    """Raises RuntimeError when S3 keeps one: the next call merges it again, which changes nothing."""
    for start in range(0, len(keys), AT_ONCE):
        objects = [{"Key": key} for key in keys[start : start + AT_ONCE]]
        answer = _s3().delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        for error in answer.get("Errors", []):
            raise RuntimeError(f"{error['Key']} was not deleted: {error['Message']}")
