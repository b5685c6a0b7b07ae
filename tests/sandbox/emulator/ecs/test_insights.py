"""The counts of Container Insights, in whatever account and region a cluster is."""

from collections.abc import Iterator

import pytest
from ministack.core.responses import request_scope
from ministack.services import ecs

from sandbox.emulator.ecs import insights

ACCOUNT, REGION = "210987654321", "eu-north-1"


@pytest.fixture
def clusters() -> Iterator[None]:
    """Two clusters with a service each; the one that is called `off` has no Container Insights."""
    names = {"on": "enhanced", "off": "disabled"}
    with request_scope(ACCOUNT, REGION):
        for name, value in names.items():
            ecs._clusters[name] = {"settings": [{"name": "containerInsights", "value": value}]}
            ecs._services[f"{name}/web"] = {
                "serviceName": "web", "status": "ACTIVE", "desiredCount": 3, "runningCount": 1, "pendingCount": 2,
                "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}",
            }  # fmt: skip
    yield
    with request_scope(ACCOUNT, REGION):
        for name in names:
            del ecs._clusters[name], ecs._services[f"{name}/web"]


def test_services_are_counted_where_their_cluster_has_it_on(clusters: None) -> None:
    found = [row for row in insights.tell(60) if row.account == ACCOUNT]
    assert {row.name: row.value for row in found} == {
        "DesiredTaskCount": 3, "RunningTaskCount": 1, "PendingTaskCount": 2,
    }  # fmt: skip
    assert {(row.region, *row.dimensions.values()) for row in found} == {(REGION, "on", "web")}
