"""One app with a web and a worker, at AWS and in the engine's state, as far as a rollout sees them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from driver.core.ports import (
    Change,
    Definition,
    Images,
    Rollout,
    RolloutStatus,
    Say,
    ServiceState,
    StoppedTask,
    Update,
    World,
)
from driver.core.rollout.move import Rolling
from driver.core.values.checkpoint import Resource, StackState
from driver.core.values.refresh import Refresh
from model.names.pulumi_types import APP, SERVICE, TASK_DEFINITION
from model.releases import Pin
from model.settings.parse import parse
from tests.fakes import (
    FakeAccount,
    FakeClock,
    FakeImages,
    FakeLedger,
    FakeLocks,
    FakeLogs,
    FakeMarks,
    FakeSecrets,
    FakeTags,
)

PROCESSES = ("web", "worker")
SETTINGS = parse(
    "dev",
    "eu-west-1",
    {
        "network": {"cidr": "10.0.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"]},
        "deploy": {"proof": 0},
        "apps": {"shop": {"processes": {"web": {"port": 8000}, "worker": {}}}},
    },
)
BOOTSTRAP = "000000000000.dkr.ecr.eu-west-1.amazonaws.com/slipway/bootstrap:1"
STACK = "urn:pulumi:dev::slipway::"


def image(letter: str) -> str:
    return f"000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:{letter * 64}"


def task(process: str, release: int) -> str:
    return f"arn:aws:ecs:eu-west-1:0:task-definition/dev-shop-{process}:{release}"


def pin(release: int, letter: str = "a", *, tasks: bool = False) -> Pin:
    made = {process: task(process, release) for process in PROCESSES} if tasks else {}
    return Pin(release=release, image=image(letter), config=f"config-{letter}", tasks=made)


@dataclass
class Cloud:
    """The engine and ECS in one. `broken` are processes by image letter whose tasks crash; ECS takes those back.

    On those that are `hanging` it does not decide; when asked to take one back it does, unless it is `deaf`. The state
    has no service for those that it has `lost`.
    """

    running: Pin
    broken: set[tuple[str, str]] = field(default_factory=set)
    hanging: set[tuple[str, str]] = field(default_factory=set)
    deaf: bool = False
    updates: list[Update] = field(default_factory=list)
    previews: list[Update] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    planned: list[Change] = field(default_factory=list)
    deviating: Refresh = field(default_factory=Refresh)
    read_anew: list[tuple[str, ...]] = field(default_factory=list)
    tidied: int = 0
    protections: list[tuple[str, bool]] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    marks: FakeMarks = field(default_factory=FakeMarks)
    tags: FakeTags = field(default_factory=FakeTags)
    images: FakeImages = field(default_factory=FakeImages)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    rollouts: dict[str, list[Rollout]] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    registered: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    says: dict[str, Definition] = field(default_factory=dict)
    scales: dict[str, int] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for process in PROCESSES:
            self.registered[process] = task(process, self.running.release)
            self.say(self.registered[process], self.running)
            self.roll(process, self.registered[process])

    @property
    def world(self) -> World:
        absent: Any = None
        return World(
            settings=SETTINGS,
            stacks=self,
            services=CloudServices(self),
            images=cast("Images", self.images),
            tags=self.tags,
            vault=absent,
            secrets=self.secrets,
            ledger=self.ledger,
            locks=FakeLocks(self.clock),
            tasks=absent,
            logs=FakeLogs(),
            targets=absent,
            account=FakeAccount(),
            marks=self.marks,
            clock=self.clock,
            who="me@here",
            stop=lambda: None,
        )

    def roll(self, process: str, definition: str, letter: str = "a") -> None:
        """A deployment that ECS decides at once, unless it is one that hangs."""
        failed, hangs = (process, letter) in self.broken, (process, letter) in self.hanging
        status = RolloutStatus.ROLLBACK_SUCCESSFUL if failed else RolloutStatus.SUCCESSFUL
        rollouts = self.rollouts.setdefault(process, [])
        made = Rollout(
            arn=f"{process}-{len(rollouts) + 1}",
            status=RolloutStatus.IN_PROGRESS if hangs else status,
            reason="it crashed" * failed,
            task_definition=definition,
            returned_to=self.runs[process] if failed else "",
        )
        rollouts.insert(0, made)
        if not failed:
            self.runs[process] = definition

    def say(self, arn: str, release: Pin) -> None:
        """A task definition with the code and config of a release."""
        configs = frozenset([release.config] if release.config else [])
        said = Definition(image=release.image or BOOTSTRAP, configs=configs, keys=frozenset(release.keys))
        self.says.setdefault(arn, said)

    def somebody_runs(self, process: str, release: Pin, **more: Any) -> str:
        """Another tool moves a process to a task definition of its own; its ARN."""
        arn = task(process, 90 + len(self.rollouts[process]))
        self.say(arn, release)
        self.says[arn] = replace(self.says[arn], **more)
        self.roll(process, arn)
        return arn

    def take_back(self, arn: str, **changes: Any) -> bool:
        """What ECS makes of the newest rollout of a process when it is asked to take it back."""
        process = arn.rsplit("-", 1)[0]
        newest, former = self.rollouts[process][:2]
        if self.deaf or newest.status.final or newest.arn != arn:
            return False
        back = {"status": RolloutStatus.ROLLBACK_SUCCESSFUL, "returned_to": former.task_definition, **changes}
        self.rollouts[process][0] = replace(newest, **back)
        self.runs[process] = former.task_definition
        return True

    def read(self, env: str) -> StackState:
        app = f"{STACK}{APP}::shop"
        rows = [Resource(urn=app, kind=APP, name="shop", parent="", outputs={"pin": self.running.plain()})]
        for process in PROCESSES:
            kinds = ((TASK_DEFINITION, {"arn": self.registered[process]}), (SERVICE, {}))
            for kind, outputs in kinds[: 1 if process in self.lost else 2]:
                urn = f"{STACK}{APP}${kind}::shop.{process}"
                rows.append(Resource(urn=urn, kind=kind, name=f"shop.{process}", parent=app, outputs=outputs))
        return StackState(resources=rows)

    def up(self, update: Update, progress: Say) -> Sequence[Change]:
        self.updates.append(update)
        self.running = update.pins["shop"]
        letter = self.running.digest[-1:]
        for process in PROCESSES:
            wanted = self.running.tasks.get(process) or task(process, self.running.release)
            self.registered[process] = wanted
            self.say(wanted, self.running)
            if self.runs[process] != wanted:
                self.roll(process, wanted, letter)
        return []

    def preview(self, update: Update, progress: Say) -> Sequence[Change]:
        self.previews.append(update)
        return self.planned

    def refreshed(self, env: str, targets: Collection[str] = ()) -> Refresh:
        self.read_anew.append(tuple(targets))
        return self.deviating

    def destroy(self, env: str, progress: Say) -> Sequence[Change]:
        raise AssertionError("nobody destroys anything here")

    def set_protection(self, env: str, urns: Collection[str], *, on: bool) -> None:
        self.protections += [(urn, on) for urn in urns]

    def refresh(self, env: str, urns: Collection[str] | None, progress: Say) -> None:
        raise AssertionError("nothing is gone here")

    def tidy(self, env: str) -> None:
        self.tidied += 1

    def holder(self, env: str) -> str:
        return ""

    def unlock(self, env: str) -> None:
        raise AssertionError("nobody holds anything here")

    def rolling(self, pin: Pin) -> Rolling:
        """The app at rest, on its way to a pin."""
        state = self.read("dev").app("shop")
        assert state is not None
        before = CloudServices(self).describe("dev", ["shop-web", "shop-worker"])
        return Rolling(names=SETTINGS.names("shop"), app=SETTINGS.apps["shop"], state=state, pin=pin, before=before)


@dataclass
class CloudServices:
    """The services of a cloud."""

    cloud: Cloud

    @property
    def quick(self) -> "CloudServices":
        return self

    def describe(self, cluster: str, names: Sequence[str]) -> Mapping[str, ServiceState]:
        return {name: self._state(name) for name in names if name.removeprefix("shop-") in self.cloud.runs}

    def _state(self, name: str) -> ServiceState:
        process = name.removeprefix("shop-")
        return ServiceState(
            name=name,
            task_definition=self.cloud.runs[process],
            desired=self.cloud.scales.get(process, 1),
            running=self.cloud.scales.get(process, 1),
            pending=0,
            rollouts=tuple(self.cloud.rollouts[process]),
        )

    def definitions(self, arns: Collection[str]) -> Mapping[str, Definition]:
        known = {**self.cloud.says, **self.cloud.definitions}
        return {arn: known.get(arn, Definition()) for arn in arns if arn not in self.cloud.forgotten}

    def register_again(self, task_definition: str) -> str:
        known = {**self.cloud.says, **self.cloud.definitions}.get(task_definition, Definition())
        family, revision = task_definition.rsplit(":", 1)
        arn = f"{family}:{int(revision) + 500}"
        self.cloud.says[arn] = replace(known, active=True)
        return arn

    def stopped_tasks(self, cluster: str, service: str, task_definition: str) -> Sequence[StoppedTask]:
        return []

    def protected(self, cluster: str, service: str, task_definition: str) -> Sequence[str]:
        return []

    def roll_back(self, rollout: str) -> bool:
        return self.cloud.take_back(rollout)

    def restart(self, cluster: str, service: str) -> None:
        self.cloud.roll(service.removeprefix("shop-"), self.cloud.runs[service.removeprefix("shop-")])
