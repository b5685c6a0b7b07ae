"""The services of a cluster and their rollouts, as ECS itself reports them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driver.adapters.session import Session, code, translated
from driver.adapters.stopped import stopped_task
from driver.core.ports import Counts, Event, Rollout, RolloutStatus, ServiceState, StoppedTask

AT_ONCE = 10
"""How many services or revisions one call describes."""
TASKS_AT_ONCE = 100
LATEST = 10
"""How many rollouts of a service are looked at."""


class EcsServices:
    """Implements the port Services. What a service revision runs never changes, so it is asked for once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._revisions: dict[str, str] = {}

    def describe(self, cluster: str, names: Sequence[str]) -> Mapping[str, ServiceState]:
        """The active services among `names`, by name."""
        found: dict[str, ServiceState] = {}
        with translated(f"describing the services of {cluster}"):
            for batch in _batches(names, AT_ONCE):
                answer = self._ecs.describe_services(cluster=cluster, services=batch)
                for row in answer["services"]:
                    if row["status"] == "ACTIVE":
                        found[row["serviceName"]] = self._service(cluster, row)
        return found

    def stopped_tasks(self, cluster: str, service: str, task_definition: str) -> Sequence[StoppedTask]:
        """The stopped tasks of a service on one task definition, newest first; ECS keeps them for about an hour."""
        with translated(f"listing the stopped tasks of {service}"):
            listed = self._ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus="STOPPED")["taskArns"]
            tasks = [
                stopped_task(row)
                for batch in _batches(listed, TASKS_AT_ONCE)
                for row in self._ecs.describe_tasks(cluster=cluster, tasks=batch)["tasks"]
                if row["taskDefinitionArn"] == task_definition and row["lastStatus"] == "STOPPED"
            ]
        return sorted(tasks, key=lambda task: (task.stopped is None, task.stopped), reverse=True)

    def roll_back(self, rollout: str) -> bool:
        """Ask ECS to go back; False when the rollout is final already or has nothing to go back to."""
        from botocore.exceptions import ClientError

        with translated("stopping a rollout"):
            try:
                self._ecs.stop_service_deployment(serviceDeploymentArn=rollout, stopType="ROLLBACK")
            except ClientError as error:
                if code(error) in {"ConflictException", "ServiceDeploymentNotFoundException"}:
                    return False
                raise
        return True

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")

    def _service(self, cluster: str, row: Mapping[str, Any]) -> ServiceState:
        return ServiceState(
            name=row["serviceName"],
            task_definition=row["taskDefinition"],
            desired=row["desiredCount"],
            running=row["runningCount"],
            pending=row["pendingCount"],
            rollouts=tuple(self._rollouts(cluster, row["serviceName"])),
            tasks=_counts(row.get("deployments", [])),
            events=tuple(_event(event) for event in row.get("events", [])),
            target_groups=tuple(target["targetGroupArn"] for target in row.get("loadBalancers", [])),
        )

    def _rollouts(self, cluster: str, service: str) -> list[Rollout]:
        listed = self._ecs.list_service_deployments(cluster=cluster, service=service, maxResults=LATEST)
        rows = sorted(listed["serviceDeployments"], key=lambda row: row["createdAt"], reverse=True)
        self._learn([row["targetServiceRevisionArn"] for row in rows])
        return [
            Rollout(
                arn=row["serviceDeploymentArn"],
                status=RolloutStatus(row["status"]),
                reason=row.get("statusReason", ""),
                task_definition=self._revisions.get(row["targetServiceRevisionArn"], ""),
            )
            for row in rows
        ]

    def _learn(self, revisions: Sequence[str]) -> None:
        unknown = [arn for arn in dict.fromkeys(revisions) if arn not in self._revisions]
        for batch in _batches(unknown, AT_ONCE):
            for row in self._ecs.describe_service_revisions(serviceRevisionArns=batch)["serviceRevisions"]:
                self._revisions[row["serviceRevisionArn"]] = row["taskDefinition"]


def _counts(deployments: Sequence[Mapping[str, Any]]) -> dict[str, Counts]:
    """The tasks by task definition; a definition can have two deployments, after a rollback to it."""
    counts: dict[str, Counts] = {}
    for row in deployments:
        old = counts.get(row["taskDefinition"], Counts())
        counts[row["taskDefinition"]] = Counts(
            running=old.running + row.get("runningCount", 0),
            pending=old.pending + row.get("pendingCount", 0),
            failed=old.failed + row.get("failedTasks", 0),
        )
    return counts


def _event(row: Mapping[str, Any]) -> Event:
    return Event(id=row["id"], at=row["createdAt"], message=row["message"])


def _batches(items: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
