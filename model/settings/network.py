"""The settings of the VPC, and AWS's rules on which address blocks go together in one."""

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from model.base import Model
from model.settings.retention import Days

BLOCKS = 5
"""Blocks in one VPC, the first included, unless AWS has raised quota L-83CA0A9D."""

ALONE = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
"""What a task on Fargate asks before its first line runs, S3 aside, which the gateway endpoint answers.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
"""

PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"))
TENTH = IPv4Network("10.0.0.0/16")
LOWEST = IPv4Network("10.0.0.0/15")
NOBODYS = {
    "0.0.0.0/8": "this very network",
    "127.0.0.0/8": "the machine itself",
    "169.254.0.0/16": "a link and the metadata of AWS",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "later use",
}
"""https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml"""
DEFAULT_VPC = IPv4Network("172.31.0.0/16")


class Nat(StrEnum):
    """How private tasks reach the internet. Not the same as the public tier, which always has a gateway."""

    NONE = "none"
    SINGLE = "single"
    PER_ZONE = "per-zone"


class Endpoint(StrEnum):
    """An AWS service that tasks reach inside the VPC, by an interface in each zone that costs by the hour."""

    ECR_API = "ecr.api"
    ECR_DKR = "ecr.dkr"
    LOGS = "logs"
    MONITORING = "monitoring"
    SECRETS = "secretsmanager"
    MESSAGES = "ssmmessages"
    STS = "sts"
    KMS = "kms"
    SQS = "sqs"
    SNS = "sns"
    EVENTS = "events"


class Traffic(StrEnum):
    """Which connections are written down. What was refused costs least, and tells most of a wrong security group."""

    ALL = "all"
    ACCEPT = "accept"
    REJECT = "reject"


class FlowLogs(Model):
    """Who talked to whom, in lines that CloudWatch Logs keeps; they cost by volume, so they are off unless named."""

    traffic: Traffic = Traffic.ALL
    """Which connections are written down."""
    days: Days = 14
    """How long they are kept, in days."""


def address_block(cidr: str) -> IPv4Network:
    """A block of addresses that somebody can have. Raises ValueError with how one is written."""
    try:
        block = IPv4Network(cidr)
    except ValueError:
        raise ValueError(f"{cidr} is no block of addresses; write it as {_meant(cidr)}") from None
    kept = next((what for area, what in NOBODYS.items() if block.subnet_of(IPv4Network(area))), "")
    if kept:
        raise ValueError(f"{cidr} is kept for {kept}, so nobody has it; use another block, such as 10.0.0.0/16")
    return block


def _meant(cidr: str) -> str:
    """The block that an address with a length of prefix is in, or an example."""
    try:
        return str(IPv4Network(cidr, strict=False))
    except ValueError:
        return "10.0.0.0/16"


def written(cidr: str) -> str:
    """A block as AWS writes it, with the length of its prefix. Raises ValueError."""
    return str(address_block(cidr))


Block = Annotated[str, AfterValidator(written)]
"""A block of IPv4 addresses."""


def vpc_block(cidr: str) -> IPv4Network:
    """A block of a size that a VPC takes. Raises ValueError.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """
    block = address_block(cidr)
    if not 16 <= block.prefixlen <= 28:
        raise ValueError(f"/{block.prefixlen} is not a VPC size; use /16 to /28")
    return block


def refusal(present: list[IPv4Network], block: IPv4Network) -> str | None:
    """Why AWS would not add `block` to a VPC that has `present`, the first of which was there first; None if it would.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
    """
    for other in present:
        if block.overlaps(other):
            return f"it overlaps {other}"
    if len(present) >= BLOCKS:
        return f"a VPC has {BLOCKS} blocks at most (quota L-83CA0A9D)"
    if block.subnet_of(TENTH) and any(other.subnet_of(LOWEST) for other in present):
        return f"AWS adds nothing of {TENTH} to a VPC that has a block in {LOWEST}"
    return _other_range(present[0], block)


def _other_range(first: IPv4Network, block: IPv4Network) -> str | None:
    for area in PRIVATE:
        if block.overlaps(area) and (not first.subnet_of(area) or str(area) == "198.19.0.0/16"):
            return f"AWS adds nothing of {area} to a VPC whose first block is {first}"
    if block.overlaps(DEFAULT_VPC):
        return f"AWS adds nothing of {DEFAULT_VPC} to a VPC, where default VPCs are"
    return None


class Tier(Model):
    """One more private subnet a zone, on a block of its own that is added to the VPC."""

    cidr: str
    """A block that is added to the VPC, /16 to /28."""
    mask: Annotated[int, Field(ge=16, le=28)] = 20
    """The size of its subnets, in bits of the mask: 20 is a /20."""

    @field_validator("cidr")
    @classmethod
    def _is_a_vpc_block(cls, cidr: str) -> str:
        return str(vpc_block(cidr))

    def subnets(self, zones: int) -> list[str]:
        """The blocks of the first so many subnets: a zone that is appended moves none of those before it."""
        found = IPv4Network(self.cidr).subnets(new_prefix=self.mask)
        return [str(block) for _, block in zip(range(zones), found, strict=False)]


class Network(Model):
    """The VPC: its address block, its zones, and a subnet mask for each tier (a longer mask is a smaller subnet).

    The default block is a whole /16, because AWS adds no second block from 10.0.0.0/16 to a smaller one there.
    `tiers` are appended; the subnets that are there stay where they are.
    """

    cidr: str = "10.0.0.0/16"
    """The VPC's first block, /16 to /28."""
    zones: Annotated[tuple[str, ...], Field(min_length=2, max_length=6)]
    """Two to six availability zones of the region, such as `eu-west-1a`."""
    public_mask: Annotated[int, Field(ge=16, le=27)] = 24
    """The size of each zone's public subnet, in bits of the mask: 24 is a /24."""
    private_mask: Annotated[int, Field(ge=16, le=28)] = 20
    """The size of each zone's first private subnet, in bits of the mask."""
    nat: Nat = Nat.SINGLE
    """How private tasks reach the internet: not at all, by one gateway, or by one a zone."""
    tiers: tuple[Tier, ...] = ()
    """Further private subnets on blocks of their own; new ones go to the end."""
    endpoints: tuple[Endpoint, ...] = ()
    """AWS services that are reached inside the VPC."""
    flow_logs: FlowLogs | None = None
    """Who talked to whom, written down; off if left out."""

    @field_validator("cidr")
    @classmethod
    def _is_a_vpc_block(cls, cidr: str) -> str:
        return str(vpc_block(cidr))

    @model_validator(mode="after")
    def _base_fits(self) -> Self:
        need = len(self.zones) * (2 ** (32 - self.public_mask) + 2 ** (32 - self.private_mask))
        have = IPv4Network(self.cidr).num_addresses
        if need > have:
            raise ValueError(
                f"{len(self.zones)} zones with /{self.public_mask} and /{self.private_mask} need {need} addresses,"
                f" {self.cidr} has {have}; use a larger cidr or longer masks"
            )
        return self

    @model_validator(mode="after")
    def _tiers_go_together(self) -> Self:
        present = [IPv4Network(self.cidr)]
        for tier in self.tiers:
            block = IPv4Network(tier.cidr)
            reason = refusal(present, block)
            if reason is not None:
                raise ValueError(
                    f"tier {tier.cidr} can't be added: {reason}; `slipway network plan ENV` names one that can"
                )
            need, have = len(self.zones) * 2 ** (32 - tier.mask), block.num_addresses
            if need > have:
                raise ValueError(
                    f"tier {tier.cidr}: {len(self.zones)} zones with /{tier.mask} need {need} addresses, it has {have};"
                    " use a larger block or a longer mask"
                )
            present.append(block)
        return self

    @model_validator(mode="after")
    def _tasks_reach_what_they_need(self) -> Self:
        missing = [name for name in ALONE if name not in self.endpoints]
        if self.nat is Nat.NONE and missing:
            raise ValueError(
                f"nat is none, so tasks can't reach {', '.join(missing)}; add them to endpoints, or use nat: single"
            )
        return self

    @property
    def task_subnets(self) -> int:
        """How many subnets tasks are spread over."""
        return len(self.zones) * (1 + len(self.tiers))

    @property
    def parts(self) -> list[IPv4Network]:
        """What each zone has of the first block: awsx cuts it into equal parts, a power of two of them.

        https://github.com/pulumi/pulumi-awsx/blob/master/awsx/ec2/subnetDistributorNew.ts
        """
        bits = (len(self.zones) - 1).bit_length()
        return list(IPv4Network(self.cidr).subnets(prefixlen_diff=bits))[: len(self.zones)]

    @property
    def blocks(self) -> list[str]:
        """Every block of the VPC, the first one first."""
        return [self.cidr, *(tier.cidr for tier in self.tiers)]
