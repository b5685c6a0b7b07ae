"""What still runs in an environment that is to be destroyed."""

from dataclasses import replace

import pytest

from driver.core.platform import ending
from driver.core.ports import World
from driver.core.values.lock import Lock
from driver.core.values.release import Verdict
from driver.errors import Busy, NotReady, StillRolling
from model.settings.parse import parse
from tests.driver.core.drift.test_report import FakeInventory
from tests.driver.core.fake_platform import Cloud, pin
from tests.driver.core.rollout.test_rollout import AT, quiet, written
from tests.fake_tasks import FakeTasks
from tests.fakes import FakeLocks

ARN = "arn:aws:ecs:eu-west-1:0:task/dev/abc"


def scene(cloud: Cloud, **tasks: float) -> tuple[World, FakeTasks]:
    made = FakeTasks(cloud.clock, **tasks)
    return replace(cloud.world, tasks=made), made


def test_where_nothing_but_services_runs_nothing_is_said_or_stopped() -> None:
    world, _ = scene(Cloud(pin(1)))
    found = ending.running(world)
    assert (found.block, found.question) == ([], "")
    ending.stop(world, found, quiet)
    assert world.clock.now() == 0


def test_a_task_that_somebody_started_is_told_asked_about_and_stopped_before_anything_is_deleted() -> None:
    world, tasks = scene(Cloud(pin(1)))
    tasks.adopt(ARN)
    found = ending.running(world)
    assert found.block[1:] == ["  task abc on dev-shop-worker:3"]
    assert found.question == " and stop 1 task that still runs"
    ending.stop(world, found, quiet)
    assert tasks.loose("dev") == {}


def test_a_task_that_does_not_stop_ends_the_command_with_everything_still_there() -> None:
    world, tasks = scene(Cloud(pin(1)), grace=10_000.0)
    tasks.adopt(ARN)
    with pytest.raises(StillRolling, match="abc: not stopped yet; nothing of dev was deleted"):
        ending.stop(world, ending.running(world), quiet)


def test_an_open_backdoor_is_told() -> None:
    processes = {"web": {"port": 8000}, "worker": {}, "backdoor": BACKDOOR}
    found = parse("dev", "eu-west-1", {"network": NETWORK, "apps": {"shop": {"processes": processes}}})
    cloud = Cloud(pin(1))
    world, _ = scene(cloud)
    world = replace(world, settings=found)
    assert ending.running(world).block == []
    cloud.roll("backdoor", "task:1")
    assert ending.running(world).block[1:] == ["  the backdoor of shop is open"]


def test_an_app_that_is_being_released_is_not_taken_from_under_it_and_one_that_was_cut_off_is() -> None:
    cloud = Cloud(pin(3))
    written(cloud, pin(4, "b"), Verdict.STARTED)
    world, _ = scene(cloud)
    assert ending.running(world).block == []
    lock = Lock(app="shop", owner="me@there", message="deploy v4", nonce="a", fence=1, lease=30, since=AT)
    with pytest.raises(Busy, match="me@there has the lock of shop"):
        ending.running(replace(world, locks=FakeLocks(cloud.clock, holder=lock)))


def test_a_service_that_only_ecs_has_keeps_the_cluster_and_so_everything() -> None:
    world, _ = scene(Cloud(pin(1), lost={"worker"}))
    with pytest.raises(NotReady, match="does not have shop-worker, which ECS has; nothing was deleted") as caught:
        ending.unknown(world, FakeInventory(has={"shop-worker"}), world.stacks.read("dev"))
    assert "slipway up dev" in caught.value.hint
    assert ending.unknown(world, FakeInventory(), world.stacks.read("dev")) == []


def test_what_else_the_state_does_not_have_is_told_before_it_stays() -> None:
    world, _ = scene(Cloud(pin(1)))
    lines = ending.unknown(world, FakeInventory(has={"/ecs/dev-shop-web"}), world.stacks.read("dev"))
    assert lines[1:] == ["  log group /ecs/dev-shop-web"]


NETWORK = {"zones": ["eu-west-1a", "eu-west-1b"]}
BACKDOOR = {"kind": "backdoor", "command": ["sleep", "infinity"]}
