"""The rollouts of services, read with as few calls as can be: ECS's API is throttled by account and region.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import Session
from driver.core.ports import Rollout, RolloutStatus

LATEST = 10
"""How many rollouts of a service are looked at."""
AT_ONCE = 20
"""How many deployments or revisions one call describes."""

Row = Mapping[str, Any]


class EcsRollouts:
    """The latest rollouts of each service, newest first.

    A list is asked for again only when the service shows that something happened; of the rest, open rollouts are
    described with one call, final ones and revisions never change.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._listed: dict[str, tuple[object, list[str]]] = {}
        self._final: dict[str, Rollout] = {}
        self._revisions: dict[str, str] = {}

    def read(self, services: Sequence[Row]) -> Mapping[str, tuple[Rollout, ...]]:
        """By service name; `services` as DescribeServices gives them."""
        arns = {row["serviceName"]: self._arns(row) for row in services}
        open_ = self._describe([arn for found in arns.values() for arn in found if arn not in self._final])
        known = self._final | open_
        return {name: tuple(known[arn] for arn in found if arn in known) for name, found in arns.items()}

    def _arns(self, service: Row) -> list[str]:
        seen, found = self._listed.get(service["serviceArn"], (None, []))
        looks = _looks(service)
        current = service.get("currentServiceDeployment")
        settled = all(arn in self._final for arn in found) and not _completed(service)
        if seen != looks or settled or current not in {None, *found}:
            found = self._list(service)
            self._listed[service["serviceArn"]] = (looks, found)
        return found

    def _list(self, service: Row) -> list[str]:
        arguments = {"cluster": service["clusterArn"], "service": service["serviceName"], "maxResults": LATEST}
        rows = self._ecs.list_service_deployments(**arguments)["serviceDeployments"]
        newest = sorted(rows, key=lambda row: row["createdAt"], reverse=True)
        return [str(row["serviceDeploymentArn"]) for row in newest]

    def _describe(self, arns: Sequence[str]) -> dict[str, Rollout]:
        rows = [
            row
            for batch in batches(arns, AT_ONCE)
            for row in self._ecs.describe_service_deployments(serviceDeploymentArns=batch)["serviceDeployments"]
        ]
        self._learn([arn for row in rows for arn in (_target(row), _returned(row)) if arn])
        found = {row["serviceDeploymentArn"]: self._rollout(row) for row in rows}
        self._final |= {arn: rollout for arn, rollout in found.items() if rollout.status.final}
        return found

    def _learn(self, revisions: Sequence[str]) -> None:
        unknown = [arn for arn in dict.fromkeys(revisions) if arn not in self._revisions]
        for batch in batches(unknown, AT_ONCE):
            for row in self._ecs.describe_service_revisions(serviceRevisionArns=batch)["serviceRevisions"]:
                self._revisions[row["serviceRevisionArn"]] = row["taskDefinition"]

    def _rollout(self, row: Row) -> Rollout:
        return Rollout(
            arn=row["serviceDeploymentArn"],
            status=RolloutStatus(row["status"]),
            reason=row.get("statusReason", ""),
            task_definition=self._revisions.get(_target(row), ""),
            created=row["createdAt"],
            finished=row.get("finishedAt"),
            stopped=_stopped(row),
            returned_to=self._revisions.get(_returned(row), ""),
            alarms=tuple(row.get("alarms", {}).get("triggeredAlarmNames", ())),
        )

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")


def _looks(service: Row) -> object:
    """What differs after anything that happened to a service, be it a rollback under a reused id."""
    deployments = [
        (row["id"], row["status"], row.get("rolloutState"), row.get("updatedAt")) for row in service["deployments"]
    ]
    newest = next((event["id"] for event in service.get("events", [])), None)
    return service["taskDefinition"], deployments, newest


def _completed(service: Row) -> bool:
    return all(row.get("rolloutState") == "COMPLETED" for row in service["deployments"] if row["status"] == "PRIMARY")


def _stopped(row: Row) -> bool:
    """ECS has `stoppedAt` when a user stopped a deployment; and when one failed without rollback, or was superseded."""
    triggered = any(
        row.get(monitor, {}).get("status") == "TRIGGERED" for monitor in ("deploymentCircuitBreaker", "alarms")
    )
    return "stoppedAt" in row and row["status"].startswith("ROLLBACK") and not triggered


def _target(row: Row) -> str:
    return str(row.get("targetServiceRevision", {}).get("arn", ""))


def _returned(row: Row) -> str:
    return str(row.get("rollback", {}).get("serviceRevisionArn", ""))
