from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from driver.core.drift import drift
from driver.core.drift.difference import How
from driver.core.drift.drift import Drifted
from driver.core.drift.service_config import Aspect, Shape, expected, show
from driver.core.ports import World
from driver.core.values.checkpoint import AppState, Resource
from driver.core.values.release import Verdict
from driver.errors import NotReady, RolloutFailed
from model.settings.app import App
from model.settings.parse import parse
from tests.driver.core.fake_platform import Cloud, pin, task
from tests.driver.core.rollout.test_rollout import written


@dataclass
class FakeShapes:
    """The services of a cloud, whose other aspects are as the catalogue has them but for what a test says."""

    cloud: Cloud
    other: dict[str, dict[str, Any]] = field(default_factory=dict)
    who: dict[Aspect, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    done: list[tuple[str, tuple[Aspect, ...]]] = field(default_factory=list)

    def read(self, cluster: str, services: Sequence[str]) -> Mapping[str, Shape]:
        return {name: self._shape(name) for name in services if name not in self.gone}

    def _shape(self, name: str) -> Shape:
        return replace(
            Shape(task_definition=self.cloud.runs[name.removeprefix("shop-")], count=1), **self.other.get(name, {})
        )

    def put(self, cluster: str, service: str, shape: Shape, aspects: Sequence[Aspect]) -> None:
        self.done.append((service, tuple(aspects)))
        self.other.pop(service, None)
        if Aspect.TASK in aspects:
            self.cloud.roll(service.removeprefix("shop-"), shape.task_definition)

    def changed(self, cluster: str, service: str, aspects: Sequence[Aspect]) -> Mapping[Aspect, str]:
        return {aspect: self.who[aspect] for aspect in aspects if aspect in self.who}


OVERWRITE = "slipway drift dev shop --overwrite"


def somebody_deploys(cloud: Cloud, process: str = "web") -> None:
    cloud.roll(process, task(process, 99))


def say(_line: str) -> None:
    """The story is for people."""


def compared(world: World, port: FakeShapes) -> Drifted:
    state = world.stacks.read("dev").app("shop")
    assert state is not None
    return drift.compare(world, port, "shop", state)


def look(world: World, port: FakeShapes) -> list[tuple[str, str, str, str]]:
    return [(row.process, row.what, show(row.wanted), show(row.found)) for row in compared(world, port).differences]


def test_an_app_that_runs_its_pin_has_not_drifted() -> None:
    cloud = Cloud(pin(3))
    assert look(cloud.world, FakeShapes(cloud)) == []


def test_another_task_definition_and_another_count_are_named_with_who_did_it() -> None:
    cloud = Cloud(pin(3))
    port = FakeShapes(cloud, other={"shop-worker": {"count": 5}}, who={Aspect.TASK: "mallory, 12:00"})
    somebody_deploys(cloud)
    assert look(cloud.world, port) == [
        ("web", Aspect.TASK, "dev-shop-web:3", "dev-shop-web:99"),
        ("worker", Aspect.COUNT, "1", "5"),
    ]
    rows = compared(cloud.world, port).differences
    assert [row.row[-2:] for row in rows] == [("mallory, 12:00", OVERWRITE), ("not known", OVERWRITE)]
    refused = drift.refusal("dev", rows)
    assert refused.message == "shop in dev is not as Slipway left it"
    assert refused.hint == f"Type: {OVERWRITE}. To keep it instead: slipway drift dev shop --adopt."


def test_a_pin_with_task_definitions_of_its_own_is_what_counts_and_not_what_was_registered_last() -> None:
    cloud = Cloud(pin(3, tasks=True))
    cloud.registered["web"] = task("web", 4)
    assert look(cloud.world, FakeShapes(cloud)) == []


def test_overwrite_puts_back_what_differs_and_nothing_else_and_watches_it() -> None:
    cloud = Cloud(pin(3))
    port = FakeShapes(cloud, other={"shop-worker": {"count": 5}})
    somebody_deploys(cloud)
    drift.overwrite(cloud.world, port, "shop", say)
    assert port.done == [("shop-web", (Aspect.TASK,)), ("shop-worker", (Aspect.COUNT,))]
    assert cloud.runs["web"] == task("web", 3)
    assert look(cloud.world, port) == []


def test_overwriting_a_count_starts_no_rollout_to_wait_for() -> None:
    cloud = Cloud(pin(3))
    drift.overwrite(cloud.world, FakeShapes(cloud, other={"shop-web": {"count": 5}}), "shop", say)
    assert [len(rows) for rows in cloud.rollouts.values()] == [1, 1]


def test_a_service_that_does_not_come_up_on_what_it_should_run_fails_the_command() -> None:
    cloud = Cloud(pin(3))
    somebody_deploys(cloud)
    cloud.broken.add(("web", "a"))
    with pytest.raises(RolloutFailed, match="shop could not be put back"):
        drift.overwrite(cloud.world, FakeShapes(cloud), "shop", say)


def test_a_service_that_is_gone_is_a_matter_of_up_and_the_others_are_put_back() -> None:
    cloud = Cloud(pin(3))
    port = FakeShapes(cloud, gone={"shop-web"}, other={"shop-worker": {"count": 5}})
    assert look(cloud.world, port)[0] == ("web", Aspect.SERVICE, "is there", "is gone")
    del cloud.runs["web"]
    [left] = drift.overwrite(cloud.world, port, "shop", say)
    assert (left.what, left.how, left.cure) == (Aspect.SERVICE, How.GONE, "slipway up dev --refresh")
    assert port.done == [("shop-worker", (Aspect.COUNT,))]


def test_a_service_that_the_state_has_lost_is_told_from_one_that_is_nowhere() -> None:
    cloud = Cloud(pin(3), lost={"web"})
    assert look(cloud.world, FakeShapes(cloud)) == [
        ("web", Aspect.SERVICE, "is there", "is there, and not in the state")
    ]
    assert look(cloud.world, FakeShapes(cloud, gone={"shop-web"})) == [
        ("web", Aspect.SERVICE, "is there", "is not there")
    ]


def test_limits_without_a_scalable_target_can_not_be_set_anew_since_its_policies_are_gone_as_well() -> None:
    settings = parse("dev", "eu-west-1", SCALING)
    cloud = Cloud(pin(3))
    [row] = compared(replace(cloud.world, settings=settings), FakeShapes(cloud)).differences
    assert (row.what, row.overwritable, row.cure) == (Aspect.LIMITS, False, "slipway up dev --refresh")
    assert show(row.found) == "none"


def test_an_app_that_is_half_way_to_a_release_is_not_overwritten() -> None:
    cloud = Cloud(pin(3))
    written(cloud, pin(4, "b"), Verdict.STARTED)
    port = FakeShapes(cloud, other={"shop-web": {"count": 5}})
    with pytest.raises(NotReady, match="v4 of shop in dev was cut off"):
        drift.overwrite(cloud.world, port, "shop", say)
    assert port.done == []


SCALING = {
    "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
    "apps": {"shop": {"processes": {"web": {"port": 8000, "scaling": {"min": 1, "max": 2}}, "worker": {}}}},
}
OUTPUTS = {
    "networkConfiguration": {"subnets": ["b", "a"], "securityGroups": ["g"], "assignPublicIp": False},
    "capacityProviderStrategies": [
        {"capacityProvider": "FARGATE_SPOT", "weight": 1.0},
        {"capacityProvider": "FARGATE"},
    ],
    "deploymentMinimumHealthyPercent": 100.0,
    "deploymentMaximumPercent": 200.0,
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
}


def wanted(count: int, process: Mapping[str, object], limits: tuple[int, int] | None = None) -> Shape:
    urn = Resource(urn="urn", kind="", name="shop.web", parent="", outputs=OUTPUTS)
    state = AppState(name="shop", pin=pin(1), task_definitions={}, services={"web": urn}, security_group="g")
    app = App.model_validate({"processes": {"web": {"port": 80, **process}}})
    return expected(app, state, "web", Shape(task_definition="", count=count, limits=limits))


def test_what_stands_around_a_service_is_as_the_state_has_it_whatever_its_order() -> None:
    shape = wanted(1, {"count": 3})
    assert shape == Shape(
        task_definition="",
        count=3,
        subnets=("a", "b"),
        groups=("g",),
        public=False,
        strategy=(("FARGATE", 0, 0), ("FARGATE_SPOT", 1, 0)),
        percentages=(100, 200),
        breaker=(True, True),
    )
    assert [show(shape.of(aspect)) for aspect in Aspect][4:] == [
        "a, b",
        "g",
        "no",
        "FARGATE 0, FARGATE_SPOT 1",
        "100 to 200",
        "on, goes back",
    ]


@pytest.mark.parametrize(("count", "should"), [(1, 2), (2, 2), (4, 4), (9, 6)])
def test_a_count_within_the_limits_is_auto_scalings_own_business(count: int, should: int) -> None:
    assert wanted(count, {"scaling": {"min": 2, "max": 6}}).count == should
    assert wanted(count, {"scaling": {"min": 2, "max": 6}}).limits == (2, 6)


@pytest.mark.parametrize(("found", "should"), [((2, 6), (2, 6)), ((5, 9), (5, 9)), ((5, 6), (2, 6)), (None, (2, 6))])
def test_limits_that_a_schedule_sets_are_no_drift(found: tuple[int, int] | None, should: tuple[int, int]) -> None:
    night = {"cron": "0 20 ? * * *", "min": 5, "max": 9}
    assert wanted(5, {"scaling": {"min": 2, "max": 6, "schedules": {"night": night}}}, found).limits == should
