"""One-off tasks on ECS: always on Fargate, never on Spot.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from driver.adapters.aws.ecs.batches import described_tasks, listed_tasks
from driver.adapters.aws.ecs.stopped_task import stopped_task
from driver.adapters.aws.session import Session, code, translated
from driver.core.ports import LiveTask, TaskRequest, TaskState
from driver.core.release_phase.outcome import lacks_room
from driver.errors import NotPlaced, Refused
from model.container_definition import CONTAINER

REFUSALS = {
    "AccessDeniedException",
    "BlockedException",
    "ClientException",
    "ClusterNotFoundException",
    "ConflictException",
    "InvalidParameterException",
    "PlatformTaskDefinitionIncompatibilityException",
    "PlatformUnknownException",
    "UnsupportedFeatureException",
}
"""Errors of RunTask after which there is certainly no task; after any other one there may be."""


class EcsTasks:
    """Implements the port Tasks. `confirm` is asked right before a task is started, as in EcsServices."""

    def __init__(self, session: Session, confirm: Callable[[], None]) -> None:
        self._session = session
        self._confirm = confirm

    def run(self, request: TaskRequest) -> str:
        """Start the task; a repeated request with the same token is answered with the same task.

        RunTask answers 200 with `failures` when the task could not be placed: NotPlaced, or Refused where that is not
        for a lack of place, and after an error.
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
        """
        from botocore.exceptions import ClientError

        self._confirm()
        with translated("starting a task"):
            try:
                answer = self._ecs.run_task(**_arguments(request))
            except ClientError as error:
                if code(error) not in REFUSALS:
                    raise
                raise _failure(f"{code(error)}: {error.response['Error'].get('Message', '')}") from None
        for failure in answer.get("failures", []):
            raise _failure(f"{failure.get('reason')} {failure.get('detail') or ''}".strip())
        return str(answer["tasks"][0]["taskArn"])

    def describe(self, cluster: str, task: str) -> TaskState | None:
        """The task now; None when ECS does not know it."""
        rows = self._describe(cluster, [task])
        if not rows:
            return None
        status, healthy = rows[0]["lastStatus"], rows[0].get("healthStatus") == "HEALTHY"
        stopped = stopped_task(rows[0]) if status == "STOPPED" else None
        ended = frozenset(one["name"] for one in rows[0].get("containers", ()) if one.get("lastStatus") == "STOPPED")
        return TaskState(arn=task, status=status, stopped=stopped, healthy=healthy, ended=ended)

    def unstopped(self, cluster: str, family: str) -> Sequence[str]:
        """The tasks of a family that ECS starts, runs or is stopping. ListTasks goes by what a task was told to be."""
        going = [row for row in self._stopped(cluster, family) if row["lastStatus"] != "STOPPED"]
        return [*self._list(cluster=cluster, family=family), *(str(row["taskArn"]) for row in going)]

    def started_by(self, cluster: str, task_definition: str, who: str) -> Sequence[str]:
        """The tasks with that mark. ListTasks takes it as its only filter, and then knows no stopped ones.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
        """
        running = self._describe(cluster, self._list(cluster=cluster, startedBy=who))
        family = task_definition.rsplit("/", 1)[-1].rsplit(":", 1)[0]
        found = {
            str(row["taskArn"]): None
            for row in (*running, *self._stopped(cluster, family))
            if row.get("startedBy") == who and row["taskDefinitionArn"] == task_definition
        }
        return list(found)

    def loose(self, cluster: str) -> Mapping[str, str]:
        """The tasks of a cluster that no service runs: each with its task definition, as FAMILY:REVISION.

        Those of a service have its name as their group. None where the cluster is gone.
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
        """
        from botocore.exceptions import ClientError

        with translated("listing tasks"):
            try:
                pages = self._ecs.get_paginator("list_tasks").paginate(cluster=cluster)
                listed = [arn for page in pages for arn in page["taskArns"]]
            except ClientError as error:
                if code(error) != "ClusterNotFoundException":
                    raise
                return {}
        return {
            str(row["taskArn"]): str(row["taskDefinitionArn"]).rsplit("/", 1)[-1]
            for row in self._describe(cluster, listed)
            if not str(row.get("group", "")).startswith("service:")
        }

    def live(self, cluster: str) -> Sequence[LiveTask]:
        """All tasks that ECS shall run, or is stopping; it lists those apart from each other."""
        from botocore.exceptions import ClientError

        with translated("listing tasks"):
            try:
                listed = [
                    arn
                    for status in ("RUNNING", "STOPPED")
                    for arn in listed_tasks(self._ecs, cluster=cluster, desiredStatus=status)
                ]
            except ClientError as error:
                if code(error) != "ClusterNotFoundException":
                    raise
                return []
        return [_live(row) for row in self._describe(cluster, listed) if row["lastStatus"] != "STOPPED"]

    def stop(self, cluster: str, task: str, reason: str) -> None:
        """Ask ECS to stop it; the task gets SIGTERM, then its stop timeout."""
        with translated("stopping a task"):
            self._ecs.stop_task(cluster=cluster, task=task, reason=reason)

    def _stopped(self, cluster: str, family: str) -> list[Any]:
        return self._describe(cluster, self._list(cluster=cluster, family=family, desiredStatus="STOPPED"))

    def _list(self, **filters: str) -> list[str]:
        with translated("listing tasks"):
            return listed_tasks(self._ecs, **filters)

    def _describe(self, cluster: str, tasks: Sequence[str]) -> list[Any]:
        with translated("describing tasks"):
            return described_tasks(self._ecs, cluster, tasks)

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")


def _live(row: Mapping[str, Any]) -> LiveTask:
    details = [one for part in row.get("attachments", []) for one in part.get("details", [])]
    return LiveTask(
        arn=row["taskArn"],
        task_definition=row["taskDefinitionArn"],
        group=row.get("group", ""),
        status=row["lastStatus"],
        desired=row.get("desiredStatus", ""),
        health=row.get("healthStatus", "UNKNOWN"),
        created=row.get("createdAt"),
        started=row.get("startedAt"),
        address=next((one["value"] for one in details if one.get("name") == "privateIPv4Address"), ""),
        zone=row.get("availabilityZone", ""),
        cpu=int(row.get("cpu") or 0),
        memory=int(row.get("memory") or 0),
        capacity=row.get("capacityProviderName") or row.get("launchType", ""),
        started_by=row.get("startedBy", ""),
    )


def _failure(words: str) -> NotPlaced | Refused:
    return NotPlaced(words) if lacks_room(words) else Refused(words)


def _arguments(request: TaskRequest) -> dict[str, Any]:
    network = {"subnets": list(request.subnets), "securityGroups": list(request.security_groups)}
    return {
        "cluster": request.cluster,
        "taskDefinition": request.task_definition,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        "networkConfiguration": {"awsvpcConfiguration": {**network, "assignPublicIp": "DISABLED"}},
        "startedBy": request.started_by,
        "clientToken": request.token,
        "enableECSManagedTags": True,
        "propagateTags": "TASK_DEFINITION",
        "count": 1,
        **_overrides(request),
    }


def _overrides(request: TaskRequest) -> dict[str, Any]:
    if not request.environment:
        return {}
    variables = [{"name": name, "value": value} for name, value in request.environment.items()]
    return {"overrides": {"containerOverrides": [{"name": CONTAINER, "environment": variables}]}}
