"""Starting a service's tasks."""

from collections.abc import Callable

from ministack.services import ecs

from sandbox.emulator.ecs.store import events_say, known_task_definition
from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal, body_of

NEEDS: Needs = {"ministack.services.ecs": ("_run_task", "_tags")}


class Launcher:
    """Starts tasks through ministack's RunTask, which runs them in threads of its own."""

    def __init__(self) -> None:
        self._run_task: Callable[[Record], Answer] = ecs._run_task

    def launch(self, service: Record, deployment: Record, count: int) -> None:
        """Start tasks of a deployment; what can't be started becomes a service event."""
        made = self._run_task(_request(service, deployment, count))
        body = body_of(made)
        if made[0] >= 400:
            events_say(service, f"was unable to place a task. Reason: {body.get('message', 'unknown')}.")
            return
        service["_steady"] = False
        names = " ".join(f"(task {task['taskArn'].rsplit('/', 1)[-1]})" for task in body["tasks"])
        events_say(service, f"has started {len(body['tasks'])} tasks: {names}.")


def _request(service: Record, deployment: Record, count: int) -> Record:
    return {
        "cluster": service["clusterArn"],
        "taskDefinition": deployment["taskDefinition"],
        "count": count,
        "group": f"service:{service['serviceName']}",
        # ECS puts the deployment's id here.
        "startedBy": deployment["id"],
        "launchType": service.get("launchType"),
        "capacityProviderStrategy": service.get("capacityProviderStrategy"),
        "platformVersion": service.get("platformVersion") or "",
        "networkConfiguration": service.get("networkConfiguration") or {},
        "enableExecuteCommand": service.get("enableExecuteCommand", False),
        "tags": _tags(service, deployment),
        "_deploymentId": deployment["id"],
    }


def _tags(service: Record, deployment: Record) -> list[Record]:
    """What propagateTags gives a task."""
    source = service.get("propagateTags")
    if source == "SERVICE":
        return list(ecs._tags.get(service["serviceArn"], []))
    if source == "TASK_DEFINITION":
        try:
            arn = known_task_definition(deployment["taskDefinition"])["taskDefinitionArn"]
        except Refusal:
            return []
        return list(ecs._tags.get(arn, []))
    return []
