"""A service's deployments: made, completed, failed and rolled back, in ECS's words."""

import os
import time
from enum import StrEnum

from sandbox.emulator.ecs.store import digits, events_say, now_text, primary
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {}

# A rolled-back deployment keeps its id, as far as AWS's documentation says; `new` tries the other reading.
ROLLBACK_ID = "SLIPWAY_SANDBOX_ROLLBACK_ID"
TASKS_FAILED = "tasks failed to start"


class Rollout(StrEnum):
    """A deployment's rolloutState."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


def new_id() -> str:
    """An id as `DescribeServices` shows it: `ecs-svc/` and 19 digits."""
    return f"ecs-svc/{digits(19)}"


def make(service: Record) -> Record:
    """A PRIMARY deployment of what the service is to run now."""
    identifier, now = new_id(), now_text()
    return {
        "id": identifier,
        "status": "PRIMARY",
        "taskDefinition": service["taskDefinition"],
        "desiredCount": service["desiredCount"],
        "runningCount": 0,
        "pendingCount": 0,
        "failedTasks": 0,
        "launchType": service.get("launchType"),
        "capacityProviderStrategy": service.get("capacityProviderStrategy"),
        "platformVersion": service.get("platformVersion"),
        "platformFamily": service.get("platformFamily"),
        "networkConfiguration": service.get("networkConfiguration"),
        "createdAt": now,
        "updatedAt": now,
        "rolloutState": Rollout.IN_PROGRESS.value,
        "rolloutStateReason": f"ECS deployment {identifier} in progress.",
        "_since": time.monotonic(),
    }


def begin(service: Record) -> Record:
    """Put a new deployment in front; the others become ACTIVE and drain as it comes up."""
    for deployment in service["deployments"]:
        deployment["status"] = "ACTIVE"
    made = make(service)
    service["deployments"].insert(0, made)
    return made


def complete(service: Record, deployment: Record) -> None:
    """All its tasks are healthy and the others are gone."""
    identifier = deployment["id"]
    _change(deployment, Rollout.COMPLETED, f"ECS deployment {identifier} completed.")
    deployment["failedTasks"] = 0
    events_say(service, f"(deployment {identifier}) deployment completed.")


def fail(service: Record, deployment: Record, reason: str, detected: str = TASKS_FAILED) -> None:
    """The circuit breaker, an alarm or a user gave it up."""
    _change(deployment, Rollout.FAILED, reason)
    events_say(service, f"(deployment {deployment['id']}) deployment failed: {detected}.")


def fallback(service: Record) -> Record | None:
    """The last COMPLETED deployment that isn't the PRIMARY one; none is eligible while one is being restored."""
    others = [deployment for deployment in service["deployments"] if deployment["status"] != "PRIMARY"]
    return next((deployment for deployment in others if deployment["rolloutState"] == Rollout.COMPLETED), None)


def restore(service: Record, target: Record, tasks: list[Record], cause: str) -> None:
    """Make the last COMPLETED deployment PRIMARY again, IN_PROGRESS until its tasks are healthy."""
    failed = primary(service)
    failed.update(status="ACTIVE", desiredCount=0)
    previous = target["id"]
    if os.environ.get(ROLLBACK_ID) == "new":
        _renumber(target, tasks)
    target.update(status="PRIMARY", desiredCount=service["desiredCount"], failedTasks=0, _since=time.monotonic())
    _change(target, Rollout.IN_PROGRESS, f"{cause}: rolling back to deploymentId {previous}.")
    service["deployments"].remove(target)
    service["deployments"].insert(0, target)
    for field in (
        "taskDefinition",
        "launchType",
        "capacityProviderStrategy",
        "platformVersion",
        "networkConfiguration",
    ):
        service[field] = target.get(field)
    events_say(service, f"rolling back to deployment {previous}.")


def _renumber(target: Record, tasks: list[Record]) -> None:
    identifier = new_id()
    for task in tasks:
        if task.get("_deployment_id") == target["id"]:
            task["_deployment_id"] = identifier
    target.update(id=identifier, createdAt=now_text())


def _change(deployment: Record, state: Rollout, reason: str) -> None:
    deployment.update(rolloutState=state.value, rolloutStateReason=reason, updatedAt=now_text())
