"""What passes between the core and the world, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from driver.core.secret import SecretValues
from spec.releases import Candidate, Pin, Source
from spec.weights import Strategy


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource that an update changes. `keys` are the differing properties, `arn` is its ARN once it is made."""

    operation: str
    kind: str
    name: str
    urn: str
    keys: tuple[str, ...] = ()
    arn: str = ""


@dataclass(frozen=True, kw_only=True)
class Update:
    """What one run of the program shall bring about.

    With `targets` (exact URNs) nothing else is touched, and they are refreshed first, because ECS may have rolled a
    service back since the state was written. With `app` the program is evaluated for that app alone, which is only safe
    with targets: without them the engine would delete the apps that it hears nothing of. `weighing` are the processes
    of the app being released whose capacity weights move; `spared` are exact URNs that no preview touches. ValueError.
    """

    env: str
    message: str
    pins: Mapping[str, Pin] = field(default_factory=dict)
    candidate: Candidate | None = None
    releasing: str | None = None
    targets: tuple[str, ...] = ()
    app: str | None = None
    weighing: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.app is not None and not self.targets:
            raise ValueError(f"an update of {self.app} alone has no targets: it would delete all other apps")


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image in a repository. `reference` is `<repository url>@<digest>`."""

    reference: str
    digest: str
    tags: tuple[str, ...]
    source: Source | None = None


@dataclass(frozen=True, kw_only=True)
class Packed:
    """What `image push` makes of a folder: the tag it gets, the labels it carries and the files below /app."""

    tag: str
    labels: Mapping[str, str]
    folder: Path
    scripts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Config:
    """An app's variables at one version of its Vault path. `created` is Vault's own timestamp."""

    path: str
    version: int
    created: str
    values: SecretValues


@dataclass(frozen=True, kw_only=True)
class SecretVersion:
    """One version of an app's secret. AWS may delete one without label after a day."""

    id: str
    labels: tuple[str, ...]
    created: datetime


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

    `created` and `finished` by AWS's clock. `stopped` when somebody stopped it, which is not ECS giving it up;
    `returned_to` is the task definition that ECS went back to, empty unless it did.
    """

    arn: str
    status: RolloutStatus
    reason: str
    task_definition: str
    created: datetime | None = None
    finished: datetime | None = None
    stopped: bool = False
    returned_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The tasks of a service on one task definition."""

    running: int = 0
    pending: int = 0
    failed: int = 0


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A task definition. No service can be moved to one that is not `active`; `configs` are the versions of secrets
    that its variables refer to.
    """

    active: bool = True
    configs: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ServiceState:
    """One service as ECS describes it now. `rollouts` are its latest, newest first; `tasks` by task definition;
    `capacity` by provider and weight.
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


@dataclass(frozen=True, kw_only=True)
class StoppedTask:
    """A task that ended, with what ECS says of why. `exit_code` is None when its container never started."""

    arn: str
    task_definition: str
    stopped: datetime | None
    stop_code: str
    reason: str
    container_reason: str
    exit_code: int | None
    created: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TaskRequest:
    """A one-off task. It always asks for Fargate, never for Spot, and `token` makes starting it idempotent."""

    cluster: str
    task_definition: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    started_by: str
    token: str


@dataclass(frozen=True, kw_only=True)
class TaskState:
    """A one-off task as ECS describes it now; `healthy` by its container's own health check, if it has one."""

    arn: str
    status: str
    stopped: StoppedTask | None
    healthy: bool = False


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One event of a log stream. `at` in milliseconds since the epoch."""

    at: int
    stream: str
    message: str
    id: str = ""


class TargetHealth(StrEnum):
    """What a load balancer says of one target. `UNUSED` is not unhealthy: no listener uses its group."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"
