"""What load balancers and target groups say of themselves beyond what ministack writes: zones, network, protocol."""

from collections.abc import Callable

from ministack.services import alb, ec2

from sandbox.emulator.elbv2.query import element, extend, parameter
from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal, replace

NEEDS: Needs = {
    "ministack.services.alb": ("_lb_xml", "_tg_xml"),
    "ministack.services.ec2": ("_subnets",),
}

PROTOCOL_VERSION = "HTTP1"


def install() -> None:
    """Describe a load balancer by its subnets, and a target group by all of its settings."""
    replace(alb, "_lb_xml", _with_network)
    replace(alb, "_tg_xml", _with_protocol)
    extend("CreateTargetGroup", _plain_http)


def _with_network(original: Callable[[Record], str]) -> Callable[[Record], str]:
    def write(balancer: Record) -> str:
        subnets = {name: found for name in balancer.get("Subnets", []) if (found := ec2._subnets.get(name))}
        if subnets:
            balancer["VpcId"] = next(iter(subnets.values()))["VpcId"]
        made = original(balancer)
        for name, subnet in subnets.items():
            before, found, after = made.partition(f"</ZoneName><SubnetId>{name}</SubnetId>")
            made = f"{before[: before.rfind('>') + 1]}{subnet['AvailabilityZone']}{found}{after}"
        return made

    return write


def _with_protocol(original: Callable[[Record], str]) -> Callable[[Record], str]:
    def write(group: Record) -> str:
        more = element("ProtocolVersion", PROTOCOL_VERSION) + element("IpAddressType", "ipv4")
        return original(group).removesuffix("</member>") + more + "</member>"

    return write


def _plain_http(original: Handler) -> Handler:
    def create(params: Record) -> Answer:
        version = parameter(params, "ProtocolVersion", PROTOCOL_VERSION)
        if version != PROTOCOL_VERSION:
            raise Refusal("ValidationError", f"ProtocolVersion can only be HTTP1 in the sandbox, not '{version}'")
        return original(params)

    return create
