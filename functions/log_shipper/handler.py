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
    """Put the lines of one delivery; how many objects that made. Raises botocore's ClientError."""
    made = logic.parcels(event, json.loads(os.environ.get("UNWANTED", "[]")))
    for parcel in made:
        _s3().put_object(Bucket=os.environ["BUCKET"], Key=parcel.key, Body=parcel.body)
    return {"objects": len(made)}
