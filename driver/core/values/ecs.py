"""What AWS says of services, their rollouts and their targets, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from model.settings.capacity_providers import Strategy


@dataclass(frozen=True, kw_only=True)
class Event:
    """One service event of ECS."""

    id: str
    at: datetime
    message: str


class RolloutStatus(StrEnum):
    """ECS's own words for a service deployment.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
    """

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESSFUL = "SUCCESSFUL"
    STOP_REQUESTED = "STOP_REQUESTED"
    STOPPED = "STOPPED"
    ROLLBACK_REQUESTED = "ROLLBACK_REQUESTED"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    ROLLBACK_SUCCESSFUL = "ROLLBACK_SUCCESSFUL"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"

    @property
    def final(self) -> bool:
        """Whether ECS has decided."""
        return self in {self.SUCCESSFUL, self.STOPPED, self.ROLLBACK_SUCCESSFUL, self.ROLLBACK_FAILED}

    @property
    def going_back(self) -> bool:
        """Whether ECS takes it back, or was asked to: it may still come to be SUCCESSFUL."""
        return self in {self.ROLLBACK_REQUESTED, self.ROLLBACK_IN_PROGRESS}


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """One service deployment of ECS, with the task definition of its target revision.

    `created` and `finished` by AWS's clock. `stopped` when a person stopped it and not ECS; `returned_to` is the task
    definition that ECS went back to, empty unless it did, and `alarms` are those that made it.
    """

    arn: str
    status: RolloutStatus
    reason: str
    task_definition: str
    created: datetime | None = None
    finished: datetime | None = None
    stopped: bool = False
    returned_to: str = ""
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The tasks of a service on one task definition."""

    running: int = 0
    pending: int = 0
    failed: int = 0


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A task definition. No service can be moved to one that is not `active`.

    `image` is that of the app's own container, `keys` are its variables that come from a secret, and `configs` the
    versions of secrets that they refer to; `cpu` in CPU units and `memory` in MiB. `content` stands for all that it
    says, `setup` for all but the image, the config version and the number of its release: both are hashes.
    """

    active: bool = True
    image: str = ""
    keys: frozenset[str] = frozenset()
    configs: frozenset[str] = frozenset()
    cpu: int = 0
    memory: int = 0
    content: str = ""
    setup: str = ""


@dataclass(frozen=True, kw_only=True)
class ServiceState:
    """One service as ECS describes it now. `rollouts` are its latest, newest first; `tasks` by task definition;
    `capacity` by provider and weight. `completed` is the service's own word that its newest deployment ended well: it
    stays when ECS has forgotten the rollout, after 90 days.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/view-service-deployment.html
    """

    name: str
    task_definition: str
    desired: int
    running: int
    pending: int
    rollouts: tuple[Rollout, ...] = ()
    tasks: Mapping[str, Counts] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    target_groups: tuple[str, ...] = ()
    capacity: Strategy = ()
    maximum_percent: int = 200
    completed: bool = False

    @property
    def at_rest(self) -> bool:
        """Whether ECS has decided on the newest rollout, be it one that it has forgotten since."""
        return self.rollouts[0].status.final if self.rollouts else self.completed

    @property
    def content(self) -> bool:
        """Whether the newest rollout went well, be it one that ECS has forgotten since."""
        return self.rollouts[0].status is RolloutStatus.SUCCESSFUL if self.rollouts else self.completed


@dataclass(frozen=True, kw_only=True)
class Glance:
    """One service without its rollouts, of which ECS tells service by service: how many tasks, and whether it moves."""

    name: str
    task_definition: str
    desired: int
    running: int
    moving: bool = False
    failed: bool = False


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where one process stands in its rollout, as it is shown. The counts are of new tasks, `elapsed` in seconds."""

    name: str
    desired: int
    running: int
    pending: int
    failed: int
    state: str
    elapsed: float
    event: str


class TargetHealth(StrEnum):
    """What a load balancer says of one target. `UNUSED` is not unhealthy: no listener uses its group."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"
