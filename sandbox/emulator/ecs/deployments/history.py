"""A service's deployment history: service deployments and the revisions that they target."""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.emulator.ecs.store import cluster_name, digits, now_epoch
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {}

SNAPSHOT = (
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "platformFamily",
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
)


class Status(StrEnum):
    """A service deployment's status. Not a deployment's rolloutState, which DescribeServices shows."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    STOP_REQUESTED = "STOP_REQUESTED"
    STOPPED = "STOPPED"
    ROLLBACK_REQUESTED = "ROLLBACK_REQUESTED"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    ROLLBACK_SUCCESSFUL = "ROLLBACK_SUCCESSFUL"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"
    SUCCESSFUL = "SUCCESSFUL"


FINAL = {Status.STOPPED, Status.ROLLBACK_SUCCESSFUL, Status.ROLLBACK_FAILED, Status.SUCCESSFUL}


class Monitor(StrEnum):
    """What watches a service deployment is doing: its circuit breaker, or its alarms."""

    TRIGGERED = "TRIGGERED"
    MONITORING = "MONITORING"
    MONITORING_COMPLETE = "MONITORING_COMPLETE"
    DISABLED = "DISABLED"


@dataclass(frozen=True)
class Revision:
    """What a service was to run at one time; `deployment` is the deployment (not its id, which can change)."""

    arn: str
    settings: Record
    deployment: Record
    created_at: float


@dataclass
class ServiceDeployment:
    """One attempt to bring a service to a revision, with its outcome; times are epoch seconds."""

    arn: str
    target: Revision
    sources: list[Revision]
    configuration: Record
    status: Status = Status.PENDING
    reason: str = ""
    created_at: float = field(default_factory=now_epoch)
    updated_at: float = field(default_factory=now_epoch)
    started_at: float | None = None
    stopped_at: float | None = None
    finished_at: float | None = None
    rollback: Record | None = None
    failures: int = 0
    triggered: bool = False
    ringing_before: list[str] = field(default_factory=list)
    triggered_alarms: list[str] = field(default_factory=list)

    @property
    def alarms(self) -> list[str]:
        """The CloudWatch alarms that it is watched by."""
        asked = self.configuration.get("alarms") or {}
        return list(asked.get("alarmNames") or ()) if asked.get("enable") else []

    @property
    def over(self) -> bool:
        """Whether the status is a final one."""
        return self.status in FINAL

    def move(self, status: Status, reason: str = "") -> None:
        """Change the status, with the times that go with it."""
        now = now_epoch()
        self.status, self.updated_at = status, now
        self.reason = reason or self.reason
        if status is Status.IN_PROGRESS:
            self.started_at = now
        if status in (Status.STOP_REQUESTED, Status.ROLLBACK_REQUESTED, Status.STOPPED) and self.stopped_at is None:
            self.stopped_at = now
        if status in FINAL:
            self.finished_at = now


@dataclass
class History:
    """All service deployments and revisions of one service, oldest first."""

    deployments: list[ServiceDeployment] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)

    @property
    def current(self) -> ServiceDeployment | None:
        """The latest service deployment."""
        return self.deployments[-1] if self.deployments else None

    def revision_of(self, deployment: Record) -> Revision | None:
        """The revision that a deployment brings up."""
        return next((revision for revision in self.revisions if revision.deployment is deployment), None)


def history(service: Record) -> History:
    """A service's history; it goes with the service's record."""
    found: History = service.setdefault("_history", History())
    return found


def record(service: Record, deployment: Record) -> ServiceDeployment:
    """Add the service deployment of a deployment that just began; an unfinished one before it is superseded."""
    past = history(service)
    if past.current is not None and not past.current.over:
        past.current.move(Status.STOP_REQUESTED, "A newer service deployment was started.")
    sources = [revision for revision in past.revisions if revision.deployment in service["deployments"][1:]]
    revision = Revision(_arn(service, "service-revision", digits(19)), _snapshot(service), deployment, now_epoch())
    made = ServiceDeployment(
        arn=_arn(service, "service-deployment", secrets.token_urlsafe(16)),
        target=revision,
        sources=sources,
        configuration=dict(service["deploymentConfiguration"]),
    )
    past.revisions.append(revision)
    past.deployments.append(made)
    return made


def rolling_back(service: Record, target: Record, reason: str) -> None:
    """Note on the current service deployment that it goes back; its ARN stays and no revision is made."""
    past = history(service)
    revision = past.revision_of(target)
    if past.current is not None:
        past.current.rollback = {
            "reason": reason,
            "startedAt": now_epoch(),
            "serviceRevisionArn": revision.arn if revision else "",
        }
        past.current.move(Status.ROLLBACK_IN_PROGRESS, reason)


def forget(service: Record) -> None:
    """A deleted service's history goes with it."""
    service.pop("_history", None)


def _arn(service: Record, kind: str, identifier: str) -> str:
    prefix = service["serviceArn"].split(":service/", 1)[0]
    return f"{prefix}:{kind}/{cluster_name(service)}/{service['serviceName']}/{identifier}"


def _snapshot(service: Record) -> Record:
    return {name: service[name] for name in SNAPSHOT if service.get(name) not in (None, "", [], {})}
