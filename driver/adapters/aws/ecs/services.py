"""The services of a cluster and their rollouts, as ECS itself reports them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from driver.adapters.aws.ecs.batches import TASKS_AT_ONCE, active_services, described_tasks, listed_tasks
from driver.adapters.aws.ecs.definitions import EcsDefinitions
from driver.adapters.aws.ecs.deployments import EcsRollouts
from driver.adapters.aws.ecs.stopped_task import stopped_task
from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import Session, code, translated
from driver.core.ports import Counts, Definition, Event, Glance, Rollout, RolloutStatus, ServiceState, StoppedTask
from driver.core.values.moments import moment
from model.settings.capacity_providers import FARGATE, SPOT, Strategy

NOTHING_TO_STOP = {"ConflictException", "ServiceDeploymentNotFoundException"}
UNCLEAR = {"ClientException", "InvalidParameterException", "UnsupportedFeatureException"}
"""What else StopServiceDeployment answers; which of them means that there is nothing to go back to is not documented.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
"""


class EcsServices:
    """Implements the port Services. `confirm` raises Busy when the app is not ours any more; it is asked right before
    each write, since ECS knows nothing of our lock.
    """

    def __init__(self, session: Session, confirm: Callable[[], None]) -> None:
        self._session = session
        self._confirm = confirm
        self._rollouts = EcsRollouts(session)
        self._definitions = EcsDefinitions(session, confirm)

    @cached_property
    def quick(self) -> "EcsServices":
        """The same for those who ask again anyway."""
        return EcsServices(self._session.quick, self._confirm)

    def describe(self, cluster: str, names: Sequence[str]) -> Mapping[str, ServiceState]:
        """The active services among `names`, by name."""
        with translated(f"describing the services of {cluster}"):
            rows = active_services(self._ecs, cluster, names)
            rollouts = self._rollouts.read(rows)
        return {row["serviceName"]: _service(row, rollouts[row["serviceName"]]) for row in rows}

    def glance(self, cluster: str, names: Sequence[str]) -> Mapping[str, Glance]:
        """The active services among `names`, by name: ten with each call, and no call for one alone."""
        with translated(f"describing the services of {cluster}"):
            return {row["serviceName"]: _glance(row) for row in active_services(self._ecs, cluster, names)}

    def definitions(self, arns: Collection[str]) -> Mapping[str, Definition]:
        """The task definitions that ECS knows, by ARN."""
        return self._definitions.read(arns)

    def register_again(self, task_definition: str) -> str:
        """Register the same content once more; the new ARN."""
        return self._definitions.register_again(task_definition)

    def stopped_tasks(self, cluster: str, service: str, task_definition: str) -> Sequence[StoppedTask]:
        """The stopped tasks of a service on one task definition, newest first; ECS keeps them for about an hour."""
        with translated(f"listing the stopped tasks of {service}"):
            listed = listed_tasks(self._ecs, cluster=cluster, serviceName=service, desiredStatus="STOPPED")
            tasks = [
                stopped_task(row)
                for row in described_tasks(self._ecs, cluster, listed)
                if row["taskDefinitionArn"] == task_definition and row["lastStatus"] == "STOPPED"
            ]
        return sorted(tasks, key=lambda task: (task.stopped is None, task.stopped), reverse=True)

    def roll_back(self, rollout: str) -> bool:
        """Ask ECS to go back; False when the rollout is final already or has nothing to go back to."""
        from botocore.exceptions import ClientError

        self._confirm()
        with translated("stopping a rollout"):
            try:
                self._ecs.stop_service_deployment(serviceDeploymentArn=rollout, stopType="ROLLBACK")
            except ClientError as error:
                if code(error) in NOTHING_TO_STOP or (code(error) in UNCLEAR and self._is_final(rollout)):
                    return False
                raise
        return True

    def _is_final(self, rollout: str) -> bool:
        """Whether a rollout has ended, or has nothing before it that it could go back to."""
        rows = self._ecs.describe_service_deployments(serviceDeploymentArns=[rollout])["serviceDeployments"]
        return not rows or RolloutStatus(rows[0]["status"]).final or not rows[0].get("sourceServiceRevisions")

    def protected(self, cluster: str, service: str, task_definition: str) -> Sequence[str]:
        """The running tasks of a service on other task definitions that protect themselves, and until when.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
        """
        with translated(f"reading the task protection of {service}"):
            running = listed_tasks(self._ecs, cluster=cluster, serviceName=service, desiredStatus="RUNNING")
            held = [
                row
                for batch in batches(running, TASKS_AT_ONCE)
                for row in self._ecs.get_task_protection(cluster=cluster, tasks=batch)["protectedTasks"]
                if row["protectionEnabled"]
            ]
            until = {row["taskArn"]: row["expirationDate"] for row in held}
            others = [
                row["taskArn"]
                for row in described_tasks(self._ecs, cluster, list(until))
                if row["taskDefinitionArn"] != task_definition
            ]
        return [f"{arn.rsplit('/', 1)[-1]} until {moment(until[arn], seconds=False)}" for arn in others]

    def restart(self, cluster: str, service: str) -> None:
        """Start a deployment of what the service runs already."""
        self._confirm()
        with translated(f"restarting {service}"):
            self._ecs.update_service(cluster=cluster, service=service, forceNewDeployment=True)

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")


def _service(row: Mapping[str, Any], rollouts: Sequence[Rollout]) -> ServiceState:
    return ServiceState(
        name=row["serviceName"],
        task_definition=row["taskDefinition"],
        desired=row["desiredCount"],
        running=row["runningCount"],
        pending=row["pendingCount"],
        rollouts=tuple(rollouts),
        tasks=_counts(row.get("deployments", [])),
        events=tuple(_event(event) for event in row.get("events", [])),
        target_groups=tuple(target["targetGroupArn"] for target in row.get("loadBalancers", [])),
        maximum_percent=row.get("deploymentConfiguration", {}).get("maximumPercent", 200),
        capacity=_strategy(row.get("capacityProviderStrategy", [])),
        completed=_newest(row).get("rolloutState") == "COMPLETED",
    )


def _glance(row: Mapping[str, Any]) -> Glance:
    newest = _newest(row)
    return Glance(
        name=row["serviceName"],
        task_definition=row["taskDefinition"],
        desired=row["desiredCount"],
        running=row["runningCount"],
        moving=newest.get("rolloutState") == "IN_PROGRESS",
        failed=newest.get("rolloutState") == "FAILED",
    )


def _newest(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The service's own newest deployment: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html"""
    return next((one for one in row.get("deployments", []) if one.get("status") == "PRIMARY"), {})


def _strategy(rows: Sequence[Mapping[str, Any]]) -> Strategy:
    """The weights in the order in which the settings have them."""
    weights = {row["capacityProvider"]: row.get("weight", 0) for row in rows}
    return tuple((name, weights[name]) for name in (FARGATE, SPOT) if weights.get(name))


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
