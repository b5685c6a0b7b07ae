"""What a rollout asks of the world: services, what was told of them, the targets behind load balancers, a terminal."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from driver.core.values.common import StoppedTask
from driver.core.values.ecs import Definition, Glance, Progress, ServiceState, TargetHealth


class Services(Protocol):
    """The services of a cluster."""

    @property
    def quick(self) -> "Services":
        """The same for those who ask again anyway: it says soon that AWS does not answer."""

    def describe(self, cluster: str, names: Sequence[str]) -> Mapping[str, ServiceState]:
        """The services that exist, by name, each with its latest rollouts (newest first)."""

    def glance(self, cluster: str, names: Sequence[str]) -> Mapping[str, Glance]:
        """The same services in as few calls as can be, by name."""

    def definitions(self, arns: Collection[str]) -> Mapping[str, Definition]:
        """The task definitions that ECS knows, by ARN."""

    def register_again(self, task_definition: str) -> str:
        """Register what a task definition says once more, as where it was deregistered; the new one's ARN.

        Raises Busy when this command has lost the app's lock.
        """

    def stopped_tasks(self, cluster: str, service: str, task_definition: str) -> Sequence[StoppedTask]:
        """The stopped tasks of a service on one task definition, newest first."""

    def roll_back(self, rollout: str) -> bool:
        """Stop a rollout and let ECS go back; False when it is final already or there is nothing to go back to.

        Raises Busy when this command has lost the app's lock, and so does `restart`.
        """

    def protected(self, cluster: str, service: str, task_definition: str) -> Sequence[str]:
        """The running tasks of a service on other task definitions that protect themselves from being stopped."""

    def restart(self, cluster: str, service: str) -> None:
        """Start a rollout of what a service runs already."""


class Events(Protocol):
    """What ECS told, kept long after it has forgotten a task."""

    def stopped_task(self, cluster: str, task: str, since: datetime) -> StoppedTask | None:
        """How a task ended that began at `since` or later; None when nothing was told of its end."""

    def stopped_tasks(self, cluster: str, task_definition: str, since: datetime) -> Sequence[StoppedTask]:
        """The tasks on a task definition that ended at `since` or later, newest first."""

    def stopped_of(self, cluster: str, service: str, since: datetime) -> Sequence[StoppedTask]:
        """The tasks of a service that ended at `since` or later, newest first."""


class NoEvents:
    """Where nothing was kept."""

    def stopped_task(self, cluster: str, task: str, since: datetime) -> StoppedTask | None:
        """Nobody knows."""
        return None

    def stopped_tasks(self, cluster: str, task_definition: str, since: datetime) -> Sequence[StoppedTask]:
        """Nobody knows."""
        return ()

    def stopped_of(self, cluster: str, service: str, since: datetime) -> Sequence[StoppedTask]:
        """Nobody knows."""
        return ()


class Targets(Protocol):
    """The targets behind load balancers."""

    def health(self, target_group_arn: str) -> Mapping[str, TargetHealth]:
        """The state of each target, by its address."""

    def complaints(self, target_group_arn: str) -> Sequence[str]:
        """Why targets get no requests, each reason once, in the load balancer's words."""

    def set_protection(self, balancer_arn: str, *, on: bool) -> None:
        """Whether AWS refuses to delete a load balancer."""


class Screen(Protocol):
    """A terminal on which a table stands under the story."""

    def show(self, rows: Sequence[Progress]) -> bool:
        """Show the table, in the place of the last one; False where there is no terminal for it."""

    def close(self) -> None:
        """Leave the table as it stands, and go on below it."""


class NoScreen:
    """Where there is no terminal."""

    def show(self, rows: Sequence[Progress]) -> bool:
        """Nothing is shown."""
        return False

    def close(self) -> None:
        """Nothing to close."""
