"""What the data plane reads of the control plane: listeners with their rules and attributes."""

from dataclasses import dataclass

from ministack.core.arn import parse_arn
from ministack.services import alb

from sandbox.emulator.elbv2.balancers import bound_port
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.core.arn": ("parse_arn",),
    "ministack.services.alb": ("_lb_attrs", "_lbs", "_listeners", "_rules", "_tgs"),
}

LAST = 1 << 20


@dataclass(frozen=True)
class Endpoint:
    """Where a listener is bound, and which one it is."""

    host: str
    port: int
    listener: str


def endpoints() -> set[Endpoint]:
    """What should be bound now; a load balancer that the sandbox gave no address has none."""
    balancers = {row["LoadBalancerArn"]: row for _, row in alb._lbs.all_items() if "_address" in row}
    return {
        Endpoint(balancer["_address"], bound_port(balancer, int(row["Port"])), row["ListenerArn"])
        for _, row in alb._listeners.all_items()
        if (balancer := balancers.get(row["LoadBalancerArn"])) is not None
    }


def listener(arn: str) -> Record | None:
    """A listener's record."""
    spec = parse_arn(arn)
    found: Record | None = alb._listeners.get_scoped(spec.account_id, spec.region, arn)
    return found


def rules(arn: str) -> list[Record]:
    """A listener's rules in the order in which they are tried, the default one last."""
    own = [row for _, row in alb._rules.all_items() if row.get("ListenerArn") == arn]
    return sorted(own, key=lambda row: LAST if row.get("IsDefault") else int(row["Priority"]))


def attribute(balancer: str, key: str, default: str) -> str:
    """An attribute of a load balancer."""
    spec = parse_arn(balancer)
    rows = alb._lb_attrs.get_scoped(spec.account_id, spec.region, balancer) or []
    return str({row["Key"]: row["Value"] for row in rows}.get(key, default))


def target_type(group: str) -> str:
    """`ip`, `instance` or `lambda`; empty for a group that is gone."""
    spec = parse_arn(group)
    found = alb._tgs.get_scoped(spec.account_id, spec.region, group)
    return str(found["TargetType"]) if found else ""
