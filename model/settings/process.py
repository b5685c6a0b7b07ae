"""How a process runs and is replaced, beside its size: platform, container, sidecars, rollout."""

import posixpath
from enum import StrEnum
from math import ceil, floor
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from model.base import Model
from model.settings import sidecars as beside
from model.settings.check import Check, unless_none
from model.settings.sidecars import Condition, Sidecar
from model.settings.text import Form

PlatformVersion = Annotated[
    str,
    Form(
        r"LATEST|\d+\.\d+\.\d+",
        "is no version of Fargate's platform; write LATEST in capitals, or all three numbers, such as 1.4.0",
    ),
]
Folder = Annotated[
    str, Form(r"/[^\s:]+", "is no folder of a container; write its whole path without blanks and :, such as /tmp")
]


class Architecture(StrEnum):
    """What the image is built for. Fargate has ARM64 on Spot too.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html
    """

    X86_64 = "x86_64"
    ARM64 = "arm64"

    @property
    def value_for_ecs(self) -> str:
        """ECS's own word."""
        return self.value.upper()

    @property
    def platform(self) -> str:
        """As an image names it."""
        return "linux/arm64" if self is Architecture.ARM64 else "linux/amd64"


class Rollout(Model):
    """How many tasks there are during a deployment, in percent of the count, and what else moves or stops it.

    `rebalance` lets ECS move healthy tasks between zones outside deployments: unless it says so, those with a port, not
    workers in the middle of a job. `alarms` are CloudWatch alarms that take a deployment back; it then lasts as long as
    their windows, and one that fires already when it starts is not looked at.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """

    min_healthy: Annotated[int, Field(ge=0, le=100)] = 100
    """The fewest tasks in a deployment, in percent of the count."""
    max: Annotated[int, Field(ge=100, le=400)] = 200
    """The most tasks in a deployment, in percent of the count."""
    rebalance: bool | None = None
    """Whether ECS moves healthy tasks between zones; if left out, those of processes with a port."""
    alarms: tuple[Annotated[str, StringConstraints(min_length=1, max_length=255)], ...] = ()
    """Names of CloudWatch alarms that take a deployment back."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.min_healthy == 100 and self.max == 100:
            raise ValueError("min_healthy 100 and max 100 leave no room for a new task; raise max, or lower the other")
        if self.rebalance and self.max == 100:
            raise ValueError("rebalance starts a task before it stops one and needs max above 100; raise it")
        return self

    def room(self, count: int) -> int:
        """How many tasks can be replaced at once: ECS rounds the maximum down and the minimum up."""
        return floor(count * self.max / 100) - ceil(count * self.min_healthy / 100)


class Running(Model):
    """What a process has beside size, port and count."""

    architecture: Architecture = Architecture.X86_64
    """What the image is built for."""
    platform_version: PlatformVersion | None = None
    """The version of Fargate's platform; the latest if left out."""
    check: Annotated[Check | None, BeforeValidator(unless_none)] = None
    """The container's own health check."""
    readonly: bool = False
    """Whether the root file system can't be written to; it excludes `exec`."""
    writable: tuple[Folder, ...] = ()
    """Folders that are empty and writable where the root is read-only."""
    exec: bool = False
    """Whether `aws ecs execute-command` opens a shell in its tasks."""
    log_buffer: Annotated[int, Field(ge=1, le=128)] = 4
    """How many log lines wait while CloudWatch is slow, in MiB; lines of a service beyond that are lost."""
    sidecars: dict[beside.Name, Sidecar] = Field(default_factory=dict)
    """Further containers of its tasks, by name."""
    depends_on: dict[str, Condition] = Field(default_factory=dict)
    """Which sidecars the app's container waits for, and for what."""
    rollout: Rollout = Rollout()
    """How its tasks are replaced in a deployment."""

    @model_validator(mode="after")
    def _container_is_sound(self) -> Self:
        if self.readonly and self.exec:
            raise ValueError("readonly and exec exclude each other: a session needs to write; drop one of them")
        if self.writable and not self.readonly:
            raise ValueError("writable has no meaning unless the root is readonly; set readonly: true, or drop it")
        return self

    @field_validator("writable")
    @classmethod
    def _are_folders_of_their_own(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            plain = f"/{posixpath.normpath(path).lstrip('/')}"
            if path != plain or plain == "/":
                raise ValueError(f"{path} is not how a folder below / is written; use {_below(plain)}")
        return paths


def _below(path: str) -> str:
    return "a folder's own path, such as /tmp" if path == "/" else path


def shares(cpu: int, memory: int, sidecars: dict[str, Sidecar]) -> str:
    """Why the sidecars leave the app nothing of its task; empty when they do."""
    for what, whole, unit, parts in (
        ("cpu", cpu, "", [row.cpu or 0 for row in sidecars.values()]),
        ("memory", memory, " MiB", [row.memory or 0 for row in sidecars.values()]),
    ):
        if sum(parts) >= whole:
            return (
                f"the sidecars take {what} {sum(parts)}{unit} of {whole}{unit}; leave some to the app, or raise {what}"
            )
    return ""
