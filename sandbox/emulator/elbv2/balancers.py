"""CreateLoadBalancer and DeleteLoadBalancer: an address that answers, AWS's name rules and protection."""

import re
import socket

from ministack.services import alb

from sandbox.context import Context
from sandbox.emulator.elbv2 import attributes
from sandbox.emulator.elbv2.query import extend, parameter, xml
from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.services.alb": ("_lb_attrs", "_lb_xml", "_lbs", "_listener_attrs", "_listeners", "_rules", "_tags"),
}

PRIVILEGED = 1024
SHIFT = 8000
NAME = re.compile(r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)")


def bound_port(balancer: Record, port: int) -> int:
    """Where a listener's port is bound: on itself, or 8000 higher when low ports can't be bound here."""
    return port if port >= PRIVILEGED else port + int(balancer["_shift"])


class Balancers:
    """Load balancers with a loopback address each, handed out by the sandbox."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._settings: dict[str, Record] = {}

    def install(self) -> None:
        """Extend creation and deletion."""
        extend("CreateLoadBalancer", self._creating)
        extend("DeleteLoadBalancer", self._deleting)

    def _creating(self, original: Handler) -> Handler:
        def create(params: Record) -> Answer:
            name, settings = parameter(params, "Name"), settings_of(params)
            check_name("load balancer", name)
            existing = _by_name(name)
            if existing is not None:
                return self._created_before(existing, settings)
            made = original(params)
            balancer = _by_name(name)
            if made[0] >= 400 or balancer is None:
                return made
            self._give_address(balancer, settings)
            return _described("CreateLoadBalancer", balancer)

        return create

    def _created_before(self, existing: Record, settings: Record) -> Answer:
        """Creating the same again succeeds, says the API reference; with other settings it doesn't."""
        if self._settings.get(existing["LoadBalancerArn"]) == settings:
            return _described("CreateLoadBalancer", existing)
        raise Refusal(
            "DuplicateLoadBalancerName",
            f"A load balancer with the same name '{existing['LoadBalancerName']}' exists, but with different settings",
        )

    def _give_address(self, balancer: Record, settings: Record) -> None:
        address = self._context.balancer_address()
        shift = 0 if _may_bind_low(address) else SHIFT
        balancer.update(_address=address, _shift=shift, DNSName=f"{address}:{80 + shift}" if shift else address)
        self._settings[balancer["LoadBalancerArn"]] = settings

    def _deleting(self, original: Handler) -> Handler:
        def delete(params: Record) -> Answer:
            arn = parameter(params, "LoadBalancerArn")
            if attributes.value(alb._lb_attrs, arn, "deletion_protection.enabled") == "true":
                raise Refusal(
                    "OperationNotPermitted",
                    f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
                )
            for listener in [key for key, row in alb._listeners.items() if row["LoadBalancerArn"] == arn]:
                _forget_listener(listener)
            self._settings.pop(arn, None)
            return original(params)

        return delete


def settings_of(params: Record) -> Record:
    """What makes two creations the same: all parameters but the envelope."""
    return {name: values for name, values in params.items() if name not in ("Action", "Version")}


def check_name(kind: str, name: str) -> None:
    """Raise ValidationError unless AWS would take the name of a load balancer or target group."""
    if len(name) > 32:
        raise Refusal("ValidationError", f"The {kind} name '{name}' cannot be longer than '32' characters")
    if not NAME.fullmatch(name):
        raise Refusal(
            "ValidationError",
            f"The {kind} name '{name}' can only contain alphanumerics and hyphens, "
            "and can't begin with 'internal-' or begin or end with a hyphen",
        )


def _by_name(name: str) -> Record | None:
    return next((row for row in alb._lbs.values() if row["LoadBalancerName"] == name), None)


def _described(action: str, balancer: Record) -> Answer:
    return xml(action, f"<LoadBalancers>{alb._lb_xml(balancer)}</LoadBalancers>")


def _forget_listener(arn: str) -> None:
    for rule in [key for key, row in alb._rules.items() if row.get("ListenerArn") == arn]:
        alb._rules.pop(rule, None)
        alb._tags.pop(rule, None)
    alb._listeners.pop(arn, None)
    alb._listener_attrs.pop(arn, None)
    alb._tags.pop(arn, None)


def _may_bind_low(host: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, 80))
        except OSError:
            return False
        return True
