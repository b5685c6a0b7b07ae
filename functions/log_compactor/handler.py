"""Called every five minutes; one at a time, which its reserved concurrency of 1 sees to."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
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
    """Merge the windows that are over; how many that were, and how many objects were set aside.

    Raises WindowsFailedError where S3 refused, after all else is done, and botocore's ClientError.
    """
    store = Bucket(os.environ["BUCKET"])
    return asdict(logic.compact(store, datetime.now(UTC), lambda: context.get_remaining_time_in_millis() >= RESERVE))


class Bucket:
    """The archive in S3. Its errors are botocore's."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def refusal(self) -> type[Exception]:
        """What S3 refuses with."""
        error: type[Exception] = _s3().exceptions.ClientError
        return error

    def raw(self) -> Iterator[str]:
        """The keys of all that is not merged yet."""
        for page in _s3().get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=f"{logic.RAW}/"):
            yield from (row["Key"] for row in page.get("Contents", []))

    def read(self, key: str) -> bytes | None:
        """What an object holds, None where there is none."""
        try:
            body: bytes = _s3().get_object(Bucket=self._name, Key=key)["Body"].read()
        except _s3().exceptions.NoSuchKey:
            return None
        return body

    def put(self, key: str, body: bytes) -> None:
        """Write an object."""
        _s3().put_object(Bucket=self._name, Key=key, Body=body)

    def delete(self, keys: Sequence[str]) -> None:
        """Raises RuntimeError when S3 keeps one: the next call merges it again, which changes nothing."""
        for start in range(0, len(keys), AT_ONCE):
            objects = [{"Key": key} for key in keys[start : start + AT_ONCE]]
            answer = _s3().delete_objects(Bucket=self._name, Delete={"Objects": objects, "Quiet": True})
            for error in answer.get("Errors", []):
                raise RuntimeError(f"{error['Key']} was not deleted: {error['Message']}")

    def tell(self, line: str) -> None:
        """A line of the function's log."""
        print(line)  # noqa: T201 - what a function prints is its log
