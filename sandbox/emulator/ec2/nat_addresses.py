"""The address of a NAT gateway, which ministack keeps and does not show."""

import re
from collections.abc import Callable

from ministack.services import ec2

from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record

NEEDS: Needs = {"ministack.services.ec2": ("_ACTION_MAP", "_addresses", "_nat_gateways")}

ACTIONS = ("CreateNatGateway", "DescribeNatGateways")
_GATEWAY = re.compile(r"<natGatewayId>([^<]+)</natGatewayId>(.*?)<natGatewayAddressSet/>", re.DOTALL)


def install() -> None:
    """Show it in the answers of both actions."""
    for action in ACTIONS:
        ec2._ACTION_MAP[action] = _showing(ec2._ACTION_MAP[action])


def _showing(original: Callable[[Record], Answer]) -> Handler:
    def handle(params: Record) -> Answer:
        status, headers, body = original(params)
        return status, headers, _GATEWAY.sub(_filled, body.decode()).encode()

    return handle


def _filled(found: re.Match[str]) -> str:
    name, between = found[1], found[2]
    allocation = ec2._nat_gateways[name].get("AllocationId") or ""
    address = ec2._addresses.get(allocation)
    public = f"<publicIp>{address['PublicIp']}</publicIp>" if address else ""
    item = f"<item><allocationId>{allocation}</allocationId>{public}</item>" if allocation else ""
    return f"<natGatewayId>{name}</natGatewayId>{between}<natGatewayAddressSet>{item}</natGatewayAddressSet>"
