from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from driver.core.observe import backdoor
from driver.core.ports import StoppedTask, World
from driver.core.ports.backdoor import Inside
from driver.errors import NotFound, NotReady, RolloutFailed, StillRolling
from model.releases import BOOTSTRAP, Pin
from model.settings.parse import parse
from tests.driver.core.fake_platform import SETTINGS, Cloud, CloudServices, pin, task

WITH_BACKDOOR = parse(
    "dev",
    "eu-west-1",
    {
        "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
        "domain": {"name": "dev.example.com"},
        "apps": {
            "shop": {
                "processes": {
                    "web": {"port": 8000},
                    "worker": {},
                    "backdoor": {"kind": "backdoor", "command": ["sleep", "infinity"]},
                }
            }
        },
    },
)
RUNS = Inside(arn="arn:aws:ecs:eu-west-1:0:task/dev/abc", status="RUNNING", address="10.0.32.7", session=True)


@dataclass
class FakeDoors:
    """A task that shows up as pending at first; with `after` None it never runs."""

    after: int | None = 2
    counts: list[int] = field(default_factory=list)
    looks: int = 0

    def count(self, cluster: str, service: str, number: int) -> None:
        assert (cluster, service) == ("dev", "shop-backdoor")
        self.counts.append(number)

    def inside(self, cluster: str, service: str) -> Sequence[Inside]:
        self.looks += 1
        if self.after is None:
            return []
        return [RUNS if self.looks > self.after else replace(RUNS, status="PENDING")]


class Crashing(CloudServices):
    """A backdoor whose task stops as soon as it was asked for."""

    def stopped_tasks(self, cluster: str, service: str, task_definition: str) -> Sequence[StoppedTask]:
        stopped = StoppedTask(
            arn="arn:1",
            task_definition=task_definition,
            stopped=None,
            stop_code="EssentialContainerExited",
            reason="Essential container in task exited",
            container_reason="",
            exit_code=1,
        )
        return [stopped] if self.cloud.clock.time > 0 else []


def world_of(doors: FakeDoors, running: Pin, *, up: bool = True) -> World:
    cloud = Cloud(running=running)
    if up:
        cloud.runs["backdoor"], cloud.rollouts["backdoor"] = task("backdoor", running.release), []
    return replace(cloud.world, settings=WITH_BACKDOOR, doors=doors)


def silent(_line: str) -> None:
    """Nobody listens."""


def test_a_backdoor_that_is_opened_is_waited_for_until_it_runs() -> None:
    doors = FakeDoors()
    assert backdoor.open_up(world_of(doors, pin(3)), "shop", silent) == RUNS
    assert (doors.counts, doors.looks) == ([1], 3)


def test_whoever_opens_it_is_told_how_to_get_in() -> None:
    found = backdoor.ways(world_of(FakeDoors(), pin(3)), "shop", RUNS)
    assert found["name"] == "backdoor.shop.internal.dev.example.com"
    assert found["address"] == "10.0.32.7"
    assert "--cluster dev --task abc --container app" in found["session"]


def test_a_task_that_takes_no_session_is_not_offered_one() -> None:
    assert "session" not in backdoor.ways(world_of(FakeDoors(), pin(3)), "shop", replace(RUNS, session=False))


def test_a_backdoor_that_does_not_stay_up_is_closed_again_with_the_reason() -> None:
    doors = FakeDoors(after=None)
    world = world_of(doors, pin(3))
    assert isinstance(world.services, CloudServices)
    with pytest.raises(RolloutFailed, match="Essential container in task exited"):
        backdoor.open_up(replace(world, services=Crashing(world.services.cloud)), "shop", silent)
    assert doors.counts == [1, 0]


def test_nobody_waits_for_ever() -> None:
    with pytest.raises(StillRolling) as refused:
        backdoor.open_up(world_of(FakeDoors(after=None), pin(3)), "shop", silent)
    assert "slipway backdoor close dev shop" in refused.value.hint


def test_a_backdoor_is_closed_by_asking_for_no_task() -> None:
    doors = FakeDoors()
    backdoor.close(world_of(doors, pin(3)), "shop")
    assert doors.counts == [0]


def test_what_has_no_release_yet_is_not_opened() -> None:
    doors = FakeDoors()
    with pytest.raises(NotReady, match="no release in dev to look at yet"):
        backdoor.open_up(world_of(doors, BOOTSTRAP), "shop", silent)
    assert doors.counts == []


def test_an_app_without_a_backdoor_is_told_how_to_get_one() -> None:
    world = replace(world_of(FakeDoors(), pin(3)), settings=SETTINGS)
    with pytest.raises(NotFound, match="shop has no backdoor") as refused:
        backdoor.close(world, "shop")
    assert "kind: backdoor" in refused.value.hint


def test_a_backdoor_that_up_has_not_made_yet_is_not_opened() -> None:
    with pytest.raises(NotReady) as refused:
        backdoor.open_up(world_of(FakeDoors(), pin(3), up=False), "shop", silent)
    assert "slipway up dev" in refused.value.hint
