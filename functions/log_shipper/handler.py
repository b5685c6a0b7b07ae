"""Called by CloudWatch Logs with lines of the log groups that are archived; puts them into the bucket.

A put that fails raises: Lambda tries the delivery again and in the end gives it to the queue for failed ones.
"""

import json
import os
from functools import cache
from typing import Any

from functions.log_shipper import logic
from functions.log_store.s3 import S3, Place, S3Error


@cache
def _s3() -> S3:
    return S3(Place.of_environment(os.environ["BUCKET"]))


@cache
def _unwanted() -> tuple[str, ...]:
    return tuple(json.loads(os.environ.get("UNWANTED", "[]")))


def handle(event: Any, _context: object) -> dict[str, int]:  # noqa: ANN401 - as it is delivered
    """Put the lines of one delivery; how many objects and lines that made, and how many objects were there already.

    Raises, once all else is in the bucket, S3Error for what was not put.
    """
    made, there, refusals = logic.shipment(event, _unwanted()), 0, []
    for parcel in made.parcels:
        try:
            there += not _s3().put(parcel.key, parcel.body, digest=parcel.digest)
        except S3Error as error:
            refusals.append(error)
    if made.damage:
        print(f"set aside: {made.parcels[-1].key}: {made.damage}")  # noqa: T201 - what a function prints is its log
    if refusals:
        raise refusals[0]
    return {"objects": len(made.parcels), "lines": made.lines, "there": there, "aside": int(bool(made.damage))}
