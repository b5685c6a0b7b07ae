"""RegisterTargets, DeregisterTargets and DescribeTargetHealth over targets that are really probed."""

from ministack.services import alb

from sandbox.context import Context
from sandbox.emulator.elbv2 import groups
from sandbox.emulator.elbv2.query import element, extend, parameter, xml
from sandbox.emulator.elbv2.targets import Address, Target, Targets
from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal

NEEDS: Needs = {"ministack.services.alb": ("_ACTION_MAP", "_parse_targets_param")}


class TargetApi:
    """The three operations on one table of targets."""

    def __init__(self, context: Context, targets: Targets) -> None:
        self._context, self._targets = context, targets

    def install(self) -> None:
        """Take the operations over from ministack."""
        extend("RegisterTargets", lambda _: self._register)
        extend("DeregisterTargets", lambda _: self._deregister)
        extend("DescribeTargetHealth", lambda _: self._describe)

    def deregister(self, group: str, address: Address) -> bool:
        """Begin to drain a target for as long as its group says; False if it isn't registered."""
        delay = groups.deregistration_delay(group)
        return self._targets.deregister(group, address, paced=self._context.scaled(delay), real=delay)

    def _register(self, params: Record) -> Answer:
        group = _group(params)
        for address in _addresses(params, group):
            self._targets.register(group, address)
        return xml("RegisterTargets")

    def _deregister(self, params: Record) -> Answer:
        group = _group(params)
        for address in _addresses(params, group):
            self.deregister(group, address)
        return xml("DeregisterTargets")

    def _describe(self, params: Record) -> Answer:
        group = _group(params)
        wanted = _addresses(params, group)
        members = self._targets.members(group)
        descriptions = [_health_xml(target) for target in members if not wanted or target.address in wanted]
        known = {target.address for target in members}
        descriptions += [_unregistered_xml(address) for address in wanted if address not in known]
        return xml(
            "DescribeTargetHealth", f"<TargetHealthDescriptions>{''.join(descriptions)}</TargetHealthDescriptions>"
        )


def _group(params: Record) -> str:
    group = parameter(params, "TargetGroupArn")
    if not group.startswith("arn:") or groups.record(group) is None:
        raise Refusal("TargetGroupNotFound", f"Target groups '{group}' not found")
    return group


def _addresses(params: Record, group: str) -> list[Address]:
    default = int((groups.record(group) or {}).get("Port", 80))
    return [Address(target["Id"], int(target.get("Port") or default)) for target in alb._parse_targets_param(params)]


def _health_xml(target: Target) -> str:
    health = element("State", target.state)
    if target.reason:
        health += element("Reason", target.reason) + element("Description", target.description)
    return _description_xml(target.address, health)


def _unregistered_xml(address: Address) -> str:
    reason = element("Reason", "Target.NotRegistered")
    text = element("Description", "Target is not registered to the target group")
    return _description_xml(address, element("State", "unused") + reason + text)


def _description_xml(address: Address, health: str) -> str:
    target = element("Id", address.host) + element("Port", address.port)
    return (
        f"<member><Target>{target}</Target>{element('HealthCheckPort', address.port)}"
        f"<TargetHealth>{health}</TargetHealth></member>"
    )
