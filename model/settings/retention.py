"""How long a log group keeps its lines."""

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

KNOWN = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""


def _known(days: int) -> int:
    if days not in KNOWN:
        raise ValueError(f"{days} is no retention that CloudWatch Logs knows; use {', '.join(map(str, KNOWN))}")
    return days


Days = Annotated[int, AfterValidator(_known), WithJsonSchema({"type": "integer", "enum": list(KNOWN)})]
"""Days of retention that CloudWatch Logs knows."""
