"""The metrics of load balancers and target groups, with the dimensions and at the times that AWS has them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from ministack.core.arn import parse_arn

from sandbox.emulator.cloudwatch.minutes import Datum
from sandbox.emulator.elbv2 import groups
from sandbox.emulator.elbv2.targets import State, Target, Targets
from sandbox.emulator.elbv2.traffic import Taken, Traffic
from sandbox.emulator.patching.patch import Needs

NEEDS: Needs = {"ministack.core.arn": ("parse_arn",)}

NAMESPACE = "AWS/ApplicationELB"


class BalancerMetrics:
    """Tells of the traffic, and of the targets that there are."""

    def __init__(self, targets: Targets, traffic: Traffic) -> None:
        self._targets, self._traffic = targets, traffic

    def tell(self, _seconds: float) -> Iterator[Datum]:
        """The minute's: nothing of what did not happen, and of hosts wherever some are registered."""
        taken = self._traffic.take()
        yield from _passed(taken)
        for (balancer, name), count in taken.own.items():
            yield _datum(balancer, {"LoadBalancer": suffix(balancer)}, name, 1, count)
        for group in self._targets.groups():
            registered = [target for target in self._targets.members(group) if not target.drain]
            if registered:
                yield from _hosts(group, registered, taken)


def suffix(arn: str) -> str:
    """The final portion of an ARN, as dimensions have it: `app/name/0123` or `targetgroup/name/0123`."""
    return arn.rsplit(":", 1)[-1].removeprefix("loadbalancer/")


def _passed(taken: Taken) -> Iterator[Datum]:
    for (passage, name), count in taken.passed.items():
        for dimensions in _both(*passage):
            yield _datum(passage[0], dimensions, name, 1, count)
    for passage, times in taken.times.items():
        for seconds, count in times.items():
            for dimensions in _both(*passage):
                yield _datum(passage[0], dimensions, "TargetResponseTime", seconds, count, "Seconds")


def _both(balancer: str, group: str) -> tuple[dict[str, str], dict[str, str]]:
    of_balancer = {"LoadBalancer": suffix(balancer)}
    return of_balancer, {**of_balancer, "TargetGroup": suffix(group)}


def _hosts(group: str, registered: list[Target], taken: Taken) -> Iterator[Datum]:
    """Hosts by health, and each target's share of the requests: a target that deregisters is none of them."""
    states = Counter(target.state for target in registered)
    shared = states[State.HEALTHY] or len(registered)
    for balancer in groups.load_balancers_of(group):
        _, dimensions = _both(balancer, group)
        asked = taken.passed[(balancer, group), "RequestCount"]
        yield _datum(group, dimensions, "HealthyHostCount", states[State.HEALTHY])
        yield _datum(group, dimensions, "UnHealthyHostCount", states[State.UNHEALTHY])
        yield _datum(group, dimensions, "RequestCountPerTarget", asked / shared)
        yield _datum(group, {"TargetGroup": suffix(group)}, "RequestCountPerTarget", asked / shared)


def _datum(
    arn: str, dimensions: Mapping[str, str], name: str, value: float, count: int = 1, unit: str = "Count"
) -> Datum:
    spec = parse_arn(arn)
    return Datum(
        account=spec.account_id, region=spec.region, namespace=NAMESPACE, name=name, dimensions=dimensions,
        value=float(value), unit=unit, count=count,
    )  # fmt: skip
