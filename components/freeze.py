"""What may change in this run: an app's task definitions and services are frozen unless the app is being released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.previous_state import Echo, container, containers
from components.run_config import Run
from model.releases import Pin, higher
from model.settings.app import Process
from model.settings.capacity_providers import FARGATE, SPOT, Capacity, told
from model.settings.environment import Settings
from model.settings.ingress import Ingress, stands

RENDERED = [
    "containerDefinitions",
    "cpu",
    "executionRoleArn",
    "memory",
    "networkMode",
    "requiresCompatibilities",
    "runtimePlatform",
    "taskRoleArn",
    "volumes",
]
"""Every property of a task definition that a release renders."""

ROLLING = ["loadBalancers", "networkConfiguration", "platformVersion", "taskDefinition"]
"""The properties of a service that start a rollout, and so wait for a release.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""
WEIGHTS = "capacityProviderStrategies"
"""Another one replaces the service, unless a new deployment is forced in the very same update."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one app runs after this run, and what of it may change now; in the processes `weighing` weights do.

    `standing` is the kind of load balancer that each process stands on until it is released.
    """

    pin: Pin
    releasing: bool
    candidate: Pin | None
    weighing: frozenset[str] = frozenset()
    standing: Mapping[str, Ingress] = field(default_factory=dict)

    @property
    def moving(self) -> bool:
        """Whether a release brings what waited for it. One that goes back brings code and config only: a service that
        ECS has taken back already would be rolled once more.
        """
        return self.releasing and not self.pin.tasks

    def task_definition(self, *, is_release: bool) -> list[str]:
        """The properties of a task definition that stay as they are."""
        if is_release:
            return [] if self.candidate is not None else RENDERED
        return [] if self.moving else RENDERED

    def schedule(self) -> list[str]:
        """The properties of a schedule that stay as they are: which task definition it starts, unless releasing."""
        return [] if self.releasing else ["target.ecsParameters.taskDefinitionArn"]

    def service(self, process: str) -> list[str]:
        """The properties of a service that stay as they are: the scale always; what and where it runs unless releasing.

        Weights move only where the driver says so, which has seen that they differ from what ECS has.
        """
        still = [] if self.moving else [key for key in ROLLING if key != "taskDefinition" or not self.releasing]
        frozen = ["desiredCount", *still]
        return frozen if process in self.weighing else [*frozen, WEIGHTS]

    def stays(self, process: str, wanted: Ingress) -> Ingress:
        """The kind of load balancer that serves a process after this run."""
        return wanted if self.moving else self.standing.get(process, wanted)


def plan(app: str, run: Run, echo: Echo) -> Plan:
    """The plan of one app: the higher of pin and echo holds, and a candidate concerns its own app only."""
    candidate = run.candidate.pin if run.candidate is not None and run.candidate.app == app else None
    pin = higher(run.pins.get(app), echo.pins.get(app))
    releasing = run.releasing == app
    weighing = run.weighing if releasing else frozenset[str]()
    return Plan(pin=pin, releasing=releasing, candidate=candidate, weighing=weighing, standing=_standing(app, echo))


def _standing(app: str, echo: Echo) -> dict[str, Ingress]:
    """Which kind of load balancer each process of an app stands on now."""
    mine = [logical for logical in echo.services if logical.partition(".")[0] == app]
    return {logical.partition(".")[2]: kind for logical in mine if (kind := stands(echo.services[logical])) is not None}


def announce(settings: Settings, app: str, echo: Echo) -> None:
    """Say which changes of the settings wait for the next release, since this run leaves them alone."""
    names, spec = settings.names(app), settings.apps[app]
    lines = []
    for name, process in spec.processes.items():
        logical = names.process(name).logical
        registered, service = echo.registered.get(logical), echo.services.get(logical)
        if registered is not None:
            first = app in echo.pins and echo.pins[app].bootstrap
            lines += [*waiting(logical, process, registered), *shape(logical, process, registered, bootstrap=first)]
        if service is not None:
            lines += [*weighed(logical, settings.capacity_of(process), service), *version(logical, process, service)]
    lines += [
        line
        for name in spec.services
        for line in moving(names.process(name).logical, settings.network.task_subnets, echo)
    ]
    lines += [
        f"{names.process(name).logical}: ingress {kind} -> {settings.ingress}"
        for name, kind in _standing(app, echo).items()
        if name in spec.services and kind is not settings.ingress
    ]
    for line in lines:
        pulumi.log.info(f"{line} takes effect with the next release of {app}")


def weighed(logical: str, capacity: Capacity, service: Mapping[str, object]) -> list[str]:
    """The line that says that a service has other weights than the settings give it."""
    rows = service.get(WEIGHTS)
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    weights = {str(row.get("capacityProvider")): int(float(str(row.get("weight") or 0))) for row in found}
    live = tuple((name, weights[name]) for name in (FARGATE, SPOT) if weights.get(name))
    return [] if live == capacity.strategy else [f"{logical}: capacity {told(live)} -> {told(capacity.strategy)}"]


def moving(logical: str, subnets: int, echo: Echo) -> list[str]:
    """The line that says that a service stands in fewer, or more, subnets than the network has for it."""
    found = echo.services.get(logical, {}).get("networkConfiguration")
    live = found.get("subnets") if isinstance(found, Mapping) else None
    if not isinstance(live, list) or len(live) == subnets:
        return []
    return [f"{logical}: subnets {len(live)} -> {subnets}"]


def waiting(logical: str, process: Process, registered: Mapping[str, object]) -> list[str]:
    """The differences between the catalogue and a registered task definition, one a line."""
    live = container(registered)
    ports = live.get("portMappings") or [{}]
    found = {
        "cpu": (registered.get("cpu"), process.cpu),
        "memory": (registered.get("memory"), process.memory),
        "stop_timeout": (live.get("stopTimeout"), process.stop_timeout),
        "port": (ports[0].get("containerPort") if isinstance(ports, list) else None, process.port),
    }
    return [f"{logical}: {key} {_number(old)} -> {new}" for key, (old, new) in found.items() if _number(old) != new]


def shape(logical: str, process: Process, registered: Mapping[str, object], *, bootstrap: bool) -> list[str]:
    """The differences in what a task is made of, one a line; the bootstrap has neither sidecars nor check."""
    live, platform = container(registered), registered.get("runtimePlatform")
    found = {
        "architecture": (
            str(platform.get("cpuArchitecture")).lower() if isinstance(platform, Mapping) else None,
            process.architecture.value,
        ),
        "readonly": (bool(live.get("readonlyRootFilesystem")), process.readonly),
    }
    if not bootstrap:
        rows = containers(registered)[1:]
        found["sidecars"] = (_named(sorted(str(row["name"]) for row in rows)), _named(sorted(process.sidecars)))
        found["check"] = (_named(["there"] * bool(live.get("healthCheck"))), _named(["there"] * bool(process.check)))
    return [f"{logical}: {key} {old} -> {new}" for key, (old, new) in found.items() if old != new]


def version(logical: str, process: Process, service: Mapping[str, object]) -> list[str]:
    """The line that says that a service has another platform version than the catalogue asks for."""
    wanted, live = process.platform_version, service.get("platformVersion")
    return [] if wanted in {None, live} else [f"{logical}: platform_version {live} -> {wanted}"]


def _named(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _number(value: object) -> object:
    """ECS gives cpu and memory as text, and the engine gives every number as a float."""
    if isinstance(value, str | float):
        return int(float(value))
    return value
