"""Further containers in a task beside the app's own: proxies, collectors of metrics and traces.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from model.base import REPEATS, Model
from model.settings.check import Check, unless_none
from model.settings.text import Form, Variable

APP = "app"
"""The app's own container; no sidecar can have that name."""

CONTAINERS = 10
"""The containers that one task may have.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
"""

Name = Annotated[
    str, Form(r"[a-z][a-z0-9-]*", "is no name of a sidecar; use small letters, digits and -, such as proxy", 32)
]
SECRET = re.compile(r"SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE|CREDENTIAL", re.IGNORECASE)
VERSIONED = re.compile(r"^[a-z0-9][a-z0-9._/:-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$")
OURS = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^@:]+)")


class Condition(StrEnum):
    """What another container must have come to before one starts."""

    STARTED = "start"
    HEALTHY = "healthy"
    ENDED = "complete"
    ENDED_WELL = "success"


class Sidecar(Model):
    """One container beside the app's own in a task."""

    image: str
    """Its image, by tag or digest and never `latest`."""
    cpu: Annotated[int, Field(ge=1)] | None = None
    """Its share of the task's CPU, in CPU units."""
    memory: Annotated[int, Field(ge=6)] | None = None
    """Its share of the task's memory, in MiB."""
    essential: bool = True
    """Whether the task ends when it does."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """The port that it listens on."""
    command: Annotated[tuple[str, ...] | None, REPEATS] = None
    """What runs instead of the image's own command, word by word."""
    environment: dict[Variable, str] = Field(default_factory=dict)
    """Variables that anybody may read."""
    config: tuple[Variable, ...] = ()
    """Variables of the app's config that it is given; they must be among `requires`."""
    check: Annotated[Check | None, BeforeValidator(unless_none)] = None
    """Its own health check."""
    depends_on: dict[str, Condition] = Field(default_factory=dict)
    """Which containers it waits for, and for what."""

    @field_validator("image")
    @classmethod
    def _has_a_version(cls, image: str) -> str:
        if not VERSIONED.match(image) or ":" not in image.rsplit("/", 1)[-1]:
            raise ValueError(f"{image} names no version; use <repository>:<tag> or <repository>@sha256:<digest>")
        if image.endswith(":latest"):
            raise ValueError(f"{image} is another image every day; use the tag of a version, or a digest")
        return image

    @model_validator(mode="after")
    def _secrets_are_references(self) -> Self:
        unfit = sorted(name for name, value in self.environment.items() if "\0" in value)
        if unfit:
            raise ValueError(f"environment: {', '.join(unfit)} holds a NUL, and no variable can; take it out")
        literal = sorted(name for name in self.environment if SECRET.search(name))
        if literal:
            raise ValueError(
                f"environment has {', '.join(literal)}, which looks like a secret and would be in the open;"
                " put it into the app's config and name it under config"
            )
        both = sorted(set(self.environment) & set(self.config))
        if both:
            raise ValueError(f"{', '.join(both)} is in environment and in config; drop one of them")
        return self

    @property
    def repository(self) -> str | None:
        """The ARN of its repository, where that is one of ECR's: the execution role must be let in."""
        found = OURS.match(self.image)
        if found is None:
            return None
        return f"arn:aws:ecr:{found['region']}:{found['account']}:repository/{found['name']}"


@dataclass(frozen=True, kw_only=True)
class Own:
    """What of the app's own container the others have to do with: what it waits for, its port, and whether a check
    says when it is healthy.
    """

    depends_on: Mapping[str, Condition]
    port: int | None
    checked: bool


def problem(sidecars: Mapping[str, Sidecar], own: Own) -> str:
    """What does not go together in one task, or nothing."""
    if APP in sidecars:
        return f"sidecars/{APP}: that is the name of the app's own container; use another one"
    if len(sidecars) >= CONTAINERS:
        return f"{len(sidecars)} sidecars and the app's own container: a task has {CONTAINERS} at most; drop some"
    ports = [own.port, *(row.port for row in sidecars.values())]
    twice = sorted({one for one in ports if one is not None and ports.count(one) > 1})
    if twice:
        return f"port {twice[0]} is used by two containers of one task; give each a port of its own"
    edges = {APP: own.depends_on, **{name: row.depends_on for name, row in sidecars.items()}}
    for name, others in edges.items():
        for other, condition in others.items():
            found = _unmet(name, other, condition, sidecars, own)
            if found:
                return found
    return _circle(edges)


def _unmet(name: str, other: str, condition: Condition, sidecars: Mapping[str, Sidecar], own: Own) -> str:
    wish = f"{name} waits for {other}"
    if other not in {APP, *sidecars} or other == name:
        return f"{wish}, which is no other container of the task; there is {', '.join([APP, *sidecars])}"
    row = sidecars.get(other)
    if condition is Condition.HEALTHY and not (own.checked if row is None else row.check):
        return f"{wish} to be healthy, which has no check; add one, or wait for start"
    if condition in {Condition.ENDED, Condition.ENDED_WELL} and (row is None or row.essential):
        return f"{wish} to end, but the task ends with it; set essential: false there, or wait for start"
    return ""


def _circle(edges: Mapping[str, Mapping[str, Condition]]) -> str:
    left = {name: set(others) for name, others in edges.items()}
    while free := [name for name, others in left.items() if not others & set(left)]:
        for name in free:
            del left[name]
    return f"{', '.join(sorted(left))} wait for each other; take one depends_on away" if left else ""
