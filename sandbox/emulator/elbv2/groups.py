"""Target groups as settings: health check, deregistration delay, and which load balancers use them."""

from dataclasses import dataclass

from ministack.core.arn import parse_arn
from ministack.services import alb

from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.core.arn": ("parse_arn",),
    "ministack.services.alb": ("_listeners", "_rules", "_tg_attrs", "_tgs"),
}


@dataclass(frozen=True)
class HealthCheck:
    """A target group's health check, times in AWS's seconds."""

    enabled: bool
    protocol: str
    path: str
    port: str
    interval: float
    timeout: float
    healthy_count: int
    unhealthy_count: int
    matcher: str

    def accepts(self, status: int) -> bool:
        """Whether a status is in a matcher such as `200`, `200-299` or `200,301`."""
        for part in self.matcher.split(","):
            low, _, high = part.strip().partition("-")
            if low.isdigit() and int(low) <= status <= int(high or low):
                return True
        return False


def record(group: str) -> Record | None:
    """ministack's record of a target group, whatever account and region its ARN names."""
    spec = parse_arn(group)
    found: Record | None = alb._tgs.get_scoped(spec.account_id, spec.region, group)
    return found


def health_check(settings: Record) -> HealthCheck:
    """The health check of a target group's record."""
    return HealthCheck(
        enabled=bool(settings.get("HealthCheckEnabled", True)),
        protocol=str(settings.get("HealthCheckProtocol") or "HTTP"),
        path=str(settings.get("HealthCheckPath") or "/"),
        port=str(settings.get("HealthCheckPort") or "traffic-port"),
        interval=float(settings.get("HealthCheckIntervalSeconds", 30)),
        timeout=float(settings.get("HealthCheckTimeoutSeconds", 5)),
        healthy_count=int(settings.get("HealthyThresholdCount", 5)),
        unhealthy_count=int(settings.get("UnhealthyThresholdCount", 2)),
        matcher=str((settings.get("Matcher") or {}).get("HttpCode") or "200"),
    )


def deregistration_delay(group: str) -> float:
    """Seconds that a deregistering target may finish its requests in."""
    spec = parse_arn(group)
    attributes = alb._tg_attrs.get_scoped(spec.account_id, spec.region, group) or []
    values = {attribute["Key"]: attribute["Value"] for attribute in attributes}
    return float(values.get("deregistration_delay.timeout_seconds", 300))


def forwarded(actions: list[Record]) -> list[tuple[str, int]]:
    """The target groups, with weights, that a rule's or listener's actions forward to."""
    found: list[tuple[str, int]] = []
    for action in actions:
        weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        if weighted:
            found += [(group["TargetGroupArn"], int(group.get("Weight", 1))) for group in weighted]
        elif action.get("TargetGroupArn"):
            found.append((action["TargetGroupArn"], 1))
    return found


def load_balancers_of(group: str) -> list[str]:
    """The load balancers that forward to a group, from listeners and rules."""
    listeners = {listener["ListenerArn"]: listener for _, listener in alb._listeners.all_items()}
    users = [(listener["LoadBalancerArn"], listener.get("DefaultActions", [])) for listener in listeners.values()]
    users += [
        (listeners[rule["ListenerArn"]]["LoadBalancerArn"], rule.get("Actions", []))
        for _, rule in alb._rules.all_items()
        if rule.get("ListenerArn") in listeners
    ]
    return sorted({balancer for balancer, actions in users if group in dict(forwarded(actions))})
