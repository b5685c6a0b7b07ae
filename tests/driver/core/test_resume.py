"""Rules of what the next command makes of a release that was cut off in its release phase."""

from dataclasses import replace

import pytest

from driver.core import resume
from driver.core.ledger import Kind, Verdict
from driver.core.record import Record
from driver.errors import StillRolling
from tests.driver.core.cloud import SETTINGS, Cloud, pin
from tests.driver.core.test_rollout import written
from tests.fake_tasks import FakeTasks, Fate
from tests.fakes import FakeLogs


def cut_off(fate: Fate) -> tuple[Record, list[str]]:
    """A release whose driver was killed once its release process ran; as it is after the next command's first look."""
    cloud, told = Cloud(pin(1)), list[str]()
    tasks = FakeTasks(cloud.clock, fate)
    world = replace(cloud.world, tasks=tasks, logs=FakeLogs())
    record = Record.start(world, "shop", pin(2, "b"), Kind.DEPLOY)
    record.begin_attempt("arn:definition")
    tasks.started_by = lambda cluster, task_definition, who: ["arn:task"]  # type: ignore[method-assign]
    tasks.adopt("arn:task")
    state = cloud.read("dev").app("shop")
    assert state is not None
    resume.at_rest(world, SETTINGS.names("shop"), SETTINGS.apps["shop"], state, told.append)
    assert cloud.updates == []
    return Record(world, cloud.ledger.rows["shop", 2]), told


def test_a_release_whose_release_process_failed_after_a_kill_has_failed_in_its_release_phase() -> None:
    record, _told = cut_off(Fate(exit_code=1))
    assert record.release.verdict is Verdict.RELEASE_FAILED
    assert record.release.reason == "cut off; the release process failed"


def test_a_release_whose_release_process_went_well_after_a_kill_was_cut_off() -> None:
    record, told = cut_off(Fate(seconds=40))
    assert record.release.verdict is Verdict.FAILED
    assert (record.release.reason, record.release.attempts[0].exit_code) == ("cut off", 0)
    assert told[-2:] == ["the release process of v2: ended with 0", "v2 was cut off before anything ran it"]


def half_way(cloud: Cloud) -> tuple[Cloud, list[str]]:
    """A second release that is in the state and half in ECS, and what the next command says of it."""
    told = list[str]()
    written(cloud, pin(2, "b"), Verdict.STARTED)
    cloud.up(cloud.rolling(pin(2, "b")).update("deploy"), told.append)
    state = cloud.read("dev").app("shop")
    assert state is not None
    world = replace(cloud.world, tasks=FakeTasks(cloud.clock))
    resume.at_rest(world, SETTINGS.names("shop"), SETTINGS.apps["shop"], state, told.append)
    return cloud, told


def test_an_unfinished_release_has_the_engine_tidied_up_before_it_is_judged() -> None:
    cloud, _told = half_way(Cloud(pin(1)))
    assert cloud.tidied == 1


def test_a_first_release_that_was_cut_off_half_way_has_nothing_to_go_back_to_and_says_so() -> None:
    cloud, told = half_way(Cloud(pin(1), broken={("worker", "b")}))
    assert cloud.ledger.rows["shop", 2].verdict is Verdict.FAILED
    assert told[-1] == "v2 was cut off in the middle of its rollout, and there is no good release to go back to"


def test_a_revert_that_ecs_has_not_decided_on_stays_unfinished() -> None:
    cloud = Cloud(pin(1), broken={("worker", "b")}, hanging={("web", "a")})
    written(cloud, pin(1, tasks=True))
    with pytest.raises(StillRolling):
        half_way(cloud)
    assert cloud.ledger.rows["shop", 3].verdict is Verdict.STARTED
