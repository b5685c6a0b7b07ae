from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver.core.drift.scale import parse, plan, staying
from driver.core.drift.service_config import Aspect, Shape, Shapes
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import DriverError, InvalidInput, NotFound, NotReady, Unreachable
from model.names.names import AppNames
from model.names.pulumi_types import SERVICE
from model.settings.app import App
from model.settings.parse import parse as settings

SHOP = AppNames("dev", "shop")
APP = App.model_validate(
    {
        "processes": {
            "web": {"port": 8000, "scaling": {"min": 1, "max": 4}},
            "worker": {"count": 1},
            "packer": {"scaling": {"min": 0, "max": 4, "backlog": 5}},
            "release": {},
        }
    }
)
FOUND = {
    "shop-web": Shape(task_definition="web:1", count=2, limits=(1, 4)),
    "shop-worker": Shape(task_definition="worker:1", count=1),
    "shop-packer": Shape(task_definition="packer:1", count=0, limits=(0, 4)),
}


@pytest.mark.parametrize(
    ("wish", "aspects", "limits", "count", "undo"),
    [
        ("worker=3", [Aspect.COUNT], None, 3, "worker=1"),
        ("worker=0", [Aspect.COUNT], None, 0, "worker=1"),
        ("web=3", [Aspect.LIMITS, Aspect.COUNT], (3, 3), 3, "web=1:4"),
        ("web=1:8", [Aspect.LIMITS], (1, 8), 2, "web=1:4"),
        ("web=0", [Aspect.LIMITS, Aspect.COUNT], (0, 0), 0, "web=1:4"),
        ("packer=0:9", [Aspect.LIMITS], (0, 9), 0, "packer=0:4"),
    ],
)
def test_a_process_that_scales_itself_gets_limits_and_any_other_a_count(
    wish: str, aspects: list[Aspect], limits: tuple[int, int] | None, count: int, undo: str
) -> None:
    (change,) = plan(SHOP, APP, parse(APP, [wish]), FOUND)
    assert (list(change.aspects), change.wanted.limits, change.wanted.count) == (aspects, limits, count)
    assert change.undo == undo


@pytest.mark.parametrize("process", ["image_reprocess_worker", "redis_TA_worker", "two-step", "x" * 30])
def test_a_process_of_any_name_can_be_scaled(process: str) -> None:
    app = App.model_validate({"processes": {process: {}}})
    assert parse(app, [f"{process}=2"]) == {process: (2, 2)}


def test_a_scale_that_is_there_already_changes_nothing() -> None:
    assert plan(SHOP, APP, parse(APP, ["worker=1", "web=1:4"]), FOUND) == []


@pytest.mark.parametrize(
    ("wishes", "kind", "sentence"),
    [
        (["web"], InvalidInput, "is no scale"),
        (["web=-1"], InvalidInput, "is no scale"),
        (["web=two"], InvalidInput, "is no scale"),
        (["web=4:2"], InvalidInput, "is no range"),
        (["web=1:1001"], InvalidInput, "is no range"),
        (["web=1", "web=2"], InvalidInput, "is there twice"),
        (["mailer=1"], NotFound, "there is no service mailer"),
        (["release=1"], NotFound, "there is no service release"),
        (["worker=1:3"], InvalidInput, "does not scale itself"),
        (["web=0:3"], InvalidInput, "would not wake up"),
    ],
)
def test_a_scale_that_could_not_work_changes_nothing(wishes: list[str], kind: type[DriverError], sentence: str) -> None:
    with pytest.raises(kind, match=sentence):
        plan(SHOP, APP, parse(APP, wishes), FOUND)


def test_a_service_that_is_not_there_is_an_error_before_any_is_changed() -> None:
    with pytest.raises(NotReady, match="worker of shop"):
        plan(SHOP, APP, parse(APP, ["web=2", "worker=2"]), {"shop-web": FOUND["shop-web"]})


@given(least=st.integers(0, 1000), most=st.integers(1, 1000), count=st.integers(0, 1000))
def test_the_count_is_moved_no_further_than_into_the_range(least: int, most: int, count: int) -> None:
    least, most = sorted((least, most))
    found = {"shop-packer": Shape(task_definition="packer:1", count=count, limits=(0, 1))}
    for change in plan(SHOP, APP, {"packer": (least, most)}, found):
        assert change.wanted.count == max(least, min(most, count))


@dataclass
class Scaled:
    """What ECS says of some services, or why it says nothing."""

    found: dict[str, Shape]
    deaf: str = ""

    def read(self, cluster: str, services: Sequence[str]) -> dict[str, Shape]:
        if self.deaf:
            raise Unreachable(self.deaf)
        return {name: self.found[name] for name in services if name in self.found}


def said(deaf: str = "", standing: Sequence[str] = ("web", "worker", "packer"), **found: Shape) -> list[str]:
    """What is left as it is where ECS has the services so."""
    scheduled = {"nights": {"cron": "0 20 * * ? *", "min": 1, "max": 2}}
    processes = {
        "web": {"port": 8000, "scaling": {"min": 1, "max": 12, "schedules": scheduled}},
        "worker": {"count": 2},
        "packer": {"scaling": {"min": 0, "max": 4, "backlog": 5}},
    }
    zones = {"zones": ["eu-west-1a", "eu-west-1b"]}
    known = settings("dev", "eu-west-1", {"apps": {"shop": {"processes": processes}}, "network": zones})
    rows = [Resource(urn=name, kind=SERVICE, name=f"shop.{name}", parent="", outputs={}) for name in standing]
    port = Scaled({f"shop-{name}": shape for name, shape in found.items()}, deaf)
    return staying(known, StackState(resources=tuple(rows)), cast("Shapes", port))


def test_a_scale_of_the_settings_that_up_leaves_alone_is_said_with_the_command_for_it() -> None:
    web, worker = Shape(task_definition="t", count=2, limits=(1, 4)), Shape(task_definition="t", count=3)
    assert said(web=web, worker=worker) == [
        "shop.web: the scale stays 1 to 4, now 2, and the settings have 1 to 12: slipway scale dev shop web=1:12",
        "shop.worker: the scale stays 3, and the settings have 2: slipway scale dev shop worker=2",
    ]


def test_nothing_is_said_of_a_scale_that_is_as_the_settings_or_a_schedule_have_it() -> None:
    asleep, night = (
        Shape(task_definition="t", count=0, limits=(0, 4)),
        Shape(task_definition="t", count=1, limits=(1, 2)),
    )
    assert said(packer=asleep, web=night, worker=Shape(task_definition="t", count=2)) == []
    assert said(web=Shape(task_definition="t", count=1)) == [], "scaling that is new is made by `up` itself"


def test_a_service_that_does_not_stand_or_that_nobody_can_ask_for_stops_nothing() -> None:
    assert said(standing=(), worker=Shape(task_definition="t", count=9)) == []
    assert said("AWS is away") == ["whether the settings have another scale was not looked at: AWS is away"]


def test_a_process_whose_scalable_target_is_gone_is_not_told_to_have_no_scaling() -> None:
    found = {**FOUND, "shop-web": Shape(task_definition="web:1", count=2)}
    with pytest.raises(NotReady, match="web scales itself by the catalogue, but AWS has no scalable target") as caught:
        plan(SHOP, APP, parse(APP, ["web=2:4"]), found)
    assert caught.value.hint.startswith("Run `slipway up dev` first")
    [change] = plan(SHOP, APP, parse(APP, ["web=4"]), found)
    assert (change.wanted.count, list(change.aspects)) == (4, [Aspect.COUNT])
