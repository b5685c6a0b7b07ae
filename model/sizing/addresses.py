"""How many tasks, and so addresses, a deployment needs for a while beside those that run."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from math import ceil, floor

from model.settings.environment import Settings
from model.settings.network import TENTH, Nat, Tier, refusal

AREAS = (IPv4Network("10.0.0.0/8"), IPv4Network("100.64.0.0/10"))
"""Where a further block is looked for: what a company routes already, then what carriers use."""

MAXIMUM_PERCENT = 200
"""The tasks that a service may have during a deployment, in percent of its desired count, unless settings say else.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""


def surge(desired: int, present: int, percent: int = MAXIMUM_PERCENT) -> int:
    """The tasks that a deployment may start while `present` ones are still there; ECS rounds the maximum down."""
    return max(0, floor(desired * percent / 100) - present)


def share(needed: int, subnets: int) -> int:
    """The addresses that each subnet must have: tasks are spread over zones, and not to where addresses are left."""
    return ceil(needed / subnets) if subnets else needed


BALANCER = 8
"""Free addresses that a load balancer wants in each of its subnets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#availability-zones
"""
FUNCTIONS = 4
"""Interfaces in a zone that Lambda functions share, one for each pair of subnet and group set."""
RESERVED = 5
"""Addresses that AWS keeps of each subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""
LARGEST, SMALLEST = 16, 24
"""Masks of the subnets that are proposed."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """Addresses in each zone: what the platform needs with all apps in the middle of a deploy, and what there is.

    `tasks` with one zone lost, so that the others take its share; `fixed` are load balancers, endpoints and functions.
    """

    tasks: int
    fixed: int
    private_have: int
    public_need: int
    public_have: int

    @property
    def private_need(self) -> int:
        """Addresses that a zone's private subnets must have."""
        return self.tasks + self.fixed

    @property
    def short(self) -> int:
        """Private addresses that each zone lacks, 0 if it lacks none."""
        return max(0, self.private_need - self.private_have)

    @property
    def fits(self) -> bool:
        """Whether both tiers have what they need."""
        return self.short == 0 and self.public_need <= self.public_have


def most_tasks(settings: Settings) -> int:
    """Tasks at the highest scale, with every app in the middle of a deploy that runs its release process, and every
    backdoor open.
    """
    total = 0
    for app in settings.apps.values():
        for process in app.services.values():
            most = process.initial_count if process.scaling is None else process.scaling.most
            total += most + surge(most, most, process.rollout.max)
        total += (app.release is not None) + len(app.scheduled) + (app.backdoor is not None)
    return total


def room(settings: Settings) -> Room:
    """What each zone needs and has, from the settings alone."""
    network, zones = settings.network, len(settings.network.zones)
    masks = [network.private_mask, *(tier.mask for tier in network.tiers)]
    return Room(
        tasks=share(most_tasks(settings), zones - 1),
        fixed=BALANCER * settings.balancer_count(public=False) + len(network.endpoints) + FUNCTIONS,
        private_have=sum(2 ** (32 - mask) - RESERVED for mask in masks),
        public_need=BALANCER * settings.balancer_count(public=True) + (network.nat is not Nat.NONE),
        public_have=2 ** (32 - network.public_mask) - RESERVED,
    )


def proposal(settings: Settings, taken: Iterable[str] = ()) -> Tier | None:
    """A tier that gives each zone what it lacks, on a block that neither the VPC nor `taken` overlaps.

    Other blocks of 10.0.0.0/8 first, then 100.64.0.0/10. None where nothing is lacking, or no one tier would do.
    """
    short, bits = room(settings).short, (len(settings.network.zones) - 1).bit_length()
    present = [IPv4Network(block) for block in settings.network.blocks]
    others = [IPv4Network(block) for block in taken]
    mask = next((m for m in range(SMALLEST, LARGEST + bits - 1, -1) if 2 ** (32 - m) - RESERVED >= short), None)
    if short == 0 or mask is None:
        return None
    for area in AREAS:
        for block in area.subnets(new_prefix=mask - bits):
            free = not block.overlaps(TENTH) and not any(block.overlaps(other) for other in others)
            if free and refusal(present, block) is None:
                return Tier(cidr=str(block), mask=mask)
    return None
