"""Where the subnets of a VPC lie under awsx's strategy Auto."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
LARGEST_MASK = 28


class LayoutError(Exception):
    """The subnets do not fit into the VPC."""


class SubnetType(StrEnum):
    """What a subnet's default route leads to: the internet, a NAT gateway, nothing."""

    PUBLIC = "Public"
    PRIVATE = "Private"
    ISOLATED = "Isolated"


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One subnet in each zone; `mask` is its prefix length."""

    type: SubnetType
    name: str
    mask: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """A subnet's tier, zone and address block; `zone` counts from 0, in the order of the zones' names."""

    tier: Tier
    zone: int
    zone_name: str
    cidr: str


def lay_out(cidr: str, zones: Sequence[str], tiers: Sequence[Tier]) -> list[Place]:
    """The subnets zone by zone, each zone's in the order of the tiers.

    The VPC is cut into equal blocks, the next power of two to the number of zones; a subnet starts at the first
    boundary of its own size after the one before. Raises LayoutError where that leaves a zone's block.
    """
    places = []
    for index, (zone, block) in enumerate(zip(zones, _blocks(cidr, len(zones)), strict=False)):
        cidrs = _within(block, zone, tiers)
        places += [
            Place(tier=tier, zone=index, zone_name=zone, cidr=found) for tier, found in zip(tiers, cidrs, strict=True)
        ]
    return places


def _blocks(cidr: str, zones: int) -> Iterator[ipaddress.IPv4Network]:
    try:
        vpc = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        raise LayoutError(f"cidrBlock: {error}; 10.0.0.0/16 would do") from error
    bits = (zones - 1).bit_length()
    if vpc.prefixlen + bits > LARGEST_MASK:
        raise LayoutError(f"cidrBlock: {cidr} is too small for {zones} zones; take a shorter prefix")
    return vpc.subnets(prefixlen_diff=bits)


def _within(block: ipaddress.IPv4Network, zone: str, tiers: Sequence[Tier]) -> Iterator[str]:
    free, end = int(block.network_address), int(block.broadcast_address) + 1
    for tier in tiers:
        size = 1 << (32 - tier.mask)
        start = -(-free // size) * size
        free = start + size
        if free > end:
            raise LayoutError(
                f"subnetSpecs: {tier.name} (/{tier.mask}) does not fit into {block}, the block of {zone}; "
                "take a longer cidrMask or a larger cidrBlock"
            )
        yield f"{ipaddress.IPv4Address(start)}/{tier.mask}"
