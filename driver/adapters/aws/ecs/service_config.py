"""How services are set up at ECS and Application Auto Scaling, putting that back, and who changed it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from driver.adapters.aws.ecs.batches import active_services
from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import Session, translated
from driver.adapters.aws.trail import Trail
from driver.core.drift.service_config import Aspect, Shape

TARGETS_AT_ONCE = 50
SCALABLE = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
REQUESTS = {
    Aspect.TASK: ("UpdateService", "taskDefinition"),
    Aspect.COUNT: ("UpdateService", "desiredCount"),
    Aspect.LIMITS: ("RegisterScalableTarget", "resourceId"),
    Aspect.SUBNETS: ("UpdateService", "networkConfiguration"),
    Aspect.GROUPS: ("UpdateService", "networkConfiguration"),
    Aspect.PUBLIC: ("UpdateService", "networkConfiguration"),
    Aspect.STRATEGY: ("UpdateService", "capacityProviderStrategy"),
    Aspect.PERCENTAGES: ("UpdateService", "deploymentConfiguration"),
    Aspect.BREAKER: ("UpdateService", "deploymentConfiguration"),
}
"""The call that changes an aspect, and the parameter that shows that it did."""

Row = Mapping[str, Any]


class EcsShapes:
    """The port Shapes. `confirm` raises Busy when the app is not ours any more; it is asked right before each write."""

    def __init__(self, session: Session, confirm: Callable[[], None]) -> None:
        self._session = session
        self._confirm = confirm
        self._trail = Trail(session)

    def read(self, cluster: str, services: Sequence[str]) -> Mapping[str, Shape]:
        """The active services, with the limits of their scalable targets."""
        with translated(f"looking at the services of {cluster}"):
            rows = active_services(self._ecs, cluster, services)
            limits = self._limits(cluster, services)
        return {row["serviceName"]: _shape(row, limits.get(row["serviceName"])) for row in rows}

    def put(self, cluster: str, service: str, shape: Shape, aspects: Sequence[Aspect]) -> None:
        """The limits first, so that Auto Scaling has no quarrel with the count; then all else at once."""
        with translated(f"putting {service} back"):
            if Aspect.LIMITS in aspects and shape.limits is not None:
                least, most = shape.limits
                self._confirm()
                self._session.client("application-autoscaling").register_scalable_target(
                    **SCALABLE, ResourceId=f"service/{cluster}/{service}", MinCapacity=least, MaxCapacity=most
                )
            if asked := request(shape, aspects):
                self._confirm()
                self._ecs.update_service(cluster=cluster, service=service, **asked)

    def changed(self, cluster: str, service: str, aspects: Sequence[Aspect]) -> Mapping[Aspect, str]:
        """As CloudTrail has it: who made the newest call that set it."""
        found = {}
        for aspect in aspects:
            event, parameter = REQUESTS[aspect]
            asked = [(told, who) for told, who in self._trail.calls(event) if _concerns(told, cluster, service)]
            who = next((who for told, who in asked if told.get(parameter) is not None), "")
            if who:
                found[aspect] = who
        return found

    def _limits(self, cluster: str, services: Sequence[str]) -> dict[str, tuple[int, int]]:
        client = self._session.client("application-autoscaling")
        names = [f"service/{cluster}/{name}" for name in services]
        rows = [
            row
            for batch in batches(names, TARGETS_AT_ONCE)
            for row in client.describe_scalable_targets(**SCALABLE, ResourceIds=batch)["ScalableTargets"]
        ]
        return {row["ResourceId"].rsplit("/", 1)[-1]: (row["MinCapacity"], row["MaxCapacity"]) for row in rows}

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")


def request(shape: Shape, aspects: Sequence[Aspect]) -> dict[str, object]:
    """What UpdateService is asked: of a part, all of it. A changed strategy needs a forced deployment."""
    asked: dict[str, object] = {}
    if Aspect.TASK in aspects:
        asked["taskDefinition"] = shape.task_definition
    if Aspect.COUNT in aspects:
        asked["desiredCount"] = shape.count
    if {Aspect.SUBNETS, Aspect.GROUPS, Aspect.PUBLIC}.intersection(aspects):
        public = "ENABLED" if shape.public else "DISABLED"
        network = {"subnets": list(shape.subnets or ()), "securityGroups": list(shape.groups or ())}
        asked["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
    if Aspect.STRATEGY in aspects:
        keys = ("capacityProvider", "weight", "base")
        asked["capacityProviderStrategy"] = [dict(zip(keys, row, strict=True)) for row in shape.strategy or ()]
        asked["forceNewDeployment"] = True
    if {Aspect.PERCENTAGES, Aspect.BREAKER}.intersection(aspects):
        asked["deploymentConfiguration"] = _deployment(shape)
    return asked


def _deployment(shape: Shape) -> dict[str, object]:
    asked: dict[str, object] = {}
    if shape.percentages is not None:
        asked |= {"minimumHealthyPercent": shape.percentages[0], "maximumPercent": shape.percentages[1]}
    if shape.breaker is not None:
        asked["deploymentCircuitBreaker"] = {"enable": shape.breaker[0], "rollback": shape.breaker[1]}
    return asked


def _shape(row: Row, limits: tuple[int, int] | None) -> Shape:
    network = row.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    deployment = row.get("deploymentConfiguration", {})
    breaker = deployment.get("deploymentCircuitBreaker", {})
    strategy = row.get("capacityProviderStrategy", ())
    return Shape(
        task_definition=row["taskDefinition"],
        count=row["desiredCount"],
        limits=limits,
        subnets=tuple(sorted(network.get("subnets", ()))),
        groups=tuple(sorted(network.get("securityGroups", ()))),
        public=network.get("assignPublicIp") == "ENABLED",
        strategy=tuple(sorted((one["capacityProvider"], one.get("weight", 0), one.get("base", 0)) for one in strategy)),
        percentages=(deployment.get("minimumHealthyPercent", 100), deployment.get("maximumPercent", 200)),
        breaker=(bool(breaker.get("enable")), bool(breaker.get("rollback"))),
    )


def _concerns(told: Row, cluster: str, service: str) -> bool:
    """Clusters and services are named, or given by their ARN."""
    resource = str(told.get("resourceId", ""))
    if resource:
        return resource == f"service/{cluster}/{service}"
    return (_last(told.get("cluster")), _last(told.get("service"))) == (cluster, service)


def _last(name: object) -> str:
    return str(name).rsplit("/", 1)[-1]
