"""Private subnets as the settings have them against those that stand: a deploy makes none, `up` takes no used one."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from driver.core.state import Resource, StackState
from driver.errors import NotReady
from spec.network import Network
from spec.settings import Settings
from spec.tokens import SERVICE


def check_built(settings: Settings, stack: StackState) -> None:
    """Every tier and zone of the settings is there: a release spreads its tasks over them all. Raises NotReady."""
    subnets = stack.private()
    blocks, zones = {row.output("cidrBlock") for row in subnets}, {row.output("availabilityZone") for row in subnets}
    network, env = settings.network, settings.env
    new = [f"tier {tier.cidr}" for tier in network.tiers if not blocks.issuperset(tier.subnets(len(network.zones)))]
    new += [f"zone {zone}" for zone in network.zones if zones and zone not in zones]
    if new:
        raise NotReady(
            f"the settings of {env} have the private {' and '.join(new)}, which nothing has built yet",
            hint=f"Run `slipway up {env}` first: a deploy changes no infrastructure.",
        )


def check_left(settings: Settings, stack: StackState) -> None:
    """Nothing runs in a tier or zone that is not in the settings any more: AWS deletes no subnet that is used, and an
    `up` moves no service out of it. Raises NotReady."""
    gone = [row for row in stack.private() if not _wanted(row, settings.network)]
    ids, env = {row.output("id") for row in gone}, settings.env
    services = [row for row in stack.resources if row.kind == SERVICE and ids.intersection(_subnets(row))]
    apps = sorted({row.name.split(".", 1)[0] for row in services} & set(settings.apps))
    if apps:
        blocks = ", ".join(sorted(row.output("cidrBlock") for row in gone))
        raise NotReady(
            f"the settings of {env} have the subnets {blocks} no more, and {', '.join(apps)} may still run there",
            hint=f"Release each of them first, which moves it: slipway deploy {env} {apps[0]} --config-only",
        )


def _wanted(subnet: Resource, network: Network) -> bool:
    block = IPv4Network(subnet.output("cidrBlock"))
    inside = any(block.subnet_of(IPv4Network(other)) for other in network.blocks)
    return inside and subnet.output("availabilityZone") in network.zones


def _subnets(service: Resource) -> Sequence[str]:
    settings = service.outputs.get("networkConfiguration")
    found = settings.get("subnets") if isinstance(settings, Mapping) else None
    return found if isinstance(found, list) else []
