"""What the last update left behind: read from the state under the engine's lock, as plain values.

The engine saves a component's outputs at once and stack outputs only when an update ends, so the pin of an app is
echoed by its own component. `readStackResourceOutputs` is the engine's own function, the one that StackReference uses:
https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from model.errors import SpecError
from model.names.names import BOOTSTRAP_REPOSITORY
from model.names.pulumi_types import (
    APP,
    INGRESS_RULE,
    REPOSITORY,
    SECURITY_GROUP,
    SERVICE,
    SUBNET,
    TARGET_GROUP,
    TASK_DEFINITION,
)
from model.releases import Pin, parse_pin

Outputs = Mapping[str, object]

_PLACED = re.compile(r"(.+)\.\d+")
"""Rules were called by the place of their block in the settings; a block has four numbers and a mask."""
GROUND = {SECURITY_GROUP, SUBNET, TARGET_GROUP}
"""What services stand on."""
READ = {APP, INGRESS_RULE, SERVICE, TASK_DEFINITION, *GROUND}
"""The types of resources whose outputs are looked at; of all others the URN will do."""


@dataclass(frozen=True)
class Echo:
    """The pins of all apps in state, and what else each echoes: its addresses (`urls`) and what there is to watch
    (`monitoring`). Each task definition and service as it was left, by Pulumi name. The
    image repositories of apps. The Pulumi names of rules of load balancers by what they let in.
    `ground` has the ids and ARNs of what services can stand on; `lost` are released apps whose pin is not there.
    """

    pins: Mapping[str, Pin] = field(default_factory=dict)
    shown: Mapping[str, Outputs] = field(default_factory=dict)
    registered: Mapping[str, Outputs] = field(default_factory=dict)
    services: Mapping[str, Outputs] = field(default_factory=dict)
    repositories: frozenset[str] = frozenset()
    admitted: Mapping[tuple[str, str], str] = field(default_factory=dict)
    ground: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()

    def former_rule(self, name: str, block: str) -> str | None:
        """What the rule that lets a block in was called while rules had the names of their places in the settings."""
        return self.admitted.get((name, block))

    def with_repositories(self, scope: str | None, apps: Iterable[str]) -> list[str]:
        """The apps, and where all are evaluated those too that have left the catalogue: their images stay."""
        return [*apps, *(sorted(self.repositories - {*apps}) if scope is None else ())]

    def beside(self, scope: str | None, key: str) -> dict[str, Outputs]:
        """One part of the echo of the apps that are not evaluated in this scope: stack outputs are always written
        whole. An app that has not echoed that part yet is left out.
        """
        if scope is None:
            return {}
        return {name: _mapping(row[key]) for name, row in self.shown.items() if name != scope and key in row}


def read() -> Echo:
    """The echo of this stack; empty before the first update. Raises RunError on a pin that can't be read."""
    try:
        return parse(_resources())
    except SpecError as error:
        raise pulumi.RunError(str(error)) from None


def _resources() -> Mapping[str, Mapping[str, object]]:
    """The outputs of all resources, by URN.

    Asked of the engine directly: `pulumi.runtime.invoke` takes resource references, and looks up each of them, which
    fails for every resource that this run has not registered yet. Without references they come as plain values.
    """
    arguments = struct_pb2.Struct()
    arguments.update({"stackName": f"organization/{pulumi.get_project()}/{pulumi.get_stack()}"})
    request = resource_pb2.ResourceInvokeRequest(
        tok="pulumi:pulumi:readStackResourceOutputs", args=arguments, acceptResources=False
    )
    monitor: Any = settings.get_monitor()
    answer = monitor.Invoke(request)
    for failure in answer.failures:
        raise pulumi.RunError(f"the engine could not read its own state: {failure.reason}")
    outputs = getattr(answer, "return").fields["outputs"].struct_value.fields
    # A state has thousands of resources, and turning all of them into Python's values would take longer than the rest.
    return {
        urn: json_format.MessageToDict(entry.struct_value) if _kind(urn) in READ else {}
        for urn, entry in outputs.items()
    }


def parse(resources: Mapping[str, Mapping[str, object]]) -> Echo:
    """The echo in the outputs of all resources, by URN. Raises SpecError."""
    pins: dict[str, Pin] = {}
    services: dict[str, Outputs] = {}
    registered: dict[str, Outputs] = {}
    shown: dict[str, Outputs] = {}
    repositories: set[str] = set()
    admitted: dict[tuple[str, str], str] = {}
    for urn, entry in resources.items():
        kind, name = _kind(urn), urn.rsplit("::", 1)[-1]
        outputs = _outputs(entry)
        if kind == APP and "pin" in outputs:
            pins[name] = parse_pin(f"state/{name}/pin", outputs["pin"])
            shown[name] = outputs
        elif kind == REPOSITORY and name != BOOTSTRAP_REPOSITORY:
            repositories.add(name)
        elif kind == INGRESS_RULE and (placed := _PLACED.fullmatch(name)) is not None:
            admitted[placed[1], str(outputs.get("cidrIpv4"))] = name
        elif kind == SERVICE:
            services[name] = outputs
        elif kind == TASK_DEFINITION:
            registered[name] = outputs
    served = {name.split(".", 1)[0] for name in services}
    lost = frozenset(app for app in served - set(pins) if _released(app, registered))
    return Echo(pins, shown, registered, services, frozenset(repositories), admitted, _ground(resources), lost)


def _released(app: str, registered: Mapping[str, Outputs]) -> bool:
    """Whether a task definition of an app has another image than the bootstrap's: a first `up` that was killed leaves
    services of an app that has echoed nothing yet.
    """
    mine = [str(row.get("containerDefinitions")) for name, row in registered.items() if name.split(".", 1)[0] == app]
    return not mine or any(f"/{BOOTSTRAP_REPOSITORY}:" not in text for text in mine)


def _ground(resources: Mapping[str, Mapping[str, object]]) -> frozenset[str]:
    rows = [_outputs(entry).get("arn") for urn, entry in resources.items() if _kind(urn) in GROUND]
    arns = [arn for arn in rows if isinstance(arn, str)]
    return frozenset(arns) | {arn.rsplit("/", 1)[-1] for arn in arns}


def _kind(urn: str) -> str:
    return urn.split("::", 3)[2].rsplit("$", 1)[-1]


def _outputs(entry: Mapping[str, object]) -> Outputs:
    return _mapping(entry.get("outputs"))


def _mapping(value: object) -> Outputs:
    return value if isinstance(value, Mapping) else {}
