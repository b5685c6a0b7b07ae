"""How a service is set up: as it should be by the state, the pin and the catalogue, and as ECS has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from driver.core.values.checkpoint import AppState
from model.settings.app import App
from model.settings.scaling import Scaling


class Aspect(StrEnum):
    """What of a service is compared."""

    SERVICE = "service"
    TASK = "task definition"
    COUNT = "desired count"
    LIMITS = "scaling limits"
    SUBNETS = "subnets"
    GROUPS = "security groups"
    PUBLIC = "public address"
    STRATEGY = "capacity providers"
    PERCENTAGES = "deployment percentages"
    BREAKER = "circuit breaker"


ROLLING = {Aspect.TASK, Aspect.SUBNETS, Aspect.GROUPS, Aspect.PUBLIC, Aspect.STRATEGY}
"""What ECS changes by a rollout.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""
SCALE = {Aspect.COUNT, Aspect.LIMITS}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A service's task definition and what stands around it; None where nothing is asked for.

    `limits` are the least and the most tasks of its scalable target, `strategy` (provider, weight, base),
    `percentages` the least and the most tasks in a deployment, `breaker` whether it is on and whether it goes back.
    """

    task_definition: str
    count: int | None = None
    limits: tuple[int, int] | None = None
    subnets: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    public: bool | None = None
    strategy: tuple[tuple[str, int, int], ...] | None = None
    percentages: tuple[int, int] | None = None
    breaker: tuple[bool, bool] | None = None

    def of(self, aspect: Aspect) -> object:
        """One aspect of it."""
        return {
            Aspect.TASK: self.task_definition,
            Aspect.COUNT: self.count,
            Aspect.LIMITS: self.limits,
            Aspect.SUBNETS: self.subnets,
            Aspect.GROUPS: self.groups,
            Aspect.PUBLIC: self.public,
            Aspect.STRATEGY: self.strategy,
            Aspect.PERCENTAGES: self.percentages,
            Aspect.BREAKER: self.breaker,
        }.get(aspect)


class Shapes(Protocol):
    """The services of a cluster as they are set up. Every method raises Unreachable, Expired."""

    def read(self, cluster: str, services: Sequence[str]) -> Mapping[str, Shape]:
        """Those that exist, by name."""

    def put(self, cluster: str, service: str, shape: Shape, aspects: Sequence[Aspect]) -> None:
        """Give a service these aspects of a shape; the scaling limits first. Raises Busy once our lock is lost."""

    def changed(self, cluster: str, service: str, aspects: Sequence[Aspect]) -> Mapping[Aspect, str]:
        """Who changed each of these aspects last, and when; absent where that is not known."""


def expected(app: App, state: AppState, process: str, found: Shape) -> Shape:
    """How a process should be set up. Its count is left alone while it is within the catalogue's limits."""
    spec, outputs = app.services[process], state.services[process].outputs
    network, breaker = _mapping(outputs.get("networkConfiguration")), _mapping(outputs.get("deploymentCircuitBreaker"))
    limits = None if spec.scaling is None else _limits(spec.scaling, found.limits)
    least, most = outputs.get("deploymentMinimumHealthyPercent"), outputs.get("deploymentMaximumPercent")
    return Shape(
        task_definition=state.pinned(process),
        count=spec.initial_count if limits is None else _within(found.count or 0, limits),
        limits=limits,
        subnets=_texts(network.get("subnets")),
        groups=_texts(network.get("securityGroups")),
        public=bool(network.get("assignPublicIp")) if network else None,
        strategy=_strategy(outputs.get("capacityProviderStrategies")),
        percentages=None if least is None or most is None else (_number(least), _number(most)),
        breaker=(bool(breaker.get("enable")), bool(breaker.get("rollback"))) if breaker else None,
    )


def show(value: object) -> str:
    """An aspect as people read it."""
    match value:
        case bool():
            text = "yes" if value else "no"
        case str():
            text = value.rsplit("/", 1)[-1]
        case (bool() as on, bool() as back):
            text = f"{'on' if on else 'off'}, {'goes' if back else 'does not go'} back"
        case (int() as least, int() as most):
            text = f"{least} to {most}"
        case tuple():
            text = ", ".join(_item(row) for row in value) or "none"
        case _:
            text = "none" if value is None else str(value)
    return text


def _item(row: object) -> str:
    if not isinstance(row, tuple):
        return str(row)
    provider, weight, base = row
    return f"{provider} {weight}" + f" (base {base})" * bool(base)


def _limits(scaling: Scaling, found: tuple[int, int] | None) -> tuple[int, int]:
    """The range that is there, if it is the catalogue's or one that a schedule sets; else the catalogue's."""
    scheduled = [(one.min, one.max) for one in scaling.schedules.values()]
    return found if found is not None and found in scheduled else (scaling.min, scaling.max)


def _within(count: int, limits: tuple[int, int]) -> int:
    return min(max(count, limits[0]), limits[1])


def _strategy(rows: object) -> tuple[tuple[str, int, int], ...] | None:
    if not isinstance(rows, list) or not rows:
        return None
    found = [_mapping(row) for row in rows]
    return tuple(
        sorted((str(row["capacityProvider"]), _number(row.get("weight")), _number(row.get("base"))) for row in found)
    )


def _texts(rows: object) -> tuple[str, ...] | None:
    return tuple(sorted(map(str, rows))) if isinstance(rows, list) else None


def _number(value: object) -> int:
    """The engine gives every number as a float."""
    return int(value) if isinstance(value, int | float) else 0


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
