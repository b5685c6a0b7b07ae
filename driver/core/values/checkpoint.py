"""The checkpoint of a stack as values: what an app consists of, and the exact URNs that a deploy may touch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from model.names.pulumi_types import APP, BALANCER, SCHEDULE, SECURITY_GROUP, SERVICE, SUBNET, TASK_DEFINITION
from model.releases import Pin, parse_pin
from model.settings.app import RELEASE

CREATING = "creating"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of the checkpoint. The engine refuses to delete one that is to be protected (`protect`)."""

    urn: str
    kind: str
    name: str
    parent: str
    outputs: Mapping[str, object]
    protect: bool = False

    def output(self, key: str) -> str:
        """A textual output; empty when it has none."""
        value = self.outputs.get(key)
        return value if isinstance(value, str) else ""

    @property
    def word(self) -> str:
        """Its type as a person says it: `LoadBalancer`."""
        return self.kind.rsplit(":", 1)[-1]

    @property
    def defended(self) -> bool:
        """Whether AWS refuses to delete it, which of what the engine would delete are load balancers."""
        return self.kind == BALANCER and self.outputs.get("enableDeletionProtection") is True

    @property
    def guarded(self) -> bool:
        """Whether the engine or AWS refuses to delete it."""
        return self.protect or self.defended


@dataclass(frozen=True, kw_only=True)
class AppState:
    """One app in the checkpoint: what it echoes, and its task definitions and services by process."""

    name: str
    pin: Pin
    task_definitions: Mapping[str, Resource]
    services: Mapping[str, Resource]
    schedules: Mapping[str, Resource] = field(default_factory=dict)
    security_group: str

    @property
    def definitions(self) -> frozenset[str]:
        """The task definitions that its processes run by the state."""
        known = {process: row.output("arn") for process, row in self.task_definitions.items()}
        return frozenset((known | dict(self.pin.tasks)).values())

    @property
    def release_targets(self) -> tuple[str, ...]:
        """What a release phase may touch: its own task definition."""
        return tuple(row.urn for process, row in self.task_definitions.items() if process == RELEASE)

    @property
    def rollout_targets(self) -> tuple[str, ...]:
        """What a rollout may touch: the services and schedules, and their task definitions."""
        definitions = [row.urn for process, row in self.task_definitions.items() if process != RELEASE]
        moving = [*self.services.values(), *self.schedules.values()]
        return (*definitions, *(row.urn for row in moving))

    def only(self, processes: Collection[str]) -> "AppState":
        """The app without all other processes: those that the catalogue has no more are taken away by `up` alone."""
        return replace(
            self,
            task_definitions={name: row for name, row in self.task_definitions.items() if name in processes},
            services={name: row for name, row in self.services.items() if name in processes},
            schedules={name: row for name, row in self.schedules.items() if name in processes},
        )

    @property
    def waiting(self) -> tuple[str, ...]:
        """The processes that are new and wait on the bootstrap image for the release that has them."""
        return tuple(process for process in self.task_definitions if self.pin.waits(process))

    def pinned(self, process: str) -> str:
        """The ARN of the task definition that a process should run; empty where the app has none of it."""
        definition = self.task_definitions.get(process)
        return self.pin.tasks.get(process, definition.output("arn") if definition else "")

    def runs(self, process: str) -> str:
        """The task definition on which a process that is no service is started."""
        return self.pin.tasks.get(process) or self.task_definitions[process].output("arn")


@dataclass(frozen=True, kw_only=True)
class StackState:
    """A checkpoint. `pending_creates` are left behind by an update that was killed."""

    resources: Sequence[Resource] = ()
    outputs: Mapping[str, object] = field(default_factory=dict)
    pending_creates: bool = False

    @property
    def exists(self) -> bool:
        """Whether the environment was brought up."""
        return any(row.kind.startswith("aws:") for row in self.resources)

    def app(self, name: str) -> AppState | None:
        """One app, None where it is not in the checkpoint. Raises SpecError on an echo that is no pin."""
        found = next((row for row in self.resources if row.kind == APP and row.name == name), None)
        if found is None or "pin" not in found.outputs:
            return None
        mine = self.below(found)
        groups = [row.output("id") for row in mine if row.kind == SECURITY_GROUP and row.name == name]
        return AppState(
            name=name,
            pin=parse_pin(f"state/{name}/pin", found.outputs["pin"]),
            task_definitions=_by_process(mine, name, TASK_DEFINITION),
            services=_by_process(mine, name, SERVICE),
            schedules=_by_process(mine, name, SCHEDULE),
            security_group=groups[0] if groups else "",
        )

    def parts(self, name: str) -> Sequence[Resource]:
        """Everything that belongs to an app, by its name; nothing where it is not in the checkpoint."""
        found = next((row for row in self.resources if row.kind == APP and row.name == name), None)
        return [] if found is None else self.below(found)

    def below(self, app: Resource) -> Sequence[Resource]:
        """Everything that belongs to an app: an URN has the types of its parents, and the app is in each name."""
        chain, own = _children_of(app), f"{app.name}."
        return [row for row in self.resources if row.urn.startswith(chain) and f"{row.name}.".startswith(own)]

    def private(self) -> tuple[Resource, ...]:
        """The subnets that tasks run in."""
        return tuple(row for row in self.resources if row.kind == SUBNET and _tag(row, "SubnetType") == "Private")

    def private_subnets(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(row.output("id") for row in self.private())


def parse(deployment: Mapping[str, object]) -> StackState:
    """The `deployment` of `pulumi stack export`; resources marked for deletion are left out."""
    rows = [row for row in _rows(deployment.get("resources")) if not row.get("delete")]
    stack = next((row for row in rows if row.get("type") == "pulumi:pulumi:Stack"), {})
    pending = _rows(deployment.get("pending_operations"))
    return StackState(
        resources=tuple(_resource(row) for row in rows),
        outputs=_mapping(stack.get("outputs")),
        pending_creates=any(row.get("type") == CREATING for row in pending),
    )


def _resource(row: Mapping[str, object]) -> Resource:
    urn = str(row["urn"])
    outputs = dict(_mapping(row.get("outputs")))
    if isinstance(row.get("id"), str):
        outputs["id"] = row["id"]
    return Resource(
        urn=urn,
        kind=str(row["type"]),
        name=urn.rsplit("::", 1)[-1],
        parent=str(row.get("parent", "")),
        outputs=outputs,
        protect=row.get("protect") is True,
    )


def _children_of(app: Resource) -> str:
    """What the URN of every child of an app begins with: the stack, and the chain of types down from the app."""
    return f"{app.urn.rsplit('::', 1)[0]}$"


def _by_process(rows: Sequence[Resource], app: str, kind: str) -> dict[str, Resource]:
    prefix = f"{app}."
    return {row.name.removeprefix(prefix): row for row in rows if row.kind == kind and row.name.startswith(prefix)}


def _tag(row: Resource, key: str) -> object:
    return _mapping(row.outputs.get("tags")).get(key)


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
