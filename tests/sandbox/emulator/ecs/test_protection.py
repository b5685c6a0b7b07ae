"""A protected task outlives scaling in and deployments, and the driver can name it."""

from typing import Any

import pytest

from driver.adapters.aws.ecs.services import EcsServices
from tests.sandbox.emulator.cloud import Cloud, until


def no_lock() -> None:
    """Whoever only looks has none."""


pytestmark = pytest.mark.sandbox


def protect(cloud: Cloud, task: str, *, enabled: bool) -> None:
    answer = cloud.ecs.update_task_protection(cluster=cloud.name, tasks=[task], protectionEnabled=enabled)
    assert [row["protectionEnabled"] for row in answer["protectedTasks"]] == [enabled]


def test_a_deployment_waits_for_a_protected_task_that_can_be_named(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    cloud.stable()
    old = cloud.tasks()[0]["taskArn"]
    protect(cloud, old, enabled=True)
    new = cloud.definition("worker", version="v2")
    cloud.update(taskDefinition=new)

    def fresh_runs() -> bool:
        return any(task["taskDefinitionArn"] == new and task["lastStatus"] == "RUNNING" for task in cloud.tasks())

    until(fresh_runs)
    session: Any = cloud
    [named] = EcsServices(session, no_lock).protected(cloud.name, "svc", new)
    assert named.startswith(old.rsplit("/", 1)[-1])
    assert cloud.status() == "IN_PROGRESS"
    protect(cloud, old, enabled=False)
    until(lambda: cloud.status() == "SUCCESSFUL")
    assert EcsServices(session, no_lock).protected(cloud.name, "svc", new) == []


def test_a_protected_task_outlives_scaling_in(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=2)
    cloud.stable()
    kept = sorted(task["taskArn"] for task in cloud.tasks())
    for task in kept:
        protect(cloud, task, enabled=True)
    cloud.update(desiredCount=0)
    # The service's steps go on, as its next deployment shows.
    protect(cloud, kept[0], enabled=False)
    until(lambda: [task["taskArn"] for task in cloud.tasks()] == kept[1:])
    protect(cloud, kept[1], enabled=False)
    until(lambda: cloud.tasks() == [])
