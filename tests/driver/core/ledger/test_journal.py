"""Rules of what a release leaves in the ledger while it happens."""

import json
from dataclasses import replace
from typing import Any

import pytest

from driver.core.ledger.journal import Record
from driver.core.overrides import within
from driver.core.values.release import Kind, Origin, Outcome, Release, Verdict
from driver.errors import Busy
from tests.driver.core.fake_platform import Cloud, pin

OLD = """{"app": "shop", "pin": {"release": 7}, "kind": "deploy", "who": "me@here", "started": "2026-11-24T12:00:00Z",
"tag": "v7", "verdict": "succeeded", "finished": "2026-11-24T12:01:00Z", "copies": null, "reason": "",
"steps": [{"name": "roll out", "at": "2026-11-24T12:00:30Z", "detail": ""}]}"""


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(pin(1))


def start(cloud: Cloud, **changes: Any) -> Record:
    return Record.start(replace(cloud.world, **changes), "shop", pin(2, "b"), Kind.DEPLOY)


def test_a_row_of_an_older_version_is_read_with_nothing_in_the_newer_fields() -> None:
    row = Release.model_validate(json.loads(OLD))
    assert (row.config_version, row.message, row.attempts, row.release_task) == (None, "", (), "")
    assert row.steps[0].ended is None


def test_a_step_ends_where_the_next_one_begins_and_the_last_one_with_the_release(cloud: Cloud) -> None:
    record = start(cloud)
    record.step("one")
    cloud.clock.sleep(3)
    record.step("two")
    cloud.clock.sleep(4)
    record.succeeded({})
    lengths = [(row.name, (row.ended - row.at).total_seconds()) for row in record.release.steps if row.ended]
    assert lengths == [("one", 3), ("two", 4)]


def test_the_step_in_which_a_release_was_cut_off_has_no_end(cloud: Cloud) -> None:
    record = start(cloud)
    record.step("one")
    cloud.clock.sleep(3)
    record.step("two")
    cloud.clock.sleep(400)
    record.cut_off()
    assert [row.ended is None for row in record.release.steps] == [False, True]
    assert (record.release.verdict, record.release.reason) == (Verdict.FAILED, "cut off")


def test_a_release_says_why_it_was_wanted(cloud: Cloud) -> None:
    assert start(cloud, message="the shop was closed").release.message == "the shop was closed"


def test_a_copy_has_the_tag_the_config_version_and_the_release_process_of_its_original(cloud: Cloud) -> None:
    first = Record.start(cloud.world, "shop", pin(1), Kind.DEPLOY, Origin(tag="v1", config_version=6))
    first.begin_attempt("arn:release:1")
    first.succeeded({})
    copy = Record.start(cloud.world, "shop", pin(2), Kind.ROLLBACK, Origin(copies=first.release.number)).release
    assert (copy.tag, copy.config_version, copy.release_task, copy.attempts) == ("v1", 6, "arn:release:1", ())


def test_an_attempt_is_in_the_ledger_with_its_number_before_it_has_a_task(cloud: Cloud) -> None:
    record = start(cloud)
    record.begin_attempt("arn:release:2")
    written = cloud.ledger.rows["shop", 2]
    assert written.release_task == "arn:release:2"
    assert [(row.number, row.task, row.who) for row in written.attempts] == [(1, "", "me@here")]
    assert written.open_attempt is not None


def test_of_a_finished_release_only_the_attempts_grow_and_its_verdict_stays(cloud: Cloud) -> None:
    record = start(cloud)
    record.attempt_ended(record.begin_attempt("arn:release:2").number, Outcome.FAILED, 1)
    record.failed("exit code 1", Verdict.RELEASE_FAILED)
    record.attempt_ended(record.begin_attempt("arn:release:2").number, Outcome.SUCCEEDED, 0)
    written = cloud.ledger.rows["shop", 2]
    assert [row.outcome for row in written.attempts] == ["failed", "succeeded"]
    assert (written.verdict, written.open_attempt) == (Verdict.RELEASE_FAILED, None)
    cloud.ledger.rows["shop", 2] = written.model_copy(update={"verdict": Verdict.FAILED})
    with pytest.raises(Busy):
        record.begin_attempt("arn:release:2")


def test_limits_of_one_command_come_before_the_settings_and_leave_the_others_alone(cloud: Cloud) -> None:
    limited = within(cloud.world, release_timeout=15).settings.deploy
    assert (limited.release_timeout, limited.timeout) == (15, cloud.world.settings.deploy.timeout)
    assert cloud.world.settings.deploy.release_timeout != 15
    assert within(cloud.world).settings == cloud.world.settings
