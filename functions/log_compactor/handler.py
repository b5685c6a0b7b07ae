"""Called every five minutes; one at a time, though two at once would do no harm."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

from functions.log_compactor import logic
from functions.log_compactor.bucket import Bucket
from functions.log_store.s3 import S3, Place

RESERVE = 60_000
"""Milliseconds: with less than this left nothing further is begun; the next call goes on."""


@cache
def _bucket() -> Bucket:
    return Bucket(S3(Place.of_environment(os.environ["BUCKET"])))


def handle(_event: object, context: Any) -> dict[str, int]:  # noqa: ANN401 - Lambda's context has no public type
    """Merge the windows that are over; what was done.

    Raises WindowsFailedError where S3 refused, after all else is done, and S3Error.
    """
    return asdict(
        logic.compact(_bucket(), datetime.now(UTC), lambda: context.get_remaining_time_in_millis() >= RESERVE)
    )
