"""Deployments prove themselves, roll, fail and go back."""

import pytest

from tests.sandbox.emulator.cloud import BREAKER, Cloud, until

WORDS = (
    "has started 2 tasks: (task ",
    "registered 1 targets in (target-group ",
    "deregistered ",
    "has begun draining connections on ",
    "has stopped ",
    " deployment completed.",
    "has reached a steady state.",
)
pytestmark = pytest.mark.sandbox


def test_a_first_deployment_is_in_progress_until_its_tasks_are_healthy(cloud: Cloud) -> None:
    web = cloud.web()
    made = cloud.create(cloud.definition("web"), desired=2, web=web)
    assert [row["rolloutState"] for row in made["deployments"]] == ["IN_PROGRESS"]
    stable = cloud.stable()
    deployment = stable["deployments"][0]
    assert (deployment["runningCount"], deployment["pendingCount"], deployment["failedTasks"]) == (2, 0, 0)
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} completed."
    assert [row["State"] for row in cloud.health(web)] == ["healthy", "healthy"]
    assert cloud.status() == "SUCCESSFUL"
    assert {task["startedBy"] for task in cloud.tasks()} == {deployment["id"]}


def test_a_rolling_update_replaces_all_tasks_and_ends_with_one_deployment(cloud: Cloud) -> None:
    web = cloud.web()
    cloud.create(cloud.definition("web"), desired=2, web=web)
    first = cloud.stable()
    second = cloud.definition("web", version="v2")
    updated = cloud.update(taskDefinition=second)
    assert [(row["status"], row["rolloutState"]) for row in updated["deployments"]] == [
        ("PRIMARY", "IN_PROGRESS"),
        ("ACTIVE", "COMPLETED"),
    ]
    stable = cloud.stable()
    assert stable["taskDefinition"] == second
    assert stable["deployments"][0]["id"] != first["deployments"][0]["id"]
    assert {task["taskDefinitionArn"] for task in cloud.tasks()} == {second}
    latest, before = cloud.history()
    assert [latest["status"], before["status"]] == ["SUCCESSFUL", "SUCCESSFUL"]
    assert stable["currentServiceDeployment"] == latest["serviceDeploymentArn"]
    said = " ".join(cloud.messages())
    assert all(words in said for words in WORDS), said


def test_a_crash_loop_trips_the_breaker_and_goes_back(cloud: Cloud) -> None:
    good = cloud.definition("worker")
    cloud.create(good)
    before = cloud.stable()["deployments"][0]["id"]
    seen: set[str] = set()
    cloud.update(taskDefinition=cloud.definition("crash", "0.05", "7"))

    def back() -> bool:
        seen.add(cloud.status())
        service = cloud.service()
        primary = service["deployments"][0]
        if primary["id"] == before and primary["rolloutState"] == "IN_PROGRESS":
            seen.add(primary["rolloutStateReason"])
            failed = [row for row in service["deployments"] if row["rolloutState"] == "FAILED"]
            seen.update(row["rolloutStateReason"] for row in failed)
        return "ROLLBACK_SUCCESSFUL" in seen

    until(back, 120)
    assert seen == {
        "IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
        "ROLLBACK_SUCCESSFUL",
        "ECS deployment circuit breaker: tasks failed to start.",
        f"ECS deployment circuit breaker: rolling back to deploymentId {before}.",
    }
    service = cloud.stable()
    assert service["taskDefinition"] == good
    assert [row["id"] for row in service["deployments"]] == [before]
    latest = cloud.history()[0]
    assert latest["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert latest["rollback"]["serviceRevisionArn"] == cloud.history()[1]["targetServiceRevision"]["arn"]
    stopped = [task for task in cloud.tasks("STOPPED") if task["taskDefinitionArn"] != good]
    assert {task["containers"][0]["exitCode"] for task in stopped} == {7}
    assert {task["stoppedReason"] for task in stopped} == {"Essential container in task exited"}
    assert len(stopped) == 3
    assert any(text.endswith("deployment failed: tasks failed to start.") for text in cloud.messages())


def test_a_web_that_answers_503_is_never_completed_and_goes_back(cloud: Cloud) -> None:
    web = cloud.web()
    good = cloud.definition("web")
    cloud.create(good, web=web)
    cloud.stable()
    cloud.update(taskDefinition=cloud.definition("web", health=503))
    descriptions: set[str] = set()

    def back() -> bool:
        descriptions.update(row.get("Description", "") for row in cloud.health(web))
        return cloud.status() == "ROLLBACK_SUCCESSFUL"

    until(back, 120)
    assert "Health checks failed with these codes: [503]" in descriptions
    assert cloud.stable()["taskDefinition"] == good
    reasons = {task["stoppedReason"] for task in cloud.tasks("STOPPED")}
    assert f"Task failed ELB health checks in (target-group {web.group})" in reasons


def test_an_image_that_is_not_there_fails_the_deployment(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    cloud.stable()
    cloud.update(taskDefinition=cloud.definition("worker", image="nobody/nothing:1"))
    until(lambda: cloud.status() == "ROLLBACK_SUCCESSFUL", 120)
    assert any("CannotPullContainerError" in text for text in cloud.messages())


def test_a_first_deployment_that_crashes_fails_and_stops_restarting(cloud: Cloud) -> None:
    cloud.create(cloud.definition("crash", "0", "1"))
    until(lambda: cloud.service()["deployments"][0]["rolloutState"] == "FAILED", 120)
    deployment = cloud.service()["deployments"][0]
    assert deployment["status"] == "PRIMARY"
    assert deployment["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert cloud.status() == "ROLLBACK_FAILED"
    assert cloud.tasks() == []
    assert len(cloud.tasks("STOPPED")) == 3


def test_without_rollback_a_failed_deployment_leaves_the_old_tasks_serving(cloud: Cloud) -> None:
    good = cloud.definition("worker")
    settings = {"deploymentCircuitBreaker": {**BREAKER, "rollback": False}}
    cloud.create(good, deploymentConfiguration=settings)
    cloud.stable()
    cloud.update(taskDefinition=cloud.definition("crash", "0", "1"))
    until(lambda: cloud.status() == "STOPPED", 120)
    assert [task["taskDefinitionArn"] for task in cloud.tasks()] == [good]
    fixed = cloud.definition("worker", version="v3")
    cloud.update(taskDefinition=fixed)
    assert cloud.stable()["taskDefinition"] == fixed


def test_a_stopped_task_is_replaced(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    cloud.stable()
    task = cloud.tasks()[0]["taskArn"]
    cloud.ecs.stop_task(cluster=cloud.name, task=task, reason="by hand")
    ended = cloud.ended(task)
    assert (ended["stopCode"], ended["stoppedReason"]) == ("UserInitiated", "by hand")
    assert ended["containers"][0]["exitCode"] == 0
    until(lambda: [row for row in cloud.tasks() if row["taskArn"] != task and row["lastStatus"] == "RUNNING"])


def test_scaling_starts_and_stops_tasks_without_a_deployment(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    cloud.stable()
    for count in (3, 0, 2):
        cloud.update(desiredCount=count)
        until(lambda count=count: cloud.service()["runningCount"] == count)
    assert len(cloud.history()) == 1
    assert len(cloud.service()["deployments"]) == 1


def test_a_service_at_zero_completes_at_once(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"), desired=0)
    cloud.stable()
    assert cloud.status() == "SUCCESSFUL"


def test_the_desired_count_can_change_during_a_rollout(cloud: Cloud) -> None:
    cloud.create(cloud.definition("worker"))
    cloud.stable()
    second = cloud.definition("worker", version="v2")
    cloud.update(taskDefinition=second)
    cloud.update(desiredCount=3)
    stable = cloud.stable()
    assert stable["deployments"][0]["runningCount"] == 3
    assert {task["taskDefinitionArn"] for task in cloud.tasks()} == {second}


def test_a_task_that_fails_its_container_health_check_is_replaced(cloud: Cloud) -> None:
    check = {"command": ["CMD-SHELL", "test $VERSION = v1"], "interval": 5, "retries": 2, "timeout": 2}
    good = cloud.definition("worker", healthCheck=check)
    cloud.create(good)
    cloud.stable()
    assert cloud.tasks()[0]["healthStatus"] == "HEALTHY"
    cloud.update(taskDefinition=cloud.definition("worker", version="v2", healthCheck=check))
    until(lambda: cloud.status() == "ROLLBACK_SUCCESSFUL", 120)
    assert "Task failed container health checks" in {task["stoppedReason"] for task in cloud.tasks("STOPPED")}
