"""What an environment needs of an account's quotas at its largest: all scale used up, all apps in mid-deploy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from model.iam.alarm_topic import RELAY
from model.names.names import flow_logs_role, function, function_role
from model.settings.app import App, Process
from model.settings.capacity_providers import Capacity
from model.settings.environment import Settings
from model.settings.ingress import Ingress
from model.settings.logs import COMPACTING, COMPACTOR, SHIPPER
from model.settings.network import Nat
from model.settings.queues import COUNTER, RECEIVER
from model.sizing.addresses import BALANCER, FUNCTIONS, most_tasks, surge
from model.sizing.quotas import Key

UNITS = 1024
"""CPU units in a vCPU."""
UNRESERVED = 100
"""The copies of Lambda functions that AWS keeps for those that reserve none: nobody can reserve the last hundred.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""


@dataclass(frozen=True)
class Need:
    """So much of a quota, and what for."""

    amount: float
    purpose: str


def needs(settings: Settings) -> Mapping[Key, Need]:
    """What the environment needs of each quota, from the settings alone; what it needs none of is left out.

    Of a quota on one thing, such as the rules of one group, it is what the fullest needs.
    """
    rows = {**_compute(settings), **_network(settings), **_balancing(settings), **_identity(settings)}
    return {key: need for key, need in rows.items() if need.amount > 0}


def most(process: Process) -> int:
    """The tasks of a process at its largest scale, without a deploy."""
    return process.initial_count if process.scaling is None else process.scaling.most


def gateways(settings: Settings) -> int:
    """How many NAT gateways there are, each with an address of its own."""
    return {Nat.NONE: 0, Nat.SINGLE: 1, Nat.PER_ZONE: len(settings.network.zones)}[settings.network.nat]


def webs(settings: Settings) -> list[Process]:
    """The processes that stand behind a load balancer."""
    return [process for _, process in _services(settings) if process.port is not None]


def split(tasks: int, capacity: Capacity) -> tuple[int, int]:
    """Tasks on demand and on Spot by their weights, each rounded up: ECS gives the odd task to either.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
    """
    total = capacity.fargate + capacity.spot
    return ceil(tasks * capacity.fargate / total), ceil(tasks * capacity.spot / total)


def _services(settings: Settings) -> Iterator[tuple[str, Process]]:
    for app, spec in settings.apps.items():
        for name, process in spec.services.items():
            yield f"{app}-{name}", process


def _single(app: App) -> list[Process]:
    """What runs in one task at a time, beside the services: the release process, what a schedule starts, backdoors."""
    return [*app.scheduled.values(), *(row for row in (app.release, app.backdoor) if row is not None)]


def _backdoors(settings: Settings) -> int:
    return sum(app.backdoor is not None for app in settings.apps.values())


def _compute(settings: Settings) -> dict[Key, Need]:
    on_demand = spot = 0.0
    for _, process in _services(settings):
        largest = most(process)
        plain, cheap = split(largest + surge(largest, largest, process.rollout.max), settings.capacity_of(process))
        on_demand += plain * process.cpu / UNITS
        spot += cheap * process.cpu / UNITS
    single = [row.cpu / UNITS for app in settings.apps.values() for row in _single(app)]
    services = dict(_services(settings))
    fullest = max(services, key=lambda name: most(services[name]))
    return {
        Key.ON_DEMAND: Need(on_demand + sum(single), "tasks by weight, doubled by a deploy; one-off ones"),
        Key.SPOT: Need(spot, "tasks by weight, doubled by a deploy"),
        Key.CLUSTERS: Need(1, "the environment's own"),
        Key.SERVICES: Need(len(services) + _backdoors(settings), "every process but release"),
        Key.TASKS: Need(most(services[fullest]), f"{fullest} at its largest"),
    }


def _network(settings: Settings) -> dict[Key, Need]:
    network, zones, nats = settings.network, len(settings.network.zones), gateways(settings)
    endpoints = len(network.endpoints) * zones
    balancers = settings.balancer_count(public=True) + settings.balancer_count(public=False)
    interfaces = most_tasks(settings) + balancers * BALANCER * zones + endpoints + FUNCTIONS * zones + nats
    groups = len(settings.apps) + _backdoors(settings) + balancers + bool(endpoints) + 1
    ports = max(_ways(settings)[0], 1)
    rules = [len(settings.allowed) * ports, len(network.blocks) if endpoints else 1]
    rules += [sum(row.port is not None for row in app.services.values()) for app in settings.apps.values()]
    return {
        Key.VPCS: Need(1, "the environment's own"),
        Key.SUBNETS: Need(zones + network.task_subnets, "public and private tiers in each zone"),
        Key.BLOCKS: Need(len(network.blocks), "the first one and a tier each"),
        Key.INTERFACES: Need(interfaces, "tasks doubled by a deploy, load balancers, endpoints, functions, NAT"),
        Key.NATS: Need(min(nats, 1), "one in a zone"),
        Key.ADDRESSES: Need(nats, "one a NAT gateway"),
        Key.GROUPS: Need(groups, "apps, backdoors, load balancers, endpoints, and the VPC's default"),
        Key.RULES: Need(max(rules), "the fullest group, in one direction"),
    }


def _balancing(settings: Settings) -> dict[Key, Need]:
    found = webs(settings)
    balancers = settings.balancer_count(public=True) + settings.balancer_count(public=False)
    targets = max(
        (most(process) + surge(most(process), most(process), process.rollout.max) for process in found), default=0
    )
    listeners, rules = _ways(settings)
    shared = settings.ingress is Ingress.SHARED
    return {
        Key.BALANCERS: Need(balancers, "one a web process, or one shared by all public or internal ones"),
        Key.TARGET_GROUPS: Need(len(found), "one a web process"),
        Key.TARGETS: Need(targets, "the largest web process, in a deploy"),
        Key.SHARED_GROUPS: Need(len(found) if shared else min(len(found), 1), "one a web process behind it"),
        Key.LISTENERS: Need(listeners, "one, and one for each web process without host name that shares it"),
        Key.LISTENER_RULES: Need(rules, "one for each web process with host names that shares it"),
    }


def _ways(settings: Settings) -> tuple[int, int]:
    """The listeners and the rules of the fullest load balancer."""
    doors = settings.doors.values()
    own = 2 if settings.domain is not None and settings.domain.secure else 1
    if settings.ingress is not Ingress.SHARED:
        return min(len(doors), 1) * own, 0
    sides = [[door for door in doors if door.public is public] for public in (True, False)]
    return (
        max(bool(side) * own + sum(not door.hosts for door in side) for side in sides),
        max(sum(bool(door.hosts) for door in side) for side in sides),
    )


def roles(settings: Settings) -> set[str]:
    """The names of the roles of all apps, of the network's flow logs and of the functions of log archive, alarms and
    queues.
    """
    env, region = settings.env, settings.region
    found = set() if settings.network.flow_logs is None else {flow_logs_role(env, region)}
    if settings.logs.archive is not None:
        found |= {function_role(env, region, purpose) for purpose in (SHIPPER, COMPACTOR)}
    if settings.alarms.hooks:
        found.add(function_role(env, region, RELAY))
    if settings.counts_jobs:
        found.add(function_role(env, region, COUNTER))
    if settings.receives:
        found.add(function_role(env, region, RECEIVER))
    for name, app in settings.apps.items():
        more = [("scheduler", app.scheduled), ("backdoor", app.backdoor)]
        purposes = ("execution", "task", *(purpose for purpose, wanted in more if wanted))
        found |= {settings.names(name).role(region, purpose) for purpose in purposes}
    return found


def _identity(settings: Settings) -> dict[Key, Need]:
    reserved = sum(reserving(settings).values())
    return {
        Key.SECRETS: Need(secrets(settings), "one or two an app, one for hooks of alarms"),
        Key.ROLES: Need(len(roles(settings)), "two to four an app, flow logs, log archive, alarms, queues"),
        Key.CONCURRENCY: Need(reserved + UNRESERVED if reserved else 0, "what the log archive reserves, and AWS's 100"),
    }


def secrets(settings: Settings) -> int:
    """How many secrets an environment has: config and perhaps a token of each app, and the addresses of hooks."""
    tokens = sum(app.has_token for app in settings.apps.values())
    return len(settings.apps) + tokens + bool(settings.alarms.hooks)


def reserving(settings: Settings) -> dict[str, int]:
    """The functions that reserve copies of Lambda for themselves, by name, and how many."""
    archive = settings.logs.archive
    if archive is None:
        return {}
    return {function(settings.env, SHIPPER): archive.concurrency, function(settings.env, COMPACTOR): COMPACTING}
