"""Rules of running a release process once more, and of reading what it said."""

from dataclasses import dataclass, field, replace

import pytest

from driver.core.ledger.journal import Record
from driver.core.ports import Definition, LogLine, World
from driver.core.release import retry
from driver.core.release_phase import stored_log
from driver.core.values.release import Kind, Origin, Outcome, Release, Verdict
from driver.errors import NotFound, NotReady, ReleasePhaseFailed
from tests.driver.core.fake_platform import Cloud, pin
from tests.fake_tasks import FakeTasks, Fate
from tests.fakes import FakeAccount, FakeLogs

DEFINITION = "arn:aws:ecs:eu-west-1:0:task-definition/dev-shop-release:2"


@dataclass
class Shop:
    """A shop that runs v1; the release process of v2 has failed."""

    cloud: Cloud = field(default_factory=lambda: Cloud(pin(1, tasks=True)))
    logs: FakeLogs = field(default_factory=FakeLogs)

    def __post_init__(self) -> None:
        self.tasks = FakeTasks(self.cloud.clock)
        first = Record.start(self.world, "shop", pin(1), Kind.DEPLOY, Origin(tag="one"))
        first.begin_attempt(f"{DEFINITION[:-1]}1")
        first.attempt_ended(1, Outcome.SUCCEEDED, 0)
        first.succeeded(self.cloud.runs)
        second = Record.start(self.world, "shop", pin(2, "b"), Kind.DEPLOY, Origin(tag="two"))
        second.begin_attempt(DEFINITION)
        second.attempt_ended(1, Outcome.FAILED, 1)
        second.failed("it failed", Verdict.RELEASE_FAILED)

    @property
    def world(self) -> World:
        return replace(self.cloud.world, tasks=self.tasks, logs=self.logs)

    def release(self, number: int) -> Release:
        return self.cloud.ledger.rows["shop", number]

    def retry(self, number: int) -> None:
        retry.carry_out(self.world, "shop", number, lambda _line: None)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_retry_runs_the_task_definition_of_that_very_release_and_rolls_out_nothing(shop: Shop) -> None:
    shop.retry(2)
    (request,) = shop.tasks.requests
    assert (request.task_definition, request.started_by) == (DEFINITION, "slipway/shop/v2/2")
    assert shop.cloud.updates == []
    assert [row.outcome for row in shop.release(2).attempts] == ["failed", "succeeded"]
    assert shop.release(2).verdict is Verdict.RELEASE_FAILED


def test_a_retry_that_fails_is_an_attempt_too(shop: Shop) -> None:
    shop.tasks.fate = Fate(exit_code=3)
    with pytest.raises(ReleasePhaseFailed, match="exit code 3"):
        shop.retry(2)
    assert [row.exit_code for row in shop.release(2).attempts] == [1, 3]


def test_the_release_that_runs_may_have_its_release_process_run_again(shop: Shop) -> None:
    shop.retry(1)
    assert [row.outcome for row in shop.release(1).attempts] == ["succeeded", "succeeded"]
    assert shop.release(1).verdict is Verdict.SUCCEEDED


def test_a_release_that_neither_runs_nor_failed_in_its_release_phase_is_not_retried(shop: Shop) -> None:
    shop.cloud.running = pin(3)
    with pytest.raises(NotFound, match="v1 is not run again: the release is succeeded, and shop runs v3"):
        shop.retry(1)
    with pytest.raises(NotFound, match="shop has no release v9"):
        shop.retry(9)
    assert shop.tasks.requests == []


def test_a_release_of_an_older_version_without_its_task_definition_says_what_to_do(shop: Shop) -> None:
    shop.cloud.ledger.rows["shop", 2] = shop.release(2).model_copy(update={"release_task": ""})
    with pytest.raises(NotReady, match="no release process that the ledger knows of") as refused:
        shop.retry(2)
    assert "--image two" in refused.value.hint


def test_a_retry_that_was_cut_off_is_followed_before_anything_new(shop: Shop) -> None:
    shop.tasks.fate = Fate(seconds=50)
    record = Record(shop.world, shop.release(2))
    record.begin_attempt(DEFINITION)
    shop.tasks.adopt("arn:task")
    record.attempt_runs(2, "arn:task", "group", "stream")
    shop.retry(2)
    assert [row.outcome for row in shop.release(2).attempts] == ["failed", "succeeded", "succeeded"]
    assert shop.release(2).attempts[2].started >= (shop.release(2).attempts[1].ended or shop.cloud.clock.utc())


def test_what_a_release_process_said_is_read_by_the_ledgers_reference(shop: Shop) -> None:
    shop.retry(2)
    attempt = shop.release(2).attempts[1]
    shop.logs.groups[attempt.group] = [LogLine(at=1, stream=attempt.stream, message="OK")]
    assert [line.message for line in stored_log.read(shop.world, shop.release(2), None)] == ["OK"]
    with pytest.raises(NotReady, match="run 1 of the release process of v2 has no task: failed"):
        stored_log.read(shop.world, shop.release(2), 1)
    with pytest.raises(NotFound, match="ran 2 times, not 3"):
        stored_log.read(shop.world, shop.release(2), 3)


def test_a_log_that_has_expired_says_where_it_would_be(shop: Shop) -> None:
    shop.retry(2)
    with pytest.raises(NotReady, match="more than 30 days ago") as refused:
        stored_log.read(shop.world, shop.release(2), None)
    assert "/ecs/dev-shop-release" in refused.value.hint


def test_a_copy_has_no_output_of_its_own(shop: Shop) -> None:
    copy = Record.start(shop.world, "shop", pin(3), Kind.ROLLBACK, Origin(copies=1))
    with pytest.raises(NotFound, match="v3 ran no release process") as refused:
        stored_log.read(shop.world, copy.release, None)
    assert "copy of v1" in refused.value.hint


def test_a_retry_on_what_somebody_has_deregistered_runs_the_same_registered_again(shop: Shop) -> None:
    shop.cloud.definitions[DEFINITION] = Definition(active=False)
    shop.retry(2)
    (request,) = shop.tasks.requests
    assert request.task_definition == f"{DEFINITION[:-1]}502"
    assert shop.release(2).release_task == request.task_definition


def test_a_retry_that_no_task_would_start_for_is_refused_with_what_is_gone(shop: Shop) -> None:
    world = replace(shop.world, account=FakeAccount(missing={"shop.worker"}))
    with pytest.raises(NotReady, match="gone from AWS, so that no task of shop in dev would start"):
        retry.carry_out(world, "shop", 2, lambda _line: None)
    assert shop.tasks.requests == []
