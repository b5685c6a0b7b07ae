"""The arguments of `awsx:ec2:Vpc`, checked.

Meanings and defaults: https://www.pulumi.com/registry/packages/awsx/api-docs/ec2/vpc/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandbox.providers.awsx.layout import LARGEST_MASK, SubnetType, Tier
from sandbox.providers.awsx.reading import ArgumentError, Inputs, choice, items, mapping, only, plain, text

_KNOWN = (
    "availabilityZoneNames",
    "cidrBlock",
    "enableDnsHostnames",
    "enableDnsSupport",
    "natGateways",
    "subnetSpecs",
    "subnetStrategy",
    "tags",
    "vpcEndpointSpecs",
)
_ENDPOINT = (
    "policy",
    "privateDnsEnabled",
    "routeTableIds",
    "securityGroupIds",
    "serviceName",
    "subnetIds",
    "tags",
    "vpcEndpointType",
)


class Strategy(StrEnum):
    """How many NAT gateways."""

    NONE = "None"
    SINGLE = "Single"
    PER_ZONE = "OnePerAz"


@dataclass(frozen=True, kw_only=True)
class VpcArguments:
    """What the component is made from; tags' values and the endpoints' settings may be outputs."""

    cidr: str
    zones: Sequence[str]
    tiers: Sequence[Tier]
    nat: Strategy
    endpoints: Sequence[Inputs]
    tags: Inputs
    dns: Inputs


def read(inputs: Inputs) -> VpcArguments:
    """Checks the component's inputs; raises ArgumentError with the argument's name."""
    only(inputs, _KNOWN)
    if plain(inputs, "subnetStrategy") != "Auto":
        raise ArgumentError(
            f"subnetStrategy: found {inputs.get('subnetStrategy')!r}, only Auto would do in the sandbox"
        )
    tiers = [_tier(spec, f"subnetSpecs[{index}].") for index, spec in enumerate(items(inputs, "subnetSpecs"))]
    return VpcArguments(
        cidr=text(inputs, "cidrBlock"),
        zones=_zones(inputs),
        tiers=_distinct(tiers),
        nat=_nat(mapping(inputs, "natGateways"), {tier.type for tier in tiers}),
        endpoints=_endpoints(inputs),
        tags=mapping(inputs, "tags"),
        dns={key: inputs[key] for key in ("enableDnsHostnames", "enableDnsSupport") if key in inputs},
    )


def _zones(inputs: Inputs) -> Sequence[str]:
    zones = items(inputs, "availabilityZoneNames")
    if not zones or not all(isinstance(zone, str) for zone in zones) or len(set(zones)) < len(zones):
        raise ArgumentError(f"availabilityZoneNames: found {zones!r}, different names such as eu-west-1a would do")
    return zones


def _tier(spec: Inputs, path: str) -> Tier:
    only(spec, ("type", "name", "cidrMask"), path)
    kind = choice(SubnetType, plain(spec, "type", path), f"{path}type")
    name = text(spec, "name", path) if spec.get("name") is not None else kind.lower()
    mask = plain(spec, "cidrMask", path)
    # Numbers arrive as floats.
    if not isinstance(mask, int | float) or mask != int(mask) or not 16 <= mask <= LARGEST_MASK:
        raise ArgumentError(f"{path}cidrMask: found {mask!r}, a whole number from 16 to {LARGEST_MASK} would do")
    return Tier(type=kind, name=name, mask=int(mask))


def _distinct(tiers: Sequence[Tier]) -> Sequence[Tier]:
    names = [tier.name for tier in tiers]
    if not names or len(set(names)) < len(names):
        raise ArgumentError(f"subnetSpecs: found the names {names!r}, one or more that differ would do")
    return tiers


def _nat(inputs: Inputs, types: set[SubnetType]) -> Strategy:
    only(inputs, ("strategy",), "natGateways.")
    able = {SubnetType.PUBLIC, SubnetType.PRIVATE} <= types
    default = Strategy.PER_ZONE if able else Strategy.NONE
    given = plain(inputs, "strategy", "natGateways.")
    nat = default if given is None else choice(Strategy, given, "natGateways.strategy")
    if nat is not Strategy.NONE and not able:
        raise ArgumentError(
            f"natGateways.strategy: {nat} needs a Public and a Private entry in subnetSpecs; None would do"
        )
    return nat


def _endpoints(inputs: Inputs) -> Sequence[Inputs]:
    specs = items(inputs, "vpcEndpointSpecs")
    for index, spec in enumerate(specs):
        path = f"vpcEndpointSpecs[{index}]."
        only(spec, _ENDPOINT, path)
        text(spec, "serviceName", path)
        mapping(spec, "tags", path)
    return specs
