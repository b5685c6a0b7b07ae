"""Rules of a rollout, of what a killed one leaves behind, and of going back; with made-up time and a made-up cloud."""

from datetime import UTC, datetime

import pytest

from driver.core.ledger.journal import Record
from driver.core.release import recovery, rollback
from driver.core.rollout import rollout
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import NotFound, RolloutFailed, RolloutStuck
from model.releases import Pin
from tests.driver.core.fake_platform import PROCESSES, Cloud, pin, task

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def quiet(_line: str) -> None:
    """The story is for people."""


def written(cloud: Cloud, made: Pin, verdict: Verdict = Verdict.SUCCEEDED) -> Release:
    row = Release(app="shop", pin=made, kind=Kind.DEPLOY, who="me@here", started=AT, verdict=verdict)
    cloud.ledger.rows["shop", made.release] = row
    return row


def deploy(cloud: Cloud, made: Pin) -> Record:
    rolling = cloud.rolling(made)
    record = Record.start(cloud.world, "shop", made, Kind.DEPLOY)
    rollout.roll(cloud.world, rolling, record, quiet)
    return record


def verdicts(cloud: Cloud) -> list[tuple[int, str, str]]:
    return [(row.number, row.kind, row.verdict) for row in cloud.ledger.releases("shop")]


def test_a_release_has_succeeded_when_all_processes_run_it_and_its_task_definitions_are_kept() -> None:
    cloud = Cloud(pin(1))
    deploy(cloud, pin(2, "b"))
    release = cloud.ledger.rows["shop", 2]
    assert release.verdict is Verdict.SUCCEEDED
    assert release.pin.tasks == cloud.runs == {process: task(process, 2) for process in PROCESSES}
    watched = [("watch shop-web", "web-2"), ("watch shop-worker", "worker-2")]
    assert [(step.name, step.detail) for step in release.steps] == [("roll out", ""), *watched]


def test_when_one_process_fails_all_go_back_under_a_higher_number() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")})
    with pytest.raises(RolloutFailed, match="it crashed") as refused:
        deploy(cloud, pin(2, "b"))
    assert "now v3" in refused.value.hint
    assert cloud.runs == {process: task(process, 1) for process in PROCESSES}
    assert verdicts(cloud) == [(3, "going back", "succeeded"), (2, "deploy", "failed")]


def test_what_goes_back_has_the_config_version_of_what_it_copies() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")})
    row = written(cloud, pin(1, tasks=True))
    cloud.ledger.rows["shop", 1] = row.model_copy(update={"config_version": 7, "tag": "green"})
    with pytest.raises(RolloutFailed):
        deploy(cloud, pin(2, "b"))
    back = cloud.ledger.rows["shop", 3]
    assert (back.copies, back.config_version, back.tag) == (1, 7, "green")


def test_a_process_that_ecs_took_back_already_is_not_rolled_again() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")})
    with pytest.raises(RolloutFailed):
        deploy(cloud, pin(2, "b"))
    assert [row.task_definition for row in cloud.rollouts["web"]] == [task("web", 2), task("web", 1)]
    assert [row.task_definition for row in cloud.rollouts["worker"]] == [task("worker", at) for at in (1, 2, 1)]


def test_when_going_back_fails_too_the_message_says_what_runs_where() -> None:
    cloud = Cloud(pin(1), broken={("web", "b")})
    cloud.broken.add(("worker", "a"))
    with pytest.raises(RolloutStuck, match="going back failed") as refused:
        deploy(cloud, pin(2, "b"))
    assert "shop-web on dev-shop-web:1, 1 running; shop-worker on dev-shop-worker:2" in refused.value.hint
    assert verdicts(cloud) == [(3, "going back", "failed"), (2, "deploy", "failed")]


def test_a_release_that_all_processes_run_is_finished() -> None:
    cloud = Cloud(pin(2, "b"))
    written(cloud, pin(1, tasks=True))
    written(cloud, pin(2, "b"), Verdict.STARTED)
    assert not recovery.settle(cloud.world, cloud.rolling(cloud.running), quiet)
    assert cloud.ledger.rows["shop", 2].pin.tasks == cloud.runs
    assert verdicts(cloud)[0] == (2, "deploy", "succeeded")
    assert cloud.updates == []


def test_a_release_that_nothing_runs_has_failed_and_nothing_is_touched() -> None:
    cloud = Cloud(pin(1))
    written(cloud, pin(1, tasks=True))
    written(cloud, pin(2, "b"), Verdict.STARTED)
    assert not recovery.settle(cloud.world, cloud.rolling(cloud.running), quiet)
    assert verdicts(cloud)[0] == (2, "deploy", "failed")
    assert cloud.updates == []


def test_a_release_that_some_processes_run_is_reverted_to_the_last_good_one() -> None:
    cloud = Cloud(pin(1))
    written(cloud, pin(1, tasks=True))
    written(cloud, pin(2, "b"), Verdict.STARTED)
    cloud.running = pin(2, "b")
    cloud.roll("worker", task("worker", 2), "b")
    assert recovery.settle(cloud.world, cloud.rolling(cloud.running), quiet)
    assert cloud.runs == {process: task(process, 1) for process in PROCESSES}
    assert verdicts(cloud)[:2] == [(3, "going back", "succeeded"), (2, "deploy", "failed")]
    assert cloud.running.release == 3


def test_a_rollback_goes_to_good_releases_only() -> None:
    cloud = Cloud(pin(2, "b"))
    written(cloud, pin(1, tasks=True), Verdict.FAILED)
    written(cloud, pin(2, "b", tasks=True))
    with pytest.raises(NotFound, match="no other good release"):
        rollback.plan(cloud.world, rollback.look(cloud.world, "shop"), None)
    written(cloud, pin(1, tasks=True))
    with pytest.raises(NotFound, match="can't go back to v7 of shop: there is none"):
        rollback.plan(cloud.world, rollback.look(cloud.world, "shop"), 7)
