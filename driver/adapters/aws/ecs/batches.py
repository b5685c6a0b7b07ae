"""Reading many things of ECS: a call describes only so many."""

from collections.abc import Sequence
from typing import Any

from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import code

SERVICES_AT_ONCE = 10
"""How many services one call describes.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
"""
TASKS_AT_ONCE = 100
"""How many tasks one call describes.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
"""


def listed_tasks(ecs: Any, **filters: str) -> list[str]:  # noqa: ANN401 - a client
    """The ARNs of all tasks that ListTasks finds: a page has at most 100, in no promised order.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
    """
    return [arn for page in ecs.get_paginator("list_tasks").paginate(**filters) for arn in page["taskArns"]]


def described_tasks(ecs: Any, cluster: str, tasks: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    """These tasks, as DescribeTasks gives them."""
    batched = batches(tasks, TASKS_AT_ONCE)
    return [row for batch in batched for row in ecs.describe_tasks(cluster=cluster, tasks=batch)["tasks"]]


def active_services(ecs: Any, cluster: str, names: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    """The active ones among these services, as DescribeServices gives them; none where the cluster itself is gone.

    Whoever calls translates errors.
    """
    from botocore.exceptions import ClientError

    try:
        return [
            row
            for batch in batches(names, SERVICES_AT_ONCE)
            for row in ecs.describe_services(cluster=cluster, services=batch)["services"]
            if row["status"] == "ACTIVE"
        ]
    except ClientError as error:
        if code(error) != "ClusterNotFoundException":
            raise
        return []
