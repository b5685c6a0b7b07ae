"""Called by CloudWatch Logs with lines of the log groups that are archived; puts them into the bucket.

A put that fails raises: Lambda tries the delivery again and in the end gives it to the queue for failed ones.
"""

import json
import os
from functools import cache
from typing import Any

import boto3

from functions.log_shipper import logic


@cache
def _s3() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client("s3")


def handle(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Put the lines of one delivery; how many objects that made.

    Raises, once all else is in the bucket, botocore's ClientError for what was not put, and MalformedError.
    """
    made = logic.parcels(event, json.loads(os.environ.get("UNWANTED", "[]")))
    refusals = []
    for parcel in made:
        try:
            _s3().put_object(Bucket=os.environ["BUCKET"], Key=parcel.key, Body=parcel.body)
        except _s3().exceptions.ClientError as error:
            refusals.append(error)
    if refusals:
        raise refusals[0]
    if count := logic.malformed(event):
        raise logic.MalformedError(f"{count} lines of the delivery are none; all others are in the archive")
    return {"objects": len(made)}
