"""What waits for the next release of an app: every difference between what its processes would be and what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi

from components.freeze import WEIGHTS, Plan, standing
from components.previous_state import Echo, Outputs
from components.run_config import Run
from model import container_definition, task_words
from model.names.names import ProcessNames
from model.releases import BOOTSTRAP, Pin
from model.settings import backdoor
from model.settings.app import Process
from model.settings.capacity_providers import FARGATE, SPOT, Capacity, told
from model.settings.environment import Settings

ANY_IMAGE = f"any@sha256:{'0' * 64}"
"""The image of a release, where it does not matter which."""


def announce(settings: Settings, run: Run, plans: Mapping[str, Plan], echo: Echo) -> None:
    """Say what waits, app by app. A run for one app alone is on the way to a release, which brings all of it."""
    if run.scope is not None:
        return
    for app, plan in plans.items():
        for line in lines(settings, app, plan, echo):
            pulumi.log.info(line)


def lines(settings: Settings, app: str, plan: Plan, echo: Echo) -> list[str]:
    """What of one app waits, a line each, with the command that brings it."""
    env, names = settings.env, settings.names(app)
    first, again = f"slipway deploy {env} {app} --image TAG", f"slipway deploy {env} {app} --config-only"
    command = first if plan.pin.bootstrap else again
    changes = waiting(settings, app, plan, echo)
    new = [names.process(key).logical for key in settings.apps[app].processes if plan.pin.waits(key)]
    return [
        *(f"{line} takes effect with the next release: {command}" for line in changes),
        *(f"{one} is new and waits on the bootstrap image for a release that has it: {first}" for one in new),
    ]


def waiting(settings: Settings, app: str, plan: Plan, echo: Echo) -> list[str]:
    """The differences of all that a release moves: task definitions, and of services where and on what they stand."""
    names, spec = settings.names(app), settings.apps[app]
    found = []
    for key, process in spec.processes.items():
        one = names.process(key)
        registered = echo.registered.get(one.logical)
        if registered is not None and not plan.pin.waits(key):
            found += [f"{one.logical}: {line}" for line in task(one, process, registered)]
    for key, process in spec.processes.items():
        service = echo.services.get(names.process(key).logical)
        if service is not None and (key in spec.services or key == backdoor.NAME):
            subnets = settings.network.task_subnets if key in spec.services else None
            rows = [*weighed(settings.capacity_of(process), service), *_placed(process, service, subnets)]
            found += [f"{names.process(key).logical}: {line}" for line in rows]
    found += [
        f"{names.process(key).logical}: ingress {kind} -> {settings.ingress}"
        for key, kind in standing(app, echo).items()
        if key in spec.services and kind is not settings.ingress
    ]
    return found


def task(names: ProcessNames, process: Process, registered: Outputs) -> list[str]:
    """The differences between a registered task definition and the one that the settings would render in its place."""
    live = _containers(registered)
    keys = tuple(key for row in process.sidecars.values() for key in row.config)
    pin = BOOTSTRAP if task_words.is_bootstrap(live) else Pin(release=1, image=ANY_IMAGE, keys=keys)
    around = container_definition.Surroundings(region="", secret_arn="", bootstrap_image="")
    wanted = task_words.read(
        container_definition.sizes(process), container_definition.definitions(names, process, pin, around)
    )
    return task_words.differences(task_words.read(_sizes(registered), live), wanted)


def _sizes(registered: Outputs) -> dict[str, object]:
    platform = registered.get("runtimePlatform")
    found = platform.get("cpuArchitecture") if isinstance(platform, Mapping) else None
    return {
        "cpu": registered.get("cpu"),
        "memory": registered.get("memory"),
        "architecture": None if found is None else str(found).lower(),
    }


def _containers(registered: Outputs) -> list[Mapping[str, object]]:
    """The container definitions of a registered task definition, the app's own first."""
    text = registered.get("containerDefinitions")
    rows: list[Mapping[str, object]] = json.loads(text) if isinstance(text, str) else []
    return sorted(rows, key=lambda row: row.get("name") != container_definition.CONTAINER)


def weighed(capacity: Capacity, service: Outputs) -> list[str]:
    """The line that says that a service has other weights than the settings give it."""
    rows = service.get(WEIGHTS)
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    weights = {str(row.get("capacityProvider")): int(float(str(row.get("weight") or 0))) for row in found}
    live = tuple((name, weights[name]) for name in (FARGATE, SPOT) if weights.get(name))
    return [] if live == capacity.strategy else [f"capacity {told(live)} -> {told(capacity.strategy)}"]


def _placed(process: Process, service: Outputs, subnets: int | None) -> list[str]:
    """The lines that say that a service stands in another number of subnets, or on another version of the platform."""
    network, found = service.get("networkConfiguration"), []
    live = network.get("subnets") if isinstance(network, Mapping) else None
    if subnets is not None and isinstance(live, list) and len(live) != subnets:
        found.append(f"subnets {len(live)} -> {subnets}")
    wanted, version = process.platform_version, service.get("platformVersion")
    return found if wanted in {None, version} else [*found, f"platform_version {version} -> {wanted}"]
