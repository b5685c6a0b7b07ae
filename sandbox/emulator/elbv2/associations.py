"""A target group belongs to one load balancer: a second one that would forward to it is refused.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
"""

from collections.abc import Callable

from ministack.services import alb

from sandbox.emulator.elbv2 import groups
from sandbox.emulator.elbv2.query import extend, parameter
from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal

NEEDS: Needs = {"ministack.services.alb": ("_listeners", "_parse_actions", "_rules")}

Balancer = Callable[[Record], str]


def install() -> None:
    """Look at the groups of every listener and rule that is made or changed."""
    extend("CreateListener", _checked("DefaultActions", lambda params: parameter(params, "LoadBalancerArn")))
    extend("ModifyListener", _checked("DefaultActions", _of_listener))
    extend("CreateRule", _checked("Actions", _of_listener))
    extend("ModifyRule", _checked("Actions", _of_rule))


def _checked(prefix: str, balancer_of: Balancer) -> Callable[[Handler], Handler]:
    def extended(original: Handler) -> Handler:
        def handle(params: Record) -> Answer:
            balancer = balancer_of(params)
            named = dict(groups.forwarded(alb._parse_actions(params, prefix)))
            taken = [group for group in named if balancer and set(groups.load_balancers_of(group)) - {balancer}]
            if taken:
                raise Refusal(
                    "TargetGroupAssociationLimit",
                    "The following target groups cannot be associated with more than one load balancer: "
                    + ", ".join(taken),
                )
            return original(params)

        return handle

    return extended


def _of_listener(params: Record) -> str:
    found = alb._listeners.get(parameter(params, "ListenerArn"))
    return "" if found is None else str(found["LoadBalancerArn"])


def _of_rule(params: Record) -> str:
    rule = alb._rules.get(parameter(params, "RuleArn"))
    return "" if rule is None else _of_listener({"ListenerArn": [rule["ListenerArn"]]})
