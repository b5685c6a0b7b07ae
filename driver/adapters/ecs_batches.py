"""Reading many things of ECS: a call describes only so many."""

from collections.abc import Sequence
from typing import Any

from driver.adapters.batches import batches

SERVICES_AT_ONCE = 10
"""How many services one call describes.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
"""


def active_services(ecs: Any, cluster: str, names: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    """The active ones among these services, as DescribeServices gives them; whoever calls translates errors."""
    return [
        row
        for batch in batches(names, SERVICES_AT_ONCE)
        for row in ecs.describe_services(cluster=cluster, services=batch)["services"]
        if row["status"] == "ACTIVE"
    ]
