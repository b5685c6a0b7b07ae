"""What follows from a service's tasks: counts, a deployment's completion, the history's verdict, steady state."""

import time

from sandbox.context import Context
from sandbox.emulator.ecs import store
from sandbox.emulator.ecs.deployments import deployments
from sandbox.emulator.ecs.deployments.deployment_alarms import bake_time
from sandbox.emulator.ecs.deployments.deployments import Rollout
from sandbox.emulator.ecs.deployments.history import Status, history
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {}

# ECS looks at a service every so often, so that even a rollback with nothing to start takes a while.
SHORTEST = 10.0
COMPLETED = "Service deployment completed."
SUPERSEDED = "Service deployment was superseded by a newer one."


class Outcome:
    """Writes the outcome of each step into a service's record."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def settle(self, service: Record, tasks: list[Record]) -> None:
        """Look at a service after a step."""
        count(service, tasks)
        if service["status"] == "DRAINING" and all(store.stopped_already(task) for task in tasks):
            service["status"] = "INACTIVE"
        if service["status"] == "ACTIVE":
            _advance_history(service)
            self._complete(service, tasks)
            _prune(service, tasks)
            _say_if_steady(service, tasks)

    def _complete(self, service: Record, tasks: list[Record]) -> None:
        deployment = store.primary(service)
        if deployment["rolloutState"] != Rollout.IN_PROGRESS or not _came_up(service, deployment, tasks):
            deployment.pop("_up_since", None)
            return
        now = time.monotonic()
        took, baked = now - deployment["_since"], now - deployment.setdefault("_up_since", now)
        if baked < self._context.scaled(bake_time(history(service).current)):
            return
        if service["desiredCount"] == 0 or took >= self._context.scaled(SHORTEST):
            deployments.complete(service, deployment)
            _conclude(service)


def count(service: Record, tasks: list[Record]) -> None:
    """The counts of a service and of each of its deployments."""
    service["runningCount"], service["pendingCount"] = _counts(tasks)
    for deployment in service["deployments"]:
        own = store.of_deployment(tasks, deployment)
        deployment["runningCount"], deployment["pendingCount"] = _counts(own)


def _counts(tasks: list[Record]) -> tuple[int, int]:
    states = [task["lastStatus"] for task in store.live(tasks)]
    return states.count("RUNNING"), sum(1 for state in states if state in store.STARTING)


def _came_up(service: Record, deployment: Record, tasks: list[Record]) -> bool:
    """As many healthy tasks as desired, and nothing of another deployment left, draining tasks included."""
    own = store.live(store.of_deployment(tasks, deployment))
    others = [task for task in tasks if task.get("_deployment_id") != deployment["id"]]
    return (
        len(own) == service["desiredCount"]
        and all(task.get("_healthy") for task in own)
        and all(store.stopped_already(task) for task in others)
    )


def _advance_history(service: Record) -> None:
    past = history(service)
    for row in past.deployments[:-1]:
        if row.status is Status.STOP_REQUESTED:
            row.move(Status.STOPPED, SUPERSEDED)
    if past.current is not None and past.current.status is Status.PENDING:
        past.current.move(Status.IN_PROGRESS)


def _conclude(service: Record) -> None:
    current = history(service).current
    if current is None or current.over:
        return
    if current.rollback is None:
        current.move(Status.SUCCESSFUL, COMPLETED)
    else:
        current.move(Status.ROLLBACK_SUCCESSFUL)


def _prune(service: Record, tasks: list[Record]) -> None:
    """ECS shows a deployment until its last task is gone; during a rollout also the failed one, and the way back."""
    rolling = store.primary(service)["rolloutState"] != Rollout.COMPLETED
    back = deployments.fallback(service)
    unfinished = {task.get("_deployment_id") for task in tasks if not store.stopped_already(task)}
    service["deployments"] = [
        row
        for row in service["deployments"]
        if row["status"] == "PRIMARY"
        or row["id"] in unfinished
        or (rolling and (row is back or row["rolloutState"] == Rollout.FAILED))
    ]


def _say_if_steady(service: Record, tasks: list[Record]) -> None:
    steady = (
        store.primary(service)["rolloutState"] == Rollout.COMPLETED
        and len(service["deployments"]) == 1
        and service["runningCount"] == service["desiredCount"]
        and all(task.get("_healthy") for task in store.live(tasks))
    )
    if steady and not service.get("_steady"):
        store.events_say(service, "has reached a steady state.")
    service["_steady"] = steady
