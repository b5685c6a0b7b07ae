"""What may change in this run: an app's task definitions and services are frozen unless the app is being released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.previous_state import Echo
from components.run_config import Run
from model.releases import BOOTSTRAP, Pin, higher
from model.settings import backdoor
from model.settings.app import RELEASE, App
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

    `standing` is the kind of load balancer that each process stands on until it is released; `adrift` the properties of
    each process's service that name something which is gone: no task can start there, so it moves at once.
    """

    pin: Pin
    releasing: bool
    candidate: Pin | None
    weighing: frozenset[str] = frozenset()
    standing: Mapping[str, Ingress] = field(default_factory=dict)
    adrift: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def pin_of(self, process: str) -> Pin:
        """What a task definition of the process is rendered from: a new one waits on the bootstrap image."""
        return BOOTSTRAP if self.pin.waits(process) else self.pin

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
        free = self.adrift.get(process, frozenset()) | ({"taskDefinition"} if self.releasing else set())
        still = [] if self.moving else [key for key in ROLLING if key not in free]
        frozen = ["desiredCount", *still]
        return frozen if process in self.weighing else [*frozen, WEIGHTS]

    def stays(self, process: str, wanted: Ingress) -> Ingress:
        """The kind of load balancer that serves a process after this run."""
        return wanted if self.moving else self.standing.get(process, wanted)


def plans(apps: Mapping[str, App], run: Run, echo: Echo) -> dict[str, Plan]:
    """The plan of each app."""
    return {name: plan(name, spec, run, echo) for name, spec in apps.items()}


def plan(app: str, spec: App, run: Run, echo: Echo) -> Plan:
    """The plan of one app: the higher of pin and echo holds, and a candidate concerns its own app only.

    Raises RunError where nothing says which release a released app runs.
    """
    if app in echo.lost and app not in run.pins:
        raise pulumi.RunError(
            f"{app} is released, and neither state nor ledger says on what; the bootstrap image is never guessed."
            f" `slipway up {pulumi.get_stack()}` finds out what ECS runs, and goes on from that"
        )
    candidate = run.candidate.pin if run.candidate is not None and run.candidate.app == app else None
    pin = higher(run.pins.get(app), echo.pins.get(app))
    releasing = run.releasing == app
    if not pin.bootstrap:
        pin = pin.model_copy(update={"processes": _reached(app, spec, pin, echo, releasing=releasing)})
    weighing = run.weighing if releasing else frozenset[str]()
    return Plan(
        pin=pin,
        releasing=releasing,
        candidate=candidate,
        weighing=weighing,
        standing=standing(app, echo),
        adrift={
            logical.partition(".")[2]: lost
            for logical, service in echo.services.items()
            if logical.partition(".")[0] == app and (lost := adrift(service, echo.ground))
        },
    )


def adrift(service: Mapping[str, object], ground: frozenset[str]) -> frozenset[str]:
    """The properties of a service that name a target group, subnet or security group which is not in the state."""
    balancers, network = service.get("loadBalancers"), service.get("networkConfiguration")
    rows = [row for row in balancers if isinstance(row, Mapping)] if isinstance(balancers, list) else []
    groups = {str(row["targetGroupArn"]) for row in rows if row.get("targetGroupArn")}
    places = network if isinstance(network, Mapping) else {}
    named = {str(one) for key in ("subnets", "securityGroups") for one in _listed(places.get(key))}
    found = {"loadBalancers": groups, "networkConfiguration": named}
    return frozenset(key for key, names in found.items() if ground and names - ground)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _reached(app: str, spec: App, pin: Pin, echo: Echo, *, releasing: bool) -> tuple[str, ...]:
    """The processes of the catalogue that the release of a pin has reached after this run: all of them in a release, in
    any other run those that it had reached before. What goes back says so itself.

    The release process and the backdoor wait for none: one runs a candidate, the other a command of its own.
    """
    before, known = echo.pins.get(app), _there(app, echo)
    if before is not None and before.processes is not None:
        known = {*before.processes}
    if pin.processes is not None:
        reached = {*pin.processes}
    elif releasing and not pin.tasks:
        reached = {*spec.processes}
    else:
        reached = {*pin.tasks} | known
    return tuple(sorted({*spec.processes} & {*reached, RELEASE, backdoor.NAME}))


def _there(app: str, echo: Echo) -> set[str]:
    """The processes of an app that are in the state, whole or in part."""
    names = [*echo.registered, *echo.services]
    return {logical.partition(".")[2] for logical in names if logical.partition(".")[0] == app}


def standing(app: str, echo: Echo) -> dict[str, Ingress]:
    """Which kind of load balancer each process of an app stands on now."""
    mine = [logical for logical in echo.services if logical.partition(".")[0] == app]
    return {logical.partition(".")[2]: kind for logical in mine if (kind := stands(echo.services[logical])) is not None}
