"""Processes that a rollout alone doesn't prove, and tasks that don't let it end."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.app_environment import APP, Town

pytestmark = pytest.mark.engine

WORKER = f"{APP}-worker"


@contextmanager
def scaled_to_zero(town: Town) -> Iterator[None]:
    """The worker at a count of 0 for a while."""
    ecs = town.aws("ecs")
    ecs.update_service(cluster="dev", service=WORKER, desiredCount=0)
    try:
        yield
    finally:
        ecs.update_service(cluster="dev", service=WORKER, desiredCount=1)


def running(town: Town) -> list[str]:
    """The tasks of the worker that run, a trial included."""
    found: list[str] = town.aws("ecs").list_tasks(cluster="dev", family=f"dev-{WORKER}")["taskArns"]
    return found


def test_a_process_at_zero_is_proven_by_a_trial_and_one_that_crashes_takes_all_back(town: Town) -> None:
    before = town.settled("good")
    with scaled_to_zero(town):
        proven = town.deploy(town.image("better"), "--prove")
        before = town.check(proven, before, code=0, runs="better", verdicts=["succeeded"])
        failed = town.deploy(town.image("worker-crashes", worker="crashes"), "--prove")
        town.check(failed, before, code=6, runs="better", verdicts=["succeeded", "failed"])
        assert running(town) == []
    assert f"{WORKER}: proven: its trial stayed up" in proven.stderr
    assert f"{WORKER}: its trial did not stay up: Essential container in task exited; exit code 1" in failed.stderr


def test_a_protected_task_that_holds_a_rollout_up_is_named_and_the_next_command_settles_it(town: Town) -> None:
    before, ecs = town.settled("good"), town.aws("ecs")
    held = running(town)
    ecs.update_task_protection(cluster="dev", tasks=held, protectionEnabled=True)
    try:
        done = town.deploy(town.image("better"), "--timeout", "6")
    finally:
        ecs.update_task_protection(cluster="dev", tasks=held, protectionEnabled=False)
    assert done.returncode == 8, done.stderr
    assert f"{WORKER}: held up by a protected task: {held[0].rsplit('/', 1)[-1]} until " in done.stderr
    settled = town.slipway("restart", "dev", APP, "worker")
    town.check(settled, before, code=0, runs="better", verdicts=["succeeded"])
