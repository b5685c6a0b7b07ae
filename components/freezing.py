"""What may change in this run: an app's task definitions and services are frozen unless the app is being released."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.config import Run
from components.echo import Echo, container
from spec.catalogue import App, Process
from spec.names import AppNames
from spec.releases import Pin, higher

RENDERED = [
    "containerDefinitions",
    "cpu",
    "executionRoleArn",
    "memory",
    "networkMode",
    "requiresCompatibilities",
    "runtimePlatform",
    "taskRoleArn",
]
"""Every property of a task definition that a release renders."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one app runs after this run, and what of it may change now."""

    pin: Pin
    releasing: bool
    candidate: Pin | None

    def task_definition(self, *, is_release: bool) -> list[str]:
        """The properties of a task definition that stay as they are."""
        if is_release:
            return [] if self.candidate is not None else RENDERED
        return [] if self.releasing and not self.pin.tasks else RENDERED

    def service(self) -> list[str]:
        """The properties of a service that stay as they are: the scale always; what and where it runs unless releasing.

        Other subnets start a rollout: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
        """
        return ["desiredCount"] if self.releasing else ["desiredCount", "networkConfiguration", "taskDefinition"]


def plan(app: str, run: Run, echo: Echo) -> Plan:
    """The plan of one app: the higher of pin and echo holds, and a candidate concerns its own app only."""
    candidate = run.candidate.pin if run.candidate is not None and run.candidate.app == app else None
    pin = higher(run.pins.get(app), echo.pins.get(app))
    return Plan(pin=pin, releasing=run.releasing == app, candidate=candidate)


def announce(names: AppNames, app: App, echo: Echo, subnets: int) -> None:
    """Say which changes of the catalogue wait for the next release, since this run leaves them alone."""
    for name, process in app.processes.items():
        registered = echo.registered.get(names.process(name).logical)
        if registered is not None:
            for line in waiting(names.process(name).logical, process, registered):
                pulumi.log.info(f"{line} takes effect with the next release of {names.app}")
    lines = [line for name in app.services for line in moving(names.process(name).logical, subnets, echo)]
    for line in lines:
        pulumi.log.info(f"{line} takes effect with the next release of {names.app}")


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


def _number(value: object) -> object:
    """ECS gives cpu and memory as text, and the engine gives every number as a float."""
    if isinstance(value, str | float):
        return int(float(value))
    return value
