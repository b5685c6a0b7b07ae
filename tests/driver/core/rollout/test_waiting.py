"""Rules of processes that are new to a released app and wait for the release that has them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from driver.core.ledger.journal import Record
from driver.core.observe import status
from driver.core.ports import RolloutStatus
from driver.core.release import recovery
from driver.core.rollout import rollout, waiting
from driver.core.values import release
from driver.core.values.checkpoint import AppState
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import RolloutFailed
from model.releases import Pin
from tests.driver.core.fake_platform import SETTINGS, Cloud, pin, task
from tests.fake_tasks import FakeTasks

WEB_ONLY = pin(5).model_copy(update={"processes": ("web",)})
GOOD = WEB_ONLY.model_copy(update={"tasks": {"web": task("web", 5)}, "processes": None})
"""The last release as the ledger has it: it knew nothing of a worker."""


def states(cloud: Cloud) -> dict[str, str]:
    return {row.name: row.state for row in status.read(cloud.world, "shop").processes}


def state(cloud: Cloud) -> AppState:
    found = cloud.read("dev").app("shop")
    assert found is not None
    return found


def written(cloud: Cloud, made: Pin, verdict: Verdict = Verdict.SUCCEEDED) -> Record:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    row = Release(app="shop", pin=made, kind=Kind.DEPLOY, who="me@here", started=at, verdict=verdict)
    cloud.ledger.rows["shop", made.release] = row
    return Record(cloud.world, row)


def test_the_status_of_a_process_that_is_new_is_that_it_waits() -> None:
    assert states(Cloud(WEB_ONLY)) == {"web": "successful", "worker": "waits for the next release"}
    assert states(Cloud(pin(5))) == {"web": "successful", "worker": "successful"}, "what older versions wrote"


def test_one_that_has_not_come_up_on_the_bootstrap_image_is_not_said_to_wait_only() -> None:
    cloud = Cloud(WEB_ONLY)
    newest = cloud.rollouts["worker"][0]
    cloud.rollouts["worker"][0] = replace(newest, status=RolloutStatus.ROLLBACK_FAILED)
    assert states(cloud)["worker"] == "rollback_failed"


def test_a_release_that_fails_says_in_its_way_back_which_processes_wait_on() -> None:
    cloud = Cloud(WEB_ONLY, broken={("web", "b")})
    written(cloud, GOOD)
    with pytest.raises(RolloutFailed):
        rollout.roll(
            cloud.world, cloud.rolling(pin(6, "b")), written(cloud, pin(6, "b"), Verdict.STARTED), lambda _: None
        )
    back = cloud.ledger.rows["shop", 7].pin
    assert back.processes == ("web",) and back.waiting == {"worker": task("worker", 5)} == {
        "worker": cloud.runs["worker"]
    }


def test_a_release_that_was_cut_off_is_reverted_to_a_release_and_to_what_waited_beside_it() -> None:
    cloud = Cloud(WEB_ONLY)
    written(cloud, GOOD)
    rolling, record = cloud.rolling(pin(6, "b")), written(cloud, pin(6, "b"), Verdict.STARTED)
    record.roll_out(WEB_ONLY.model_copy(update={"tasks": dict(cloud.runs)}))
    cloud.up(rolling.update("deploy"), lambda _: None)
    cloud.roll("web", task("web", 5))
    world = replace(cloud.world, tasks=FakeTasks(cloud.clock))
    recovery.at_rest(world, SETTINGS.names("shop"), SETTINGS.apps["shop"], state(cloud), lambda _: None)
    assert cloud.runs == {"web": task("web", 5), "worker": task("worker", 5)}
    assert state(cloud).waiting == ("worker",)


def test_one_that_was_cut_off_before_anything_ran_it_leaves_what_waits_alone() -> None:
    cloud = Cloud(WEB_ONLY)
    written(cloud, GOOD)
    written(cloud, pin(6, "b"), Verdict.STARTED)
    world = replace(cloud.world, tasks=FakeTasks(cloud.clock))
    recovery.at_rest(world, SETTINGS.names("shop"), SETTINGS.apps["shop"], state(cloud), lambda _: None)
    assert cloud.updates == [] and cloud.ledger.rows["shop", 6].verdict is Verdict.FAILED


def test_a_rollback_leaves_what_its_release_did_not_have_where_it_waits() -> None:
    found, target = state(Cloud(WEB_ONLY)), GOOD.model_copy(update={"release": 3})
    pinned = waiting.kept(found, target, target.model_copy(update={"release": 6}))
    assert pinned.tasks == {"web": task("web", 5), "worker": task("worker", 5)} and pinned.processes == ("web",)
    anew = waiting.kept(found, target, target.model_copy(update={"release": 6, "tasks": {}}))
    assert anew.tasks == {} and anew.processes == ("web",)


def test_a_rollback_where_nothing_waits_is_what_its_release_was() -> None:
    found, target = state(Cloud(pin(5))), pin(3, tasks=True)
    assert waiting.kept(found, target, target) == target
    had_it = pin(3, tasks=True)
    assert waiting.kept(state(Cloud(WEB_ONLY)), had_it, had_it) == had_it


def test_what_ran_before_a_first_release_is_the_bootstrap_image_and_not_what_waited() -> None:
    cloud = Cloud(WEB_ONLY)
    first, later = pin(0).model_copy(update={"image": None}), WEB_ONLY.model_copy(update={"tasks": dict(cloud.runs)})
    rows = [
        written(cloud, pin(number)).release.model_copy(update={"former": former})
        for number, former in ((6, later), (1, first))
    ]
    assert release.bootstrap(rows) == first and release.bootstrap(rows[:1]) is None
