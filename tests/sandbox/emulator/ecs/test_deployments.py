"""A rollback works under a reused and under a new deployment id."""

import os
from collections.abc import Iterator

import pytest

from sandbox.emulator.ecs.deployments import deployments
from sandbox.emulator.patching.patch import Record


@pytest.fixture(params=["reuse", "new"])
def reading(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get(deployments.ROLLBACK_ID)
    os.environ[deployments.ROLLBACK_ID] = request.param
    yield request.param
    os.environ.pop(deployments.ROLLBACK_ID)
    if before is not None:
        os.environ[deployments.ROLLBACK_ID] = before


def test_a_rollback_keeps_or_changes_the_id_and_the_tasks_follow(reading: str) -> None:
    service: Record = {
        "serviceName": "web",
        "taskDefinition": "app:1",
        "desiredCount": 2,
        "deployments": [],
        "events": [],
    }
    good = deployments.begin(service)
    deployments.complete(service, good)
    first, task = good["id"], {"_deployment_id": good["id"]}
    service["taskDefinition"] = "app:2"
    bad = deployments.begin(service)
    deployments.fail(service, bad, "why")
    target = deployments.fallback(service)
    assert target is good
    deployments.restore(service, good, [task], "ECS deployment circuit breaker")
    assert service["deployments"] == [good, bad]
    assert (service["taskDefinition"], good["status"], good["rolloutState"]) == ("app:1", "PRIMARY", "IN_PROGRESS")
    assert good["rolloutStateReason"].endswith(f"rolling back to deploymentId {first}.")
    assert (good["id"] == first) == (reading == "reuse")
    assert task["_deployment_id"] == good["id"]
    assert (bad["status"], bad["desiredCount"]) == ("ACTIVE", 0)
    assert deployments.fallback(service) is None
