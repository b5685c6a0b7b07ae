"""Which address blocks EC2 takes for a VPC and its subnets, and which it adds to a VPC that has some.

By AWS's own table, and not by the settings' rules: a mistake there shall be found here.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
"""

from collections.abc import Sequence
from ipaddress import IPv4Network

MOST_BLOCKS = 5
"""The default of the quota "IPv4 CIDR blocks per VPC", the first block among them."""
SIZES = range(16, 29)
"""Of a VPC's blocks and of its subnets, in bits of the mask."""

_TEN, _SEVENTEEN, _NINETY_TWO, _BENCHMARK = "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"
RESTRICTED = {
    _TEN: (_SEVENTEEN, _NINETY_TWO, _BENCHMARK),
    _SEVENTEEN: (_TEN, _NINETY_TWO, _BENCHMARK, "172.31.0.0/16"),
    _NINETY_TWO: (_TEN, _SEVENTEEN, _BENCHMARK),
    _BENCHMARK: (_TEN, _SEVENTEEN, _NINETY_TWO),
}
"""What is restricted where the first block is in a range: the table's rows."""
_ELSEWHERE = (_TEN, _SEVENTEEN, _NINETY_TWO, _BENCHMARK)
"""The row of public ranges and of 100.64.0.0/10."""
_LINK_LOCAL = "169.254.0.0/16"


def block(cidr: str) -> IPv4Network:
    """A block of a size that EC2 takes. Raises ValueError."""
    found = IPv4Network(cidr)
    if found.prefixlen not in SIZES:
        raise ValueError(f"the mask is /{found.prefixlen}, and must be between /{SIZES[0]} and /{SIZES[-1]}")
    return found


def refusal(present: Sequence[IPv4Network], wanted: IPv4Network) -> str | None:
    """Why a block is not added to a VPC with these blocks, the first one first; None where it is."""
    overlapping = [row for row in present if row.overlaps(wanted)]
    if overlapping:
        return f"it overlaps {overlapping[0]}"
    if len(present) >= MOST_BLOCKS:
        return f"the VPC has {MOST_BLOCKS} blocks already"
    # A VPC with blocks in 10.0.0.0/15 takes no further one of 10.0.0.0/16.
    if _within(wanted, "10.0.0.0/16") and any(_within(row, "10.0.0.0/15") for row in present):
        return "the VPC has a block in 10.0.0.0/15"
    row = next((rest for first, rest in RESTRICTED.items() if _within(present[0], first)), _ELSEWHERE)
    barred = [area for area in (*row, _LINK_LOCAL) if wanted.overlaps(IPv4Network(area))]
    return f"{barred[0]} is restricted where the first block is {present[0]}" if barred else None


def _within(one: IPv4Network, area: str) -> bool:
    return one.subnet_of(IPv4Network(area))
