"""One-off tasks on ECS: always on Fargate, never on Spot.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

from collections.abc import Sequence
from typing import Any

from driver.adapters.session import Session, translated
from driver.adapters.stopped import stopped_task
from driver.core.ports import TaskRequest, TaskState
from driver.errors import NotReady, Unreachable


class EcsTasks:
    """Implements the port Tasks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, request: TaskRequest) -> str:
        """Start the task. RunTask answers 200 with `failures` when it could not be placed: NotReady."""
        network = {"subnets": list(request.subnets), "securityGroups": list(request.security_groups)}
        with translated("starting a task"):
            answer = self._ecs.run_task(
                cluster=request.cluster,
                taskDefinition=request.task_definition,
                capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
                networkConfiguration={"awsvpcConfiguration": {**network, "assignPublicIp": "DISABLED"}},
                startedBy=request.started_by,
                clientToken=request.token,
                enableECSManagedTags=True,
                propagateTags="TASK_DEFINITION",
                count=1,
            )
        for failure in answer.get("failures", []):
            raise NotReady(f"ECS could not place the task: {failure.get('reason')} {failure.get('detail', '')}".strip())
        return str(answer["tasks"][0]["taskArn"])

    def describe(self, cluster: str, task: str) -> TaskState:
        """The task now. Raises Unreachable when ECS has forgotten it, about an hour after it stopped."""
        with translated("describing a task"):
            rows = self._ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"]
        if not rows:
            raise Unreachable(f"ECS no longer knows the task {task}")
        status = rows[0]["lastStatus"]
        return TaskState(arn=task, status=status, stopped=stopped_task(rows[0]) if status == "STOPPED" else None)

    def running(self, cluster: str, family: str) -> Sequence[str]:
        """The tasks of a family that ECS still runs or starts."""
        with translated(f"listing the tasks of {family}"):
            return list(self._ecs.list_tasks(cluster=cluster, family=family, desiredStatus="RUNNING")["taskArns"])

    def stop(self, cluster: str, task: str, reason: str) -> None:
        """Ask ECS to stop it; the task gets SIGTERM, then its stop timeout."""
        with translated("stopping a task"):
            self._ecs.stop_task(cluster=cluster, task=task, reason=reason)

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")
