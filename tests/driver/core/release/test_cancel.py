"""Rules of a cancelled rollout and of a restart, with made-up time and a made-up cloud."""

from dataclasses import replace

import pytest

from driver.core.release import cancel
from driver.core.rollout import restart
from driver.core.values.lock import Lock
from driver.core.values.release import Verdict
from driver.core.watch import settle
from driver.errors import Busy, NotFound, NotReady, RolloutFailed
from model.settings.app import App, Process
from tests.driver.core.fake_platform import PROCESSES, SETTINGS, Cloud, pin, task
from tests.driver.core.rollout.test_rollout import AT, quiet, verdicts, written
from tests.fake_tasks import FakeTasks
from tests.fakes import FakeLocks

NAMES, APP = SETTINGS.names("shop"), SETTINGS.apps["shop"]
BEFORE = {process: task(process, 1) for process in PROCESSES}
OWNER = Lock(app="shop", owner="me@there", message="deploy v2", nonce="a", fence=1, lease=30, since=AT)


def half_way(*, rolling: bool = True, process: str = "worker") -> Cloud:
    """A deploy of v2 of which ECS has not decided on one process."""
    cloud = Cloud(pin(1), hanging={(process, "b")} if rolling else set())
    written(cloud, pin(1, tasks=True))
    written(cloud, pin(2, "b"), Verdict.STARTED)
    if rolling:
        cloud.up(cloud.rolling(pin(2, "b")).update("deploy"), quiet)
    return cloud


def cancelled(cloud: Cloud, locks: FakeLocks) -> cancel.Cancelled:
    world = replace(cloud.world, locks=locks, tasks=FakeTasks(cloud.clock))
    return cancel.carry_out(world, cancel.plan(world, "shop"), quiet)


def test_where_the_deploy_lives_ecs_is_asked_and_the_deploy_brings_all_back() -> None:
    cloud = half_way()
    done = cancelled(cloud, FakeLocks(cloud.clock, holder=OWNER, beats=10))
    assert (done.asked, done.owner) == (["shop-worker"], "me@there")
    assert cloud.runs["worker"] == task("worker", 1)
    assert cloud.ledger.rows["shop", 2].verdict is Verdict.STARTED


def test_where_the_deploy_is_dead_everything_is_brought_back_here() -> None:
    cloud = half_way()
    done = cancelled(cloud, FakeLocks(cloud.clock, holder=OWNER))
    assert (done.owner, done.runs) == ("", "v3")
    assert cloud.clock.time >= OWNER.lease
    assert cloud.runs == BEFORE
    assert verdicts(cloud) == [(3, "going back", "succeeded"), (2, "deploy", "failed"), (1, "deploy", "succeeded")]


@pytest.mark.parametrize("processes", [("web", "worker", "clock"), ("web",)])
def test_what_was_cut_off_is_ended_also_where_the_catalogue_has_other_processes_since(
    processes: tuple[str, ...],
) -> None:
    cloud = half_way(process="web")
    shop = App(processes={name: APP.processes.get(name, Process()) for name in processes})
    world = replace(cloud.world, tasks=FakeTasks(cloud.clock))
    world = replace(world, settings=SETTINGS.model_copy(update={"apps": {"shop": shop}}))
    cancel.carry_out(world, cancel.plan(world, "shop"), quiet)
    assert cloud.runs["web"] == BEFORE["web"]
    touched = {urn.rsplit(".", 1)[-1] for urn in cloud.updates[-1].targets}
    assert touched == {"web", "worker"} & set(processes)
    assert "started" not in {row[2] for row in verdicts(cloud)}


def test_somebody_at_work_of_whom_ecs_knows_nothing_yet_is_not_cancelled() -> None:
    cloud = half_way(rolling=False)
    with pytest.raises(Busy, match="me@there is at work on shop"):
        cancelled(cloud, FakeLocks(cloud.clock, holder=OWNER, beats=10))


def test_where_nothing_is_under_way_there_is_nothing_to_cancel() -> None:
    cloud = Cloud(pin(1))
    with pytest.raises(NotReady, match="nothing of shop is under way"):
        cancel.plan(cloud.world, "shop")


def test_what_ecs_took_back_before_the_next_command_is_out_of_the_state_too() -> None:
    cloud = half_way()
    cloud.rollouts["web"].insert(0, replace(cloud.rollouts["web"][1], arn="web-9"))
    cloud.runs["web"] = task("web", 1)
    cancelled(cloud, FakeLocks(cloud.clock))
    assert cloud.running.release == 3
    assert dict(cloud.running.tasks) == BEFORE


def restarted(cloud: Cloud, process: str | None = None) -> dict[str, str]:
    before = settle.at_rest(cloud.world, NAMES, APP, quiet)
    return restart.restart(cloud.world, NAMES, APP, restart.chosen(NAMES, APP, process), before, quiet)


def test_a_restart_is_a_new_deployment_of_what_runs_and_no_release() -> None:
    cloud = Cloud(pin(1))
    assert restarted(cloud) == {f"shop-{process}": task(process, 1) for process in PROCESSES}
    assert [len(cloud.rollouts[process]) for process in PROCESSES] == [2, 2]
    assert cloud.ledger.rows == {}
    assert cloud.updates == []


def test_one_process_is_restarted_alone() -> None:
    cloud = Cloud(pin(1))
    restarted(cloud, "worker")
    assert [len(cloud.rollouts[process]) for process in PROCESSES] == [1, 2]
    with pytest.raises(NotFound, match="it has web, worker"):
        restarted(cloud, "release")


def test_a_restart_that_does_not_come_up_is_a_failure() -> None:
    cloud = Cloud(pin(1))
    cloud.broken.add(("web", "a"))
    with pytest.raises(RolloutFailed, match="it crashed"):
        restarted(cloud)
