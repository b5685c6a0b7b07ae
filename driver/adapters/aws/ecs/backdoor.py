"""The tasks of a backdoor at ECS."""

from collections.abc import Mapping, Sequence
from typing import Any

from driver.adapters.aws.ecs.batches import described_tasks, listed_tasks
from driver.adapters.aws.session import Session, translated
from driver.core.ports.backdoor import Inside


class EcsDoors:
    """Implements the port Doors."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count(self, cluster: str, service: str, number: int) -> None:
        """Set the count of a service."""
        with translated(f"setting the count of {service}"):
            self._ecs.update_service(cluster=cluster, service=service, desiredCount=number)

    def inside(self, cluster: str, service: str) -> Sequence[Inside]:
        """The tasks that ECS wants to run."""
        with translated(f"listing the tasks of {service}"):
            listed = listed_tasks(self._ecs, cluster=cluster, serviceName=service, desiredStatus="RUNNING")
            rows = described_tasks(self._ecs, cluster, listed)
        return [_inside(row) for row in rows]

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")


def _inside(row: Mapping[str, Any]) -> Inside:
    details = [one for part in row.get("attachments", []) for one in part.get("details", [])]
    address = next((one["value"] for one in details if one["name"] == "privateIPv4Address"), "")
    session = bool(row.get("enableExecuteCommand"))
    return Inside(arn=row["taskArn"], status=row["lastStatus"], address=address, session=session)
