"""What passes between the core and the world, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from driver.core.values.secret import SecretValues
from model.releases import Candidate, Pin, Source


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
    of the app being released whose capacity weights move; `spared` are exact URNs that no preview touches. With
    `known`, the URNs that the state has, whatever else the program registers is taken over if AWS has it. A preview
    with `refresh` looks at everything first, and writes nothing of it down. ValueError.
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
    known: frozenset[str] | None = None
    refresh: bool = False

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
class ConfigVersion:
    """One version of an app's variables in Vault: when it was made, and why it can't be read; empty where it can."""

    version: int
    created: str
    gone: str = ""


@dataclass(frozen=True, kw_only=True)
class SecretVersion:
    """One version of an app's secret. AWS may delete one without label after a day."""

    id: str
    labels: tuple[str, ...]
    created: datetime


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """How a container beside the app's own ended."""

    name: str
    exit_code: int | None
    reason: str = ""

    @property
    def by_itself(self) -> bool:
        """Whether it ended before it was told to: then its exit code is none of SIGTERM, SIGKILL or a clean end."""
        return "OutOfMemory" in self.reason or self.exit_code not in {None, 0, 137, 143}


@dataclass(frozen=True, kw_only=True)
class StoppedTask:
    """A task that ended, with what ECS says of why. `exit_code` is None when its container never started.

    `beside` are the containers beside the app's own.
    """

    arn: str
    task_definition: str
    stopped: datetime | None
    stop_code: str
    reason: str
    container_reason: str
    exit_code: int | None
    created: datetime | None = None
    beside: tuple[Sidecar, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TaskRequest:
    """A one-off task. It always asks for Fargate, never for Spot, and `token` makes starting it idempotent.

    `environment` are variables of the app's container beside those of its task definition.
    """

    cluster: str
    task_definition: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    started_by: str
    token: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TaskState:
    """A one-off task as ECS describes it now; `healthy` by its container's own health check, if it has one.

    `ended` are the names of its containers that have.
    """

    arn: str
    status: str
    stopped: StoppedTask | None
    healthy: bool = False
    ended: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class LiveTask:
    """A task that has not stopped. `group` is `service:NAME` or `family:NAME`, `started` None until it runs.

    `cpu` in CPU units, `memory` in MiB; `capacity` is the capacity provider, or the launch type where it has none.
    """

    arn: str
    task_definition: str
    group: str
    status: str
    desired: str
    health: str
    created: datetime | None
    started: datetime | None
    address: str
    zone: str
    cpu: int
    memory: int
    capacity: str
    started_by: str


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One event of a log stream. `at` in milliseconds since the epoch."""

    at: int
    stream: str
    message: str
    id: str = ""
