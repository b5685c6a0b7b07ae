"""The settings of one environment: the catalogue with the stack file's overrides laid over it, checked at once."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from model.base import Model
from model.monitoring.alarms import Alarms
from model.names import clashes, names
from model.settings import backdoor, cutover, domain, load_balancers, queues, reachability
from model.settings.app import App, AppName, Kind, Process
from model.settings.backdoor import Discovery, Vpn
from model.settings.capacity_providers import Capacity
from model.settings.ci import Deployers
from model.settings.cluster import Cluster
from model.settings.cutover import Cutover
from model.settings.dashboards import Dashboards
from model.settings.domain import Domain
from model.settings.ingress import Door, Host, Ingress, check, place
from model.settings.load_balancers import Balancers
from model.settings.logs import Logs
from model.settings.network import Block, Network
from model.settings.notify import Notify
from model.settings.queues import Source
from model.settings.registry import Registry
from model.settings.retention import Days
from model.settings.text import Form
from model.settings.vault import Vault

EnvName = Annotated[
    str,
    Form(r"[a-z][a-z0-9]*", "is no name of an environment; use small letters and digits, a letter first: dev", 12),
]
OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-isoe-")
"""How regions begin that are apart from all others, with ARNs and addresses of their own.

https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""


def _in_the_main_partition(region: str) -> str:
    if region.startswith(OTHER_PARTITIONS):
        raise ValueError(
            f"{region} is in a partition of AWS that Slipway does not know (China, GovCloud, isolated or sovereign "
            "regions); use a region of the main one, such as eu-west-1"
        )
    return region


Region = Annotated[
    str,
    Form(r"[a-z]{2}(-[a-z]+)+-\d", "is no region of AWS; write its code without the letter of a zone: eu-west-1"),
    AfterValidator(_in_the_main_partition),
]


class Deploy(Model):
    """How long a deploy waits."""

    timeout: Annotated[int, Field(ge=30, le=14400)] = 1200
    """The longest time for a rollout, in seconds; one that takes longer is taken back."""
    release_timeout: Annotated[int, Field(ge=10, le=14400)] = 3600
    """The longest time for the release process, in seconds."""
    proof: Annotated[int, Field(ge=0, le=600)] = 60
    """How long a process without a health check must stay up to count as good, in seconds."""
    prove: bool = False
    """Whether a process whose count is 0 is tried out with one task."""
    lease: Annotated[int, Field(ge=3, le=600)] = 60
    """How long the lock of an app outlives an owner that is gone, in seconds."""


TAG_LENGTH = 128
PublicImage = Annotated[
    str,
    Form(
        r"(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
        r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?",
        "is no image; write it as docker.io/hashicorp/http-echo:1.0, or with @sha256: and its 64 digits",
        512,
    ),
]
"""An image of any registry. https://github.com/distribution/reference/blob/main/reference.go"""


class Bootstrap(Model):
    """What runs before the first release: an image that answers 200 on every path, and where it is copied from.

    It takes `-listen=:<port>` and `-text=<answer>`, as hashicorp/http-echo does.
    """

    source: PublicImage = "docker.io/hashicorp/http-echo:1.0"
    """The image, with its registry and a tag or digest. The owner of the registry copies it."""

    @property
    def tag(self) -> str:
        """Its tag in the platform's own repository: name and version, of a digest the first 12 digits."""
        name, _, digest = self.source.rsplit("/", 1)[-1].partition("@")
        version = digest.removeprefix("sha256:")[:12]
        return names.shorten("-".join([*name.split(":"), *([version] if version else [])]), TAG_LENGTH)


class Settings(Model):
    """Everything that one environment needs to know."""

    env: EnvName
    """The environment: the middle of the stack file's name."""
    region: Region
    """The AWS region, which is `aws:region` in the stack file."""
    apps: Annotated[dict[AppName, App], Field(min_length=1)]
    """The catalogue: every app by name. It is in `Pulumi.yaml`, the same for all environments."""
    network: Network
    """The VPC: its addresses, zones and ways out."""
    ingress: Ingress = Ingress.DEDICATED
    """Whether each web process has a load balancer of its own or all share one."""
    domain: Domain | None = None
    """The domain that web processes have their names under; without it they are reached by load balancers' names."""
    vpn: Vpn | None = None
    """Who reaches backdoors over the network; without it nobody does, and they are entered by sessions."""
    discovery: Discovery | None = None
    """The names of backdoors inside the VPC."""
    balancers: Balancers = Balancers()
    """What all load balancers keep to."""
    cutover: Annotated[dict[Host, Cutover], Field(default_factory=dict)]
    """How names are shared between Heroku and AWS while traffic moves over, by name."""
    capacity: Capacity = Capacity()
    """The weights of Fargate and Fargate Spot, where a process has none of its own."""
    cluster: Cluster = Cluster()
    """The ECS cluster."""
    allowed: tuple[Block, ...] = ("0.0.0.0/0",)
    """The blocks of addresses that public load balancers answer to."""
    logs: Logs = Logs()
    """The key of the log groups, and the archive."""
    log_days: Days = 30
    """How long the log groups of processes keep their lines, in days."""
    secret_recovery_days: int = 30
    """How long a deleted secret can be brought back, in days: 7 to 30, or 0 for not at all."""
    protect: bool = False
    """Whether services, load balancers and stores are protected against being deleted."""
    vault: Vault = Vault()
    """Where the variables of the apps are, and how the driver logs in."""
    deploy: Deploy = Deploy()
    """How long a deploy waits."""
    bootstrap: Bootstrap = Bootstrap()
    """What runs before the first release."""
    registry: Registry = Registry()
    """The image repositories."""
    ci: Deployers | None = None
    """Which pipelines may deploy; without it there is no role for them."""
    notify: Notify = Notify()
    """Who is told of releases."""
    receiver: bool | None = None
    """Whether apps can report queue times, as to HireFire; if left out, where a worker's jobs are reported."""
    alarms: Alarms = Alarms()
    """Which alarms there are and who hears of them."""
    dashboards: Dashboards = Dashboards()
    """The dashboards of the environment, in Grafana and in CloudWatch."""

    @field_validator("env")
    @classmethod
    def _name_is_free(cls, env: str) -> str:
        if why := names.TAKEN.get(env):
            raise ValueError(f"no environment can be called {env}: {why}; choose another name, such as dev or live")
        return env

    @field_validator("secret_recovery_days")
    @classmethod
    def _recovery(cls, days: int) -> int:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html"""
        if days != 0 and not 7 <= days <= 30:
            raise ValueError(f"{days} days is no recovery window; use 0, or 7 to 30")
        return days

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        ports = {app: {name: row.port for name, row in spec.processes.items()} for app, spec in self.apps.items()}
        rows = clashes.derived(self.env, self.region, ports)
        for kind, name, owners in clashes.clashes(rows):
            raise ValueError(f"{' and '.join(owners)} both derive the {kind} name {name}; rename one of them")
        self._zones_are_of_the_region()
        self.logs.check(self.region, {f"{app}.{name}" for app, spec in self.apps.items() for name in spec.processes})
        return self

    def _zones_are_of_the_region(self) -> None:
        """https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html"""
        zones = self.network.zones
        wrong = [zone for zone in zones if not zone.startswith(self.region)]
        if wrong:
            raise ValueError(f"network/zones: {', '.join(wrong)} is not in {self.region}; use zones of that region")
        wrong = [zone for zone in zones if not re.fullmatch(f"{self.region}[a-f]", zone)]
        if wrong:
            raise ValueError(
                f"network/zones: {', '.join(wrong)} is no zone; write the region with a letter from a to f, such as"
                f" {self.region}a"
            )

    @model_validator(mode="after")
    def _tasks_reach_what_they_need(self) -> Self:
        reachability.check(self.apps, self.network, self.region)
        for app, spec in self.apps.items():
            for name, queue in spec.queues.items():
                queues.check_region(f"apps/{app}/processes/{name}", queue, self.region)
                if queue.source is Source.HIREFIRE:
                    queues.check_reach(f"{app}.{name}", self.allowed)
        if self.reporting and self.receiver is False:
            raise ValueError(f"receiver: {', '.join(self.reporting)} is reported to it; set receiver: true, or drop it")
        return self

    @model_validator(mode="after")
    def _doors_are_apart(self) -> Self:
        check(self.doors.values(), self.ingress)
        hosts = [host for door in self.doors.values() for host in door.hosts]
        domain.check(self.domain, self.region, hosts)
        cutover.check(self.cutover, self.domain, hosts)
        load_balancers.check(self.balancers, self.region)
        hidden = "" if self.namespace is None else backdoor.hides(self.namespace, tuple(hosts))
        if hidden:
            raise ValueError(f"discovery/namespace: {self.namespace} would hide {hidden} inside the VPC; use another")
        return self

    @property
    def counts_jobs(self) -> bool:
        """Whether our own function counts the jobs of any worker."""
        return any(queue.counted for app in self.apps.values() for queue in app.queues.values())

    @property
    def receives(self) -> bool:
        """Whether there is an address that apps report to."""
        return any(self.reporting) if self.receiver is None else self.receiver

    @property
    def reporting(self) -> list[str]:
        """The workers whose jobs their app reports, as `<app>.<process>`."""
        rows = [(app, name, queue) for app, spec in self.apps.items() for name, queue in spec.queues.items()]
        return [f"{app}.{name}" for app, name, queue in rows if queue.source is Source.JUDOSCALE]

    @property
    def namespace(self) -> str | None:
        """The private DNS zone of the environment; None where nothing has a name in it."""
        if not any(app.backdoor for app in self.apps.values()):
            return None
        if self.discovery is not None:
            return self.discovery.namespace
        return None if self.domain is None else f"internal.{self.domain.name}"

    @property
    def doors(self) -> dict[str, Door]:
        """Where each web process is reached, by Pulumi name."""
        found = [
            self._door(self.names(app).process(name), process)
            for app, spec in self.apps.items()
            for name, process in spec.processes.items()
            if process.port is not None
        ]
        return {door.names.logical: door for door in found}

    def balancer_count(self, *, public: bool) -> int:
        """How many load balancers stand in the public, or in the private, subnets."""
        found = sum(door.public is public for door in self.doors.values())
        return min(found, 1) if self.ingress is Ingress.SHARED else found

    def _door(self, one: names.ProcessNames, process: Process) -> Door:
        derived = () if self.domain is None else (self.domain.host(one),)
        return Door(
            names=one,
            hosts=tuple(dict.fromkeys((*derived, *process.hosts))),
            place=process.place or place(one),
            public=process.public,
        )

    def names(self, app: str) -> names.AppNames:
        """The AWS names of an app here."""
        return names.AppNames(self.env, app)

    def platforms(self) -> dict[str, tuple[str, ...]]:
        """What the image of each app must be built for, by repository."""
        return {
            self.names(name).repository: tuple(sorted({row.architecture.platform for row in app.processes.values()}))
            for name, app in self.apps.items()
        }

    def capacity_of(self, process: Process) -> Capacity:
        """The weights of one process: its own, or those of the environment. A backdoor is never on Spot: whoever works
        in it is not to be thrown out.
        """
        if process.kind is Kind.BACKDOOR:
            return Capacity(fargate=1, spot=0)
        return self.capacity if process.capacity is None else process.capacity
