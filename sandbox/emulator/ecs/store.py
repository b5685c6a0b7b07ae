"""ministack's ECS tables, read as services and their tasks."""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from ministack.services import ecs

from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.services.ecs": (
        "_cluster_name_from_arn",
        "_clusters",
        "_resolve_cluster_name",
        "_resolve_service_ref",
        "_resolve_td_key",
        "_services",
        "_tags",
        "_task_defs",
        "_task_ip",
        "_tasks",
    ),
}

# Real time: whoever reads a stop reason late does so in real time too.
SHOWN_SECONDS = 3600.0
STARTING = ("PROVISIONING", "PENDING", "ACTIVATING")


def now_text() -> str:
    """The time as ministack's records keep it, in milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_epoch() -> float:
    """The time as ECS's JSON carries it: seconds with milliseconds."""
    return round(time.time(), 3)


def digits(count: int) -> str:
    """A random number of a fixed length, as ECS's ids are."""
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))


def all_services() -> list[tuple[str, str, Record]]:
    """Every service with its account and region."""
    return [(account, region, service) for (account, region, _), service in ecs._services.all_items()]


def tasks_by_service() -> dict[tuple[str, str], list[Record]]:
    """All service tasks, by cluster ARN and group (`service:<name>`)."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for _, task in ecs._tasks.all_items():
        if task.get("group", "").startswith("service:"):
            found[task["clusterArn"], task["group"]].append(task)
    return found


def tasks_of(service: Record) -> list[Record]:
    """The tasks of one service, stopped ones included."""
    return tasks_by_service().get(group_key(service), [])


def group_key(service: Record) -> tuple[str, str]:
    """Where `tasks_by_service` keeps a service's tasks."""
    return service["clusterArn"], f"service:{service['serviceName']}"


def cluster_name(service: Record) -> str:
    """The name of a service's cluster."""
    return str(ecs._cluster_name_from_arn(service["clusterArn"]))


def live(tasks: Iterable[Record]) -> list[Record]:
    """The tasks that ECS means to keep running."""
    return [task for task in tasks if task["desiredStatus"] == "RUNNING" and task["lastStatus"] != "STOPPED"]


def of_deployment(tasks: Iterable[Record], deployment: Record) -> list[Record]:
    """The tasks that a deployment started."""
    return [task for task in tasks if task.get("_deployment_id") == deployment["id"]]


def primary(service: Record) -> Record:
    """A service's PRIMARY deployment."""
    return next(deployment for deployment in service["deployments"] if deployment["status"] == "PRIMARY")


def address(task: Record) -> str | None:
    """A running task's address."""
    found: str | None = ecs._task_ip(task)
    return found


def short_id(task: Record) -> str:
    """The last part of a task's ARN."""
    return str(task["taskArn"]).rsplit("/", 1)[-1]


def cluster_of(data: Record) -> str:
    """The cluster that a request names; raises ClusterNotFoundException."""
    name = ecs._resolve_cluster_name(data.get("cluster") or "default")
    if name is None or ecs._clusters.get(name, {}).get("status") != "ACTIVE":
        raise Refusal("ClusterNotFoundException", "Cluster not found.")
    return str(name)


def find_service(cluster: str, reference: str) -> Record | None:
    """The service that a name or ARN means in a cluster."""
    resolved = ecs._resolve_service_ref(reference)
    if resolved is None or resolved[1] not in (None, cluster):
        return None
    found: Record | None = ecs._services.get(f"{cluster}/{resolved[0]}")
    return found


def service_of(data: Record) -> Record:
    """The service that a request names; raises ServiceNotFoundException."""
    found = find_service(cluster_of(data), data.get("service", ""))
    if found is None:
        raise Refusal("ServiceNotFoundException", "Service not found.")
    return found


def known_task_definition(reference: str) -> Record:
    """The task definition that a family, family:revision or ARN means, a deregistered one too; raises ClientException.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html
    """
    found: Record | None = ecs._task_defs.get(ecs._resolve_td_key(reference))
    if found is None:
        raise Refusal("ClientException", "Unable to describe task definition.")
    return found


def task_definition(reference: str) -> Record:
    """The ACTIVE task definition that a reference means; raises ClientException."""
    found = known_task_definition(reference)
    if found["status"] != "ACTIVE":
        raise Refusal("ClientException", "TaskDefinition is inactive")
    return found


def events_say(service: Record, text: str) -> None:
    """Put an event on a service, in ECS's form `(service web) has …`; the newest 100 are kept."""
    event = {"id": digits(19), "createdAt": now_text(), "message": f"(service {service['serviceName']}) {text}"}
    service["events"].insert(0, event)
    del service["events"][100:]


def stopped_already(task: Record) -> bool:
    """Whether a task has come to its end."""
    return bool(task["lastStatus"] == "STOPPED")


def age(text: str) -> float:
    """Seconds since a time in ministack's records."""
    return time.time() - datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def forget_old_tasks() -> None:
    """ECS shows stopped tasks for an hour."""
    for (account, region, arn), task in ecs._tasks.all_items():
        if task["lastStatus"] == "STOPPED" and age(task["stoppedAt"]) > SHOWN_SECONDS:
            ecs._tasks.pop_scoped(account, region, arn, None)
            ecs._tags.pop_scoped(account, region, arn, None)
