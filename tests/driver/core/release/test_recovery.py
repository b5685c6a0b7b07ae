"""Rules of what the next command makes of a release that was cut off in its release phase."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from driver.core.ledger.journal import Record
from driver.core.ports import Change, Say, Update
from driver.core.release import recovery
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import StillRolling
from model.releases import Pin
from tests.driver.core.fake_platform import PROCESSES, SETTINGS, Cloud, pin, task
from tests.driver.core.rollout.test_rollout import deploy, verdicts, written
from tests.fake_tasks import FakeTasks, Fate
from tests.fakes import FakeLedger, FakeLogs


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
    recovery.at_rest(world, SETTINGS.names("shop"), SETTINGS.apps["shop"], state, told.append)
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
    recovery.at_rest(world, SETTINGS.names("shop"), SETTINGS.apps["shop"], state, told.append)
    return cloud, told


def test_an_unfinished_release_has_the_engine_tidied_up_before_it_is_judged() -> None:
    cloud, _told = half_way(Cloud(pin(1)))
    assert cloud.tidied == 1


def test_where_the_ledger_does_not_say_what_ran_before_the_first_release_there_is_nothing_to_go_back_to() -> None:
    cloud, told = half_way(Cloud(pin(1), broken={("worker", "b")}))
    assert cloud.ledger.rows["shop", 2].verdict is Verdict.FAILED
    assert told[-1] == "v2 was cut off in the middle of its rollout, and there is no good release to go back to"


class Killed(BaseException):
    """The end of a driver."""


@dataclass
class Deadly(Cloud):
    """Its driver dies once the engine has done its part, as often as that."""

    deaths: int = 1

    def up(self, update: Update, progress: Say) -> Sequence[Change]:
        changes = super().up(update, progress)
        self.deaths -= 1
        if self.deaths >= 0:
            raise Killed
        return changes


def resumed(cloud: Cloud) -> list[str]:
    told = list[str]()
    state = cloud.read("dev").app("shop")
    assert state is not None
    world = replace(cloud.world, tasks=FakeTasks(cloud.clock))
    recovery.at_rest(world, SETTINGS.names("shop"), SETTINGS.apps["shop"], state, told.append)
    return told


@pytest.mark.parametrize("deaths", [1, 2, 3])
def test_a_first_release_that_was_cut_off_half_way_goes_back_to_the_bootstrap_image(deaths: int) -> None:
    cloud = Deadly(Pin(release=0), broken={("worker", "b")}, deaths=deaths)
    before = dict(cloud.runs)
    with pytest.raises(Killed):
        deploy(cloud, pin(1, "b"))
    for _ in range(deaths - 1):
        with pytest.raises(Killed):
            resumed(cloud)
    assert "was cut off in the middle of its rollout: reverting to the bootstrap image" in "\n".join(resumed(cloud))
    assert cloud.runs == before
    assert cloud.running == Pin(release=deaths + 1, tasks=before)
    assert [row[2] for row in verdicts(cloud)] == ["succeeded", *["failed"] * deaths]


@dataclass
class Fatal(FakeLedger):
    """Whoever writes down that a release has failed dies of it."""

    def write(self, release: Release) -> None:
        if release.verdict is Verdict.FAILED:
            raise Killed
        super().write(release)


def test_who_dies_between_a_failure_and_going_back_leaves_an_unfinished_release_that_is_reverted() -> None:
    cloud = Cloud(pin(1), broken={("worker", "b")}, ledger=Fatal())
    written(cloud, pin(1, tasks=True))
    with pytest.raises(Killed):
        deploy(cloud, pin(2, "b"))
    with pytest.raises(Killed):
        resumed(cloud)
    cloud.ledger = FakeLedger(cloud.ledger.rows)
    assert "reverting to v1" in "\n".join(resumed(cloud))
    assert cloud.runs == {process: task(process, 1) for process in PROCESSES}
    assert "started" not in {row[2] for row in verdicts(cloud)}


def test_a_revert_that_ecs_has_not_decided_on_stays_unfinished() -> None:
    cloud = Cloud(pin(1), broken={("worker", "b")}, hanging={("web", "a")})
    written(cloud, pin(1, tasks=True))
    with pytest.raises(StillRolling):
        half_way(cloud)
    assert cloud.ledger.rows["shop", 3].verdict is Verdict.STARTED
