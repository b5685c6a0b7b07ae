"""The catalogue: which apps exist and which processes each of them has."""

from collections import Counter
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from spec import fargate
from spec.grants import Grants
from spec.ingress import Host, Place
from spec.model import Model
from spec.scaling import Scaling
from spec.weights import Capacity

RELEASE = "release"
"""The Procfile line that migrates: a one-off task, never a service."""

AppName = Annotated[str, StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=24)]
ProcessName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=16)]
ConfigKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Health(Model):
    """How the load balancer decides that a web task may serve. All times in seconds.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    path: Annotated[str, StringConstraints(pattern=r"^/")] = "/health/"
    codes: Annotated[str, StringConstraints(pattern=r"^[2-4]\d\d([,-][2-4]\d\d)*$")] = "200"
    interval: Annotated[int, Field(ge=5, le=300)] = 10
    timeout: Annotated[int, Field(ge=2, le=120)] = 5
    healthy: Annotated[int, Field(ge=2, le=10)] = 2
    unhealthy: Annotated[int, Field(ge=2, le=10)] = 3
    grace: Annotated[int, Field(ge=0, le=3600)] = 60
    drain: Annotated[int, Field(ge=0, le=3600)] = 20

    @model_validator(mode="after")
    def _timeout_fits(self) -> Self:
        if self.timeout >= self.interval:
            raise ValueError(f"timeout {self.timeout} s must be shorter than the interval of {self.interval} s")
        return self


class Process(Model):
    """One line of the Procfile. `cpu` in CPU units (1024 = one vCPU), `memory` in MiB, `stop_timeout` in seconds.

    `hosts` are names that it answers to beside the one under the domain; `place` is its rule's priority on a shared
    load balancer, for when the derived one is taken.
    """

    cpu: int = 256
    memory: int = 512
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    public: bool = True
    hosts: tuple[Host, ...] = ()
    place: Place | None = None
    count: Annotated[int, Field(ge=0, le=1000)] | None = None
    scaling: Scaling | None = None
    health: Health = Health()
    command: tuple[str, ...] | None = None
    stop_timeout: Annotated[int, Field(ge=2, le=120)] = 30
    capacity: Capacity | None = None
    exec: bool = False

    @field_validator("cpu")
    @classmethod
    def _fargate_cpu(cls, cpu: int) -> int:
        if cpu not in fargate.MEMORY:
            raise ValueError(f"{cpu} is not a Fargate size; use {fargate.describe_cpu()}")
        return cpu

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.memory not in fargate.MEMORY[self.cpu]:
            raise ValueError(
                f"memory {self.memory} MiB does not go with cpu {self.cpu} on Fargate;"
                f" use {fargate.describe_memory(self.cpu)}"
            )
        if self.count is not None and self.scaling is not None:
            raise ValueError("count and scaling exclude each other; drop one of them")
        if self.port is None and "health" in self.model_fields_set:
            raise ValueError("health is the load balancer's check and needs a port; add one, or drop health")
        if self.port is None and (self.hosts or self.place is not None):
            raise ValueError("hosts and place are the load balancer's and need a port; add one, or drop them")
        return self

    @model_validator(mode="after")
    def _can_be_scaled_so(self) -> Self:
        if self.scaling is None:
            return self
        if self.scaling.requests is not None and self.port is None:
            raise ValueError("scaling/requests counts what a load balancer sends and needs a port; use backlog or cpu")
        if self.scaling.backlog is not None and self.port is not None:
            raise ValueError("scaling/backlog is for workers, and a port makes a web process; use requests or cpu")
        return self

    @property
    def initial_count(self) -> int:
        """How many tasks a new service starts with."""
        if self.scaling is not None:
            return self.scaling.min
        return 1 if self.count is None else self.count


class App(Model):
    """One code base with a Procfile.

    `requires` names the variables without which a deploy stops, `grants` what its code may do on AWS.
    """

    processes: Annotated[dict[ProcessName, Process], Field(min_length=1)]
    requires: tuple[ConfigKey, ...] = ()
    grants: Grants = Grants()

    @model_validator(mode="after")
    def _processes_agree(self) -> Self:
        ports = Counter(process.port for process in self.processes.values() if process.port is not None)
        for port, times in ports.items():
            if times > 1:
                users = [name for name, process in self.processes.items() if process.port == port]
                raise ValueError(f"port {port} is used by {' and '.join(users)}; give each process a port of its own")
        release = self.processes.get(RELEASE)
        if release is not None and {"port", "count", "scaling", "capacity", "exec"} & release.model_fields_set:
            raise ValueError("release is a one-off task; it takes no port, count, scaling, capacity or exec")
        if not self.services:
            raise ValueError("release alone is no app; add a process that runs, such as web or worker")
        return self

    @property
    def services(self) -> dict[str, Process]:
        """The processes that run as ECS services, by name."""
        return {name: process for name, process in self.processes.items() if name != RELEASE}

    @property
    def release(self) -> Process | None:
        """The release process, if the app has one."""
        return self.processes.get(RELEASE)
