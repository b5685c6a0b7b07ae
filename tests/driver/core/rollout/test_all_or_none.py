"""Every way in which a rollout can end other than well, with made-up time and a made-up cloud."""

from dataclasses import dataclass, field, replace

import pytest

from driver.core.ledger.journal import Record
from driver.core.ports import RolloutStatus, World
from driver.core.rollout import former, rollout
from driver.core.values.release import Kind, Verdict
from driver.core.watch import settle
from driver.errors import EngineFailed, Interrupted, RolloutFailed, RolloutStuck, StillRolling
from tests.driver.core.fake_platform import PROCESSES, SETTINGS, Cloud, pin, task
from tests.driver.core.rollout.test_rollout import quiet, verdicts
from tests.fakes import FakeClock

BEFORE = {process: task(process, 1) for process in PROCESSES}


def deploy(cloud: Cloud, world: World | None = None) -> None:
    rolling = cloud.rolling(pin(2, "b"))
    record = Record.start(cloud.world, "shop", rolling.pin, Kind.DEPLOY)
    rollout.roll(world or cloud.world, rolling, record, quiet)


def test_one_that_fails_takes_back_those_that_still_roll() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")}, hanging={("worker", "b")})
    with pytest.raises(RolloutFailed):
        deploy(cloud)
    assert cloud.runs == BEFORE
    assert [row.task_definition for row in cloud.rollouts["worker"]] == [task("worker", 2), task("worker", 1)]
    assert verdicts(cloud) == [(3, "going back", "succeeded"), (2, "deploy", "failed")]


def test_a_rollout_that_ecs_can_not_take_back_is_replaced_by_the_former_release() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")}, hanging={("worker", "b")}, deaf=True)
    with pytest.raises(RolloutFailed):
        deploy(cloud)
    assert cloud.runs == BEFORE
    assert cloud.rollouts["worker"][0].task_definition == task("worker", 1)
    assert cloud.clock.time < SETTINGS.deploy.timeout


def test_a_rollout_that_never_settles_stays_unfinished_and_says_what_to_do() -> None:
    cloud = Cloud(pin(1), hanging={("worker", "b")})
    with pytest.raises(StillRolling, match="shop-worker: ECS had not decided after 1200 s, and goes on") as told:
        deploy(cloud)
    assert "slipway cancel dev shop" in told.value.hint
    assert verdicts(cloud) == [(2, "deploy", "started")]
    assert len(cloud.updates) == 1


def test_going_back_that_never_settles_stays_unfinished_and_says_what_runs_where() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")}, hanging={("worker", "a")})
    with pytest.raises(RolloutStuck, match="going back has not ended") as told:
        deploy(cloud)
    assert "shop-web on dev-shop-web:1, 1 running; shop-worker on dev-shop-worker:1" in told.value.hint
    assert verdicts(cloud) == [(3, "going back", "started"), (2, "deploy", "failed")]


def test_where_ecs_failed_to_go_back_the_former_release_is_started_again() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")})
    rolling = cloud.rolling(pin(2, "b"))
    cloud.up(rolling.update("deploy"), quiet)
    cloud.rollouts["web"][0] = replace(cloud.rollouts["web"][0], status=RolloutStatus.ROLLBACK_FAILED)
    record = Record.start(cloud.world, "shop", former.believed(rolling), Kind.GOING_BACK)
    assert rollout.returned(cloud.world, replace(rolling, pin=record.pin), record, quiet) == ""
    assert record.release.verdict is Verdict.SUCCEEDED
    assert [row.task_definition for row in cloud.rollouts["web"]] == [task("web", at) for at in (1, 2, 1)]


def test_an_engine_that_fails_takes_everything_back() -> None:
    cloud = Cloud(pin(1))

    class Failing(Cloud):
        def up(self, update, progress):  # type: ignore[no-untyped-def]
            changes = super().up(update, progress)
            if update.pins["shop"].release == 2:
                raise EngineFailed("the engine failed in mid-update")
            return changes

    failing = Failing(pin(1), ledger=cloud.ledger)
    with pytest.raises(RolloutFailed, match="the engine failed in mid-update"):
        deploy(failing)
    assert failing.runs == BEFORE


@dataclass
class Cancelling(FakeClock):
    """Somebody cancels after 10 s."""

    cloud: Cloud | None = None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.cloud is not None and self.time >= 10:
            self.cloud.take_back("worker-2", stopped=True)


def test_a_cancelled_rollout_brings_all_back_and_says_so() -> None:
    clock = Cancelling()
    cloud = Cloud(pin(1), hanging={("worker", "b")}, clock=clock)
    clock.cloud = cloud
    with pytest.raises(RolloutFailed, match="cancelled"):
        deploy(cloud)
    assert cloud.runs == BEFORE
    assert "cancelled" in cloud.ledger.rows["shop", 2].reason


@dataclass
class Interrupting(FakeClock):
    """Ctrl-C at the first wait."""

    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt


def test_ctrl_c_while_watching_leaves_the_release_unfinished_and_says_what_goes_on() -> None:
    cloud = Cloud(pin(1), hanging={("worker", "b")}, clock=Interrupting())
    with pytest.raises(Interrupted, match="ECS goes on") as told:
        deploy(cloud)
    assert "slipway cancel dev shop" in told.value.hint
    assert cloud.ledger.rows["shop", 2].verdict is Verdict.STARTED


def test_an_engine_that_was_stopped_in_the_rollout_leaves_it_unfinished_and_names_what_takes_it_back() -> None:
    class Stopped(Cloud):
        def up(self, update, progress):  # type: ignore[no-untyped-def]
            super().up(update, progress)
            raise Interrupted("stopped by SIGTERM; the engine has ended in order", hint="Run the command again.")

    cloud = Stopped(pin(1))
    with pytest.raises(Interrupted, match="the engine has ended in order") as told:
        deploy(cloud)
    assert "slipway cancel dev shop" in told.value.hint
    assert cloud.ledger.rows["shop", 2].verdict is Verdict.STARTED


def test_before_a_new_rollout_one_that_does_not_end_is_taken_back() -> None:
    cloud = Cloud(pin(1), hanging={("worker", "b")})
    cloud.roll("worker", task("worker", 2), "b")
    names, app = SETTINGS.names("shop"), SETTINGS.apps["shop"]
    found = settle.at_rest(cloud.world, names, app, quiet)
    assert found["shop-worker"].task_definition == task("worker", 1)
    assert cloud.clock.time > SETTINGS.deploy.timeout


def test_a_rollout_that_ecs_has_nothing_to_go_back_from_is_left_to_the_next_one() -> None:
    cloud = Cloud(pin(1), hanging={("worker", "b")}, deaf=True)
    cloud.roll("worker", task("worker", 2), "b")
    found = settle.at_rest(cloud.world, SETTINGS.names("shop"), SETTINGS.apps["shop"], quiet)
    assert not found["shop-worker"].rollouts[0].status.final
