"""Private subnets as the settings have them against those that stand: a deploy makes none, `up` takes no used one."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from driver.core.platform import load_balancers
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.pulumi_types import SERVICE
from model.settings.environment import Settings
from model.settings.network import Network, Tier


def check_built(settings: Settings, stack: StackState) -> None:
    """Every tier and zone of the settings is there: a release spreads its tasks over them all. Raises NotReady."""
    new, env = _new(settings.network, stack), settings.env
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
        raise _used(env, gone, apps, [*_new(settings.network, stack), *_unbuilt(settings, stack, apps)])


def _unbuilt(settings: Settings, stack: StackState, apps: Sequence[str]) -> list[str]:
    """What else of these apps only an `up` makes or takes away: a release is refused until it has."""
    found = [f"list of processes of {name}" for name in apps if not _as_declared(settings, name, stack)]
    try:
        for name in apps:
            load_balancers.check_built(settings, name, stack)
    except NotReady:
        found.insert(0, f"ingress {settings.ingress}")
    return found


def _as_declared(settings: Settings, name: str, stack: StackState) -> bool:
    state = stack.app(name)
    return state is None or set(state.task_definitions) == set(settings.apps[name].processes)


def _used(env: str, gone: Sequence[Resource], apps: Sequence[str], new: Sequence[str]) -> NotReady:
    """The refusal, which says what to do first: a release where no other change waits for an `up`, else that one."""
    blocks = ", ".join(sorted(row.output("cidrBlock") for row in gone))
    message = f"the settings of {env} have the subnets {blocks} no more, and {', '.join(apps)} may still run there"
    releases = ", ".join(f"slipway deploy {env} {app} --config-only" for app in apps)
    hint = f"Release each of them first, which moves it: {releases}"
    if new:
        # A release would be refused as well, since only an `up` makes what is new.
        message = f"{message}, while the {' and '.join(new)} is still to be built"
        hint = (
            f"One after the other: put the old ones back beside the new and run `slipway up {env}`, then take them"
            f" out and release each app ({releases}), then `slipway up {env}`."
        )
    return NotReady(message, hint=hint)


def _new(network: Network, stack: StackState) -> list[str]:
    """The tiers and zones of the settings that nothing has built."""
    subnets = stack.private()
    there = {(row.output("cidrBlock"), row.output("availabilityZone")) for row in subnets}
    zones = {zone for _, zone in there}
    new = [f"tier {tier.cidr}" for tier in network.tiers if not there.issuperset(_placed(network, tier))]
    return new + [f"zone {zone}" for zone in network.zones if zones and zone not in zones]


def _placed(network: Network, tier: Tier) -> list[tuple[str, str]]:
    """The subnets of a tier, each with its zone: in the order of the zones, so that another order swaps them."""
    return list(zip(tier.subnets(len(network.zones)), network.zones, strict=False))


def _wanted(subnet: Resource, network: Network) -> bool:
    cidr, zone = subnet.output("cidrBlock"), subnet.output("availabilityZone")
    if IPv4Network(cidr).subnet_of(IPv4Network(network.cidr)):
        return zone in network.zones
    return any((cidr, zone) in _placed(network, tier) for tier in network.tiers)


def _subnets(service: Resource) -> Sequence[str]:
    settings = service.outputs.get("networkConfiguration")
    found = settings.get("subnets") if isinstance(settings, Mapping) else None
    return found if isinstance(found, list) else []
