"""No subnet that stands moves or is replaced: address plans that would do that are refused before anything changes."""

import re
from ipaddress import IPv4Network

from driver.core.values.checkpoint import Resource, StackState
from driver.errors import InvalidInput
from model.names.pulumi_types import SUBNET, VPC
from model.settings.environment import Settings
from model.settings.network import Network


def check_stays(settings: Settings, stack: StackState) -> None:
    """Every subnet of the state keeps its block and its zone in these settings. Raises InvalidInput.

    A subnet can't change either, so the engine would make another one in its place, with the NAT gateway, load
    balancers and tasks of the old one still there.
    """
    env, network = settings.env, settings.network
    _check_region(settings, stack)
    _check_block(env, network, stack)
    for row in stack.resources:
        if row.kind == SUBNET and row.output("cidrBlock"):
            _check_first(env, network, row)
            _check_tier(env, network, row)


def _check_region(settings: Settings, stack: StackState) -> None:
    """What stands in one region can't be moved into another, and no list of zones makes it fit."""
    for row in stack.resources:
        # arn:aws:ec2:<region>:<account>:vpc/<id>
        found = row.output("arn").split(":")[3:4] if row.kind == VPC and row.name == settings.env else []
        if found and found[0] != settings.region:
            raise _refused(
                f"aws:region: {settings.region} is not where {settings.env} stands, which is {found[0]}",
                f"Put aws:region: {found[0]} back, and the zones with it",
            )


def _check_block(env: str, network: Network, stack: StackState) -> None:
    for row in stack.resources:
        found = row.output("cidrBlock")
        if row.kind == VPC and row.name == env and found not in {"", network.cidr}:
            raise _refused(
                f"network/cidr: {network.cidr} would replace the VPC of {env}, which is {found}, and all subnets in it",
                f"Put cidr: {found} back; where addresses run out, append a private tier",
            )


def _check_first(env: str, network: Network, subnet: Resource) -> None:
    """The public and the first private subnet of a zone, which awsx places by the number of the zone."""
    named = re.fullmatch(rf"{env}-(public|private)-(\d)", subnet.name)
    if named is None or int(named[2]) > len(network.zones):
        return
    kind, index = named[1], int(named[2]) - 1
    block, zone = IPv4Network(subnet.output("cidrBlock")), subnet.output("availabilityZone")
    if network.zones[index] != zone:
        raise _refused(
            f"network/zones: {network.zones[index]} is in the place of {zone}, so the subnet {block} would be replaced",
            "Put the zones back into their order; a further one goes to the end",
        )
    if not block.subnet_of(network.parts[index]):
        raise _refused(
            f"network/zones: {len(network.zones)} zones divide {network.cidr} in another way, so the subnet {block} in"
            f" {zone} would move",
            "Put the former number of zones back",
        )
    mask = network.public_mask if kind == "public" else network.private_mask
    if block.prefixlen != mask:
        raise _refused(
            f"network/{kind}_mask: {mask} would replace the subnet {block} in {zone}",
            f"Put {kind}_mask: {block.prefixlen} back; where addresses of tasks run out, append a private tier",
        )


def _check_tier(env: str, network: Network, subnet: Resource) -> None:
    """The subnet of an appended tier. One in a zone that the settings have no more goes, and moves nowhere."""
    block, zone = IPv4Network(subnet.output("cidrBlock")), subnet.output("availabilityZone")
    if zone not in network.zones:
        return
    for tier in network.tiers:
        wanted = tier.subnets(len(network.zones))[network.zones.index(zone)]
        if block.overlaps(IPv4Network(tier.cidr)) and str(block) != wanted:
            raise _refused(
                f"network/tiers: {tier.cidr} with mask {tier.mask} would have {wanted} in {zone} and not {block}, which"
                f" {env} has there",
                "Put the tier back as it was, and append another one",
            )


def _refused(message: str, way_back: str) -> InvalidInput:
    return InvalidInput(message, hint=f"{way_back}. What can't be kept takes a new environment.")
