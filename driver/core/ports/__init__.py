"""What the core asks of the world, in our words. `driver/adapters` answers, `tests/fakes.py` does in tests."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from driver.core.ports.backdoor import Doors, NoDoors
from driver.core.ports.config import Account, Secrets, Vault
from driver.core.ports.ecs import Events, NoEvents, NoScreen, Screen, Services, Targets
from driver.core.ports.outside import Marks, Tags
from driver.core.values.checkpoint import StackState
from driver.core.values.common import (
    Change,
    Config,
    Image,
    LiveTask,
    LogLine,
    Packed,
    SecretVersion,
    StoppedTask,
    TaskRequest,
    TaskState,
    Update,
)
from driver.core.values.ecs import (
    Counts,
    Definition,
    Event,
    Glance,
    Progress,
    Rollout,
    RolloutStatus,
    ServiceState,
    TargetHealth,
)
from driver.core.values.existing import Existing, Nothing
from driver.core.values.lock import Lock
from driver.core.values.notification import Note
from driver.core.values.refresh import Refresh
from driver.core.values.release import Release
from model.settings.environment import Settings

Say = Callable[[str], None]
Mover = Callable[[str, str, datetime | None], str]
"""Who gave a service of a cluster another task definition last, since a time, and when; empty where nobody knows."""


def nobody(_cluster: str, _service: str, _since: datetime | None) -> str:
    """Where nothing is known."""
    return ""


__all__ = [
    "Account",
    "Change",
    "Clock",
    "Config",
    "Counts",
    "Definition",
    "Event",
    "Events",
    "Glance",
    "Image",
    "Images",
    "Ledger",
    "LiveTask",
    "Locks",
    "LogLine",
    "Logs",
    "Marks",
    "Mover",
    "Note",
    "Packed",
    "Progress",
    "Rollout",
    "RolloutStatus",
    "Say",
    "Screen",
    "SecretVersion",
    "Secrets",
    "ServiceState",
    "Services",
    "Stacks",
    "StoppedTask",
    "Tags",
    "TargetHealth",
    "Targets",
    "TaskRequest",
    "TaskState",
    "Tasks",
    "Update",
    "Vault",
    "World",
]


class Stacks(Protocol):
    """The Pulumi stack of an environment. Every method raises EngineFailed, Unreachable or Busy."""

    def read(self, env: str) -> StackState:
        """The last checkpoint; an empty one for an environment that was never brought up."""

    def up(self, update: Update, progress: Say) -> Sequence[Change]:
        """Run the program and apply it; what changed."""

    def preview(self, update: Update, progress: Say) -> Sequence[Change]:
        """Run the program and apply nothing; what would change."""

    def refreshed(self, env: str, targets: Collection[str] = ()) -> Refresh:
        """What AWS has otherwise than the state, of all resources or of these; nothing is written."""

    def destroy(self, env: str, progress: Say) -> Sequence[Change]:
        """Remove every resource of the environment."""

    def set_protection(self, env: str, urns: Collection[str], *, on: bool) -> None:
        """Refuse to delete these resources from now on, or no longer."""

    def refresh(self, env: str, urns: Collection[str] | None, progress: Say) -> None:
        """Have the state see what AWS has of these resources, or of all; what is gone is in it no more."""

    def tidy(self, env: str) -> None:
        """Wait for an engine that outlived its driver, and clear what one that was killed has left behind."""

    def holder(self, env: str) -> str:
        """Who holds the engine's lock, as people read it; empty where nobody does."""

    def unlock(self, env: str) -> None:
        """Take the engine's lock from whoever holds it. Raises Busy where that process runs on this very machine."""


class Images(Protocol):
    """The image repositories of the account."""

    def resolve(self, repository: str, reference: str) -> Image:
        """The image behind a tag, a digest or a full reference. Raises NotReady when it is not there."""

    def push(self, repository: str, packed: Packed, progress: Say) -> Image:
        """Pack a folder as one layer and push it. Raises InvalidInput when the tag is taken by other content."""

    def mirror(self, source: str, repository: str, tag: str, progress: Say) -> Image:
        """Copy a public image into a repository, digests unchanged; nothing when the tag is there already."""

    def exists(self, repository: str, tag: str) -> bool:
        """Whether a repository holds that tag; False when the repository itself is not there."""


class Ledger(Protocol):
    """What happened to every release. Every method raises NotReady without table, Unreachable without AWS."""

    def start(self, draft: Release) -> Release:
        """Append a release under the next free number, at least its own; the release as it was written."""

    def write(self, release: Release) -> None:
        """Replace what is known of an unfinished release. Raises Busy when somebody has finished it."""

    def amend(self, release: Release) -> None:
        """Replace what is known of a finished release. Raises Busy when its verdict is another one."""

    def releases(self, app: str, limit: int | None = None) -> Sequence[Release]:
        """The releases of an app, newest first."""


class Locks(Protocol):
    """The locks of the apps. Every method raises NotReady without table, Unreachable without AWS."""

    def read(self, app: str) -> Lock | None:
        """Who holds the lock of an app; None when nobody does."""

    def take(self, draft: Lock, over: Lock | None) -> Lock | None:
        """Take a free lock, or the one that still has the nonce of `over`; None when somebody was quicker."""

    def renew(self, lock: Lock, nonce: str) -> bool:
        """Write a new nonce; False when the lock is not ours any more."""

    def confirm(self) -> None:
        """Raise Busy unless every lock that was taken here is still ours."""

    def free(self, lock: Lock) -> bool:
        """Give it back; False when it was not ours any more."""


class Tasks(Protocol):
    """One-off tasks. Every method raises Unreachable, after which nobody knows whether it was done."""

    def run(self, request: TaskRequest) -> str:
        """Start the task; its ARN. Raises NotPlaced or Refused, in ECS's words, when there is certainly no task."""

    def describe(self, cluster: str, task: str) -> TaskState | None:
        """The task now; None when ECS does not know it, or not any more: about an hour after it stopped."""

    def unstopped(self, cluster: str, family: str) -> Sequence[str]:
        """The tasks of a task definition family that have not stopped yet, those included that were told to."""

    def started_by(self, cluster: str, task_definition: str, who: str) -> Sequence[str]:
        """The tasks on a task definition with that mark, running and lately stopped ones."""

    def loose(self, cluster: str) -> Mapping[str, str]:
        """The tasks that no service runs, each with its task definition; none where there is no cluster."""

    def live(self, cluster: str) -> Sequence[LiveTask]:
        """All tasks of a cluster that have not stopped; none where there is no cluster."""

    def stop(self, cluster: str, task: str, reason: str) -> None:
        """Ask ECS to stop it."""


class Logs(Protocol):
    """CloudWatch Logs."""

    def stream(self, group: str, stream: str, after: str | None) -> tuple[Sequence[LogLine], str | None]:
        """The lines of one stream after a cursor, and the next cursor; none while the stream is not there."""

    def group(self, group: str, since: int) -> Sequence[LogLine]:
        """The lines of all streams of a group since a time in milliseconds, in order."""


class Clock(Protocol):
    """Time, so that tests need none."""

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def utc(self) -> datetime:
        """The time of day, for people to read."""


@dataclass(frozen=True, kw_only=True)
class World:
    """All ports, as a flow takes them, with the settings of the environment that it works on, who works on it and why,
    and what ends this command and its engine; `mover` says who has moved a service.
    With `verbose` every event is told in AWS's own words.
    """

    settings: Settings
    stacks: Stacks
    images: Images
    tags: Tags
    vault: Vault
    secrets: Secrets
    ledger: Ledger
    locks: Locks
    services: Services
    tasks: Tasks
    logs: Logs
    targets: Targets
    account: Account
    marks: Marks
    clock: Clock
    who: str
    stop: Callable[[], None]
    message: str = ""
    verbose: bool = False
    screen: Screen = field(default_factory=NoScreen)
    events: Events = field(default_factory=NoEvents)
    doors: Doors = field(default_factory=NoDoors)
    mover: Mover = nobody
    existing: Existing = field(default_factory=Nothing)
