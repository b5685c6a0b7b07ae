"""The catalogue: which apps exist and which processes each of them has."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, field_validator, model_validator

from model.base import REPEATS, Model
from model.settings import backdoor, fargate_sizes, queues
from model.settings.capacity_providers import Capacity
from model.settings.grants import Grants
from model.settings.health import Health
from model.settings.ingress import Host, Place
from model.settings.process import Running, shares
from model.settings.queues import Queue, Source
from model.settings.scaling import Scaling
from model.settings.schedules import Schedule
from model.settings.sidecars import Own, problem
from model.settings.text import Form, OrText, Variable

RELEASE = "release"
"""The Procfile line that migrates: a one-off task, never a service."""

NOT_OF_RELEASE = ("port", "count", "scaling", "capacity", "exec", "kind", "schedule", "rollout", "log_buffer")


def _is_no_group_id(name: str) -> str:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html"""
    if name == "sg":
        raise ValueError("sg can't be the name of an app: AWS takes no security group whose name begins with sg-")
    return name


AppName = Annotated[
    str,
    Form(
        r"[a-z](-?[a-z0-9])+",
        "is no name of an app; use two or more small letters, digits and single hyphens, a letter first: shop-api",
        24,
    ),
    AfterValidator(_is_no_group_id),
]
"""ECR takes no repository of one letter.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""
ProcessName = Annotated[
    str, Form(r"[A-Za-z0-9_-]+", "is no name of a process; use letters, digits, - and _, such as worker_mail", 30)
]
"""As Heroku has them. https://devcenter.heroku.com/articles/procfile
"""


class Kind(StrEnum):
    """Whether a process runs all the time, only when it is started, or while its backdoor is open. The release
    process has a kind of its own."""

    SERVICE = "service"
    TASK = "task"
    BACKDOOR = "backdoor"


class Process(Running):
    """One line of the Procfile."""

    cpu: Annotated[int, WithJsonSchema({"type": "integer", "enum": list(fargate_sizes.MEMORY)})] = 256
    """The CPU of a task, in CPU units: 1024 are one vCPU."""
    memory: int = 512
    """The memory of a task, in MiB; which sizes go with a CPU is up to Fargate."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """The port that it listens on, which makes it a web process; it is in `$PORT`."""
    public: bool = True
    """Whether it is reached from the internet, or from inside the VPC only."""
    hosts: tuple[Host, ...] = ()
    """The names that it answers to beside the one under the domain."""
    place: Place | None = None
    """Its rule's priority on a shared load balancer, for when the derived one is taken."""
    count: Annotated[int, Field(ge=0, le=1000)] | None = None
    """How many tasks run when the service is made; `slipway scale` changes it later. 1 if left out."""
    scaling: Scaling | None = None
    """How the number of tasks follows the load; it excludes `count`."""
    health: Health = Health()
    """The load balancer's health check; only with a port."""
    command: Annotated[tuple[str, ...] | None, REPEATS] = None
    """What runs instead of the Procfile's line, word by word and without a shell."""
    stop_timeout: Annotated[int, Field(ge=2, le=120)] = 30
    """How long a task has from SIGTERM to SIGKILL, in seconds."""
    capacity: Capacity | None = None
    """The weights of Fargate and Fargate Spot; the environment's if left out."""
    kind: Kind = Kind.SERVICE
    """Whether it runs all the time, only when it is started, or while its backdoor is open."""
    schedule: Annotated[Schedule, OrText()] | None = None
    """When it is started; a process with a schedule is no service."""

    @field_validator("cpu")
    @classmethod
    def _fargate_cpu(cls, cpu: int) -> int:
        if cpu not in fargate_sizes.MEMORY:
            raise ValueError(f"{cpu} is not a Fargate size; use {fargate_sizes.describe_cpu()}")
        return cpu

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.memory not in fargate_sizes.MEMORY[self.cpu]:
            raise ValueError(
                f"memory {self.memory} MiB does not go with cpu {self.cpu} on Fargate;"
                f" use {fargate_sizes.describe_memory(self.cpu)}"
            )
        if self.count is not None and self.scaling is not None:
            raise ValueError("count and scaling exclude each other; drop one of them")
        if self.port is None and "health" in self.model_fields_set:
            raise ValueError("health is the load balancer's check and needs a port; add one, or drop health")
        if self.port is None and self.model_fields_set & {"hosts", "place", "public"}:
            raise ValueError("hosts, place and public are the load balancer's and need a port; add one, or drop them")
        own = Own(depends_on=self.depends_on, port=self.port, checked=self.check is not None)
        found = shares(self.cpu, self.memory, self.sidecars) or problem(self.sidecars, own)
        if found:
            raise ValueError(found)
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

    @model_validator(mode="after")
    def _runs_always_or_by_itself(self) -> Self:
        wrong = sorted({"port", "count", "scaling", "capacity", "rollout", "log_buffer"} & self.model_fields_set)
        if wrong and not self.is_service:
            why = "schedule" if self.schedule is not None else f"kind: {self.kind}"
            raise ValueError(f"a process with {why} is no service; it takes no {', '.join(wrong)}")
        return self

    @model_validator(mode="after")
    def _can_be_replaced(self) -> Self:
        """A rollout that may start no task and stop none never ends."""
        count = self.initial_count
        if count > 0 and self.rollout.room(count) < 1:
            raise ValueError(
                f"rollout min_healthy {self.rollout.min_healthy} and max {self.rollout.max} leave {count} tasks no room"
                " for a new one; raise max, or lower min_healthy"
            )
        return self

    @property
    def is_service(self) -> bool:
        """Whether it runs all the time."""
        return self.kind is Kind.SERVICE and self.schedule is None

    @property
    def rebalanced(self) -> bool:
        """Whether ECS may move its tasks between zones outside deployments."""
        return self.rollout.rebalance if self.rollout.rebalance is not None else self.port is not None

    @property
    def initial_count(self) -> int:
        """How many tasks a new service starts with."""
        if self.scaling is not None:
            return self.scaling.min
        return 1 if self.count is None else self.count


class App(Model):
    """One code base with a Procfile."""

    processes: Annotated[dict[ProcessName, Process], Field(min_length=1)]
    """Every process by its name in the Procfile; `release` is the migration."""
    requires: tuple[Variable, ...] = ()
    """The variables in Vault without which a deploy stops."""
    grants: Grants = Grants()
    """What its code may do on AWS, beside reading its own config."""
    heroku_variables: bool = False
    """Whether each process has the variables by which Heroku tells dynos what they are (`HEROKU_APP_NAME`, …)."""

    @field_validator("requires")
    @classmethod
    def _are_its_own(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """ECS takes no secret with the name of a variable that is there already."""
        ours = [name for name in names if name == "PORT" or name.startswith("SLIPWAY_")]
        if ours:
            raise ValueError(f"{', '.join(ours)} comes from the platform, which every process has; take it out")
        return names

    @model_validator(mode="after")
    def _processes_agree(self) -> Self:
        ports = Counter(process.port for process in self.processes.values() if process.port is not None)
        self._config_of_sidecars_is_required()
        for port, times in ports.items():
            if times > 1:
                users = [name for name, process in self.processes.items() if process.port == port]
                raise ValueError(f"port {port} is used by {' and '.join(users)}; give each process a port of its own")
        release = self.processes.get(RELEASE)
        wrong = [] if release is None else [name for name in NOT_OF_RELEASE if name in release.model_fields_set]
        if wrong:
            raise ValueError(f"release is a one-off task; it takes no {', '.join(wrong)}")
        for name, row in self.processes.items():
            given, is_backdoor = frozenset(row.model_fields_set), row.kind is Kind.BACKDOOR
            found = backdoor.problem(name, backdoor=is_backdoor, command=row.command, given=given)
            if found:
                raise ValueError(f"processes/{name}: {found}")
        if not self.services:
            raise ValueError("no process runs all the time; add one that does, such as web or worker")
        return self

    @model_validator(mode="after")
    def _jobs_are_counted(self) -> Self:
        found: dict[str, str] = {}
        for name, queue in self.queues.items():
            try:
                found |= {name: queues.asked(queue, self._ports)} if queue.source is Source.HIREFIRE else {}
            except ValueError as error:
                raise ValueError(f"processes/{name}/scaling/{error}") from None
        if len(set(found.values())) > 1:
            told = " and ".join(f"{web} for {name}" for name, web in found.items())
            raise ValueError(f"one web process is asked for all jobs of an app, and here it is {told}; name the same")
        return self

    def _config_of_sidecars_is_required(self) -> None:
        for name, process in self.processes.items():
            for sidecar, row in process.sidecars.items():
                missing = sorted(set(row.config) - set(self.requires))
                if missing:
                    raise ValueError(
                        f"processes/{name}/sidecars/{sidecar}/config: {', '.join(missing)} is not among requires;"
                        " add it there, so that a deploy without it stops"
                    )

    @property
    def services(self) -> dict[str, Process]:
        """The processes that run as ECS services, by name."""
        return {name: row for name, row in self.processes.items() if name != RELEASE and row.is_service}

    @property
    def queues(self) -> dict[str, Queue]:
        """Who counts the jobs of the processes that scale on a queue, by process."""
        rows = {name: row.scaling.counted for name, row in self.services.items() if row.scaling is not None}
        return {name: queue for name, queue in rows.items() if queue is not None}

    @property
    def has_token(self) -> bool:
        """Whether whoever counts its jobs needs the app's token."""
        return any(queue.with_token for queue in self.queues.values())

    @property
    def asked(self) -> str | None:
        """The web process that is asked for the jobs of all others, if any is."""
        asking = [queue for queue in self.queues.values() if queue.source is Source.HIREFIRE]
        return queues.asked(asking[0], self._ports) if asking else None

    @property
    def _ports(self) -> dict[str, bool]:
        return {name: row.public for name, row in self.services.items() if row.port is not None}

    @property
    def one_offs(self) -> dict[str, Process]:
        """The processes that run when somebody or a schedule starts them, by name."""
        return {name: row for name, row in self.processes.items() if name != RELEASE and not row.is_service}

    @property
    def scheduled(self) -> dict[str, Process]:
        """Those of them that a schedule starts."""
        return {name: row for name, row in self.one_offs.items() if row.schedule is not None}

    @property
    def backdoor(self) -> Process | None:
        """The backdoor, if the app has one. It follows releases as a one-off does, and no verdict waits for it."""
        return self.processes.get(backdoor.NAME)

    @property
    def repositories(self) -> list[str]:
        """The ARNs of ECR repositories that its sidecars come from."""
        rows = [row for process in self.processes.values() for row in process.sidecars.values()]
        return sorted({row.repository for row in rows if row.repository is not None})

    @property
    def release(self) -> Process | None:
        """The release process, if the app has one."""
        return self.processes.get(RELEASE)
