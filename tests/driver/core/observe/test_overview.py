from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from driver.core.observe import overview
from driver.core.observe.overview import Line
from driver.core.ports import Glance, World
from driver.core.values.checkpoint import StackState
from driver.errors import NotReady
from model.settings.parse import parse
from tests.driver.core.fake_platform import Cloud, pin, task

SETTINGS = parse(
    "dev",
    "eu-west-1",
    {
        "network": {"cidr": "10.0.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"]},
        "apps": {"shop": {"processes": {"web": {"port": 8000}, "worker": {}}}, "new": {"processes": {"worker": {}}}},
    },
)
UP = {
    "shop-web": Glance(name="shop-web", task_definition=task("web", 7), desired=2, running=2),
    "shop-worker": Glance(name="shop-worker", task_definition=task("worker", 7), desired=1, running=1),
}


@dataclass
class Glances:
    """ECS as a glance finds it; nobody asks it for anything else."""

    found: Mapping[str, Glance]
    asked: int = 0

    def glance(self, cluster: str, names: Sequence[str]) -> Mapping[str, Glance]:
        self.asked += 1
        return {name: row for name, row in self.found.items() if name in names}


def world(found: Mapping[str, Glance], release: int = 7) -> tuple[World, Glances]:
    services: Any = Glances(found)
    return replace(Cloud(pin(release)).world, settings=SETTINGS, services=services), services


def line(**changes: Glance | None) -> Line:
    """The line of the shop, with other services than those that are up."""
    found = {name: row for name, row in {**UP, **{f"shop-{key}": row for key, row in changes.items()}}.items() if row}
    return overview.read(world(found)[0])[0]


def changed(process: str, **changes: Any) -> Glance:
    return replace(UP[f"shop-{process}"], **changes)


def test_all_apps_are_asked_about_at_once_and_one_without_a_platform_is_no_error() -> None:
    here, services = world(UP)
    shop, new = overview.read(here)
    assert services.asked == 1
    assert (shop.release, shop.state, shop.counts) == ("v7", "up", "web 2/2, worker 1/1")
    assert (new.app, new.release, new.state, new.counts) == ("new", "-", "not up yet", "-")
    assert shop.plain()["tasks"] == {"web": {"running": 2, "desired": 2}, "worker": {"running": 1, "desired": 1}}


@pytest.mark.parametrize(
    ("process", "row", "state"),
    [
        ("web", None, "missing: web"),
        ("web", changed("web", moving=True), "rolling: web"),
        ("web", changed("web", failed=True, running=0), "failed: web"),
        ("worker", changed("worker", task_definition=task("worker", 6)), "drifted: worker"),
        ("worker", changed("worker", running=0), "short of tasks: worker"),
    ],
)
def test_the_worst_that_is_true_is_told_with_where(process: str, row: Glance | None, state: str) -> None:
    assert line(**{process: row}).state == state


def test_an_app_whose_processes_all_have_a_count_of_0_is_off() -> None:
    assert line(web=changed("web", desired=0, running=0), worker=changed("worker", desired=0, running=0)).state == "off"


def test_an_environment_that_is_not_up_says_so() -> None:
    class Nowhere:
        def read(self, env: str) -> StackState:
            return StackState()

    here: Any = Nowhere()
    with pytest.raises(NotReady, match="dev is not up"):
        overview.read(replace(world(UP)[0], stacks=here))
