"""Rules of what those outside are told of a release."""

from datetime import UTC, datetime

import pytest

from driver.core.ledger.journal import Record
from driver.core.locking import held
from driver.core.values import notification
from driver.core.values.release import Kind, Release, Verdict
from model.releases import Pin, Source
from model.settings.notify import Occasion
from tests.driver.core.fake_platform import Cloud, pin

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def release(kind: Kind = Kind.DEPLOY, verdict: Verdict = Verdict.STARTED, copies: int | None = None) -> Release:
    made = Pin(release=4, image=f"0.dkr/shop@sha256:{'a' * 64}", source=Source(commit="1a2b3c4d5e6f"))
    return Release(
        app="shop",
        pin=made,
        kind=kind,
        who="me@here",
        started=AT,
        tag="master-1",
        verdict=verdict,
        copies=copies,
        finished=None if verdict is Verdict.STARTED else AT,
        reason="web: it crashed" if verdict is Verdict.FAILED else "",
    )


@pytest.mark.parametrize(
    ("row", "occasion", "red", "words"),
    [
        (release(), Occasion.STARTED, False, "shop v4 in dev is being released (master-1, commit 1a2b3c4d5e"),
        (release(verdict=Verdict.SUCCEEDED), Occasion.SUCCEEDED, False, "shop v4 in dev runs"),
        (release(verdict=Verdict.FAILED), Occasion.FAILED, True, "shop v4 in dev failed: web: it crashed"),
        (release(verdict=Verdict.RELEASE_FAILED), Occasion.FAILED, True, "shop v4 in dev failed"),
        (release(Kind.CONFIG), Occasion.STARTED, False, "shop v4 in dev is being released"),
        (release(Kind.ROLLBACK, copies=2), Occasion.STARTED, True, "shop v4 in dev is going back to v2"),
        (release(Kind.ROLLBACK, Verdict.SUCCEEDED, 2), Occasion.ROLLBACK, True, "runs: it went back to v2"),
        (release(Kind.GOING_BACK, Verdict.SUCCEEDED, 2), Occasion.ROLLBACK, True, "runs: it went back to v2"),
    ],
)
def test_what_goes_back_or_fails_is_red_and_the_rest_is_not(
    row: Release, occasion: Occasion, red: bool, words: str
) -> None:
    note = notification.note("dev", row)
    assert note.occasion is occasion
    assert ("rollback" in note.tags, "deploy" in note.tags) == (red, not red)
    assert set(note.tags) >= {"slipway", "env:dev", "app:shop", "release:v4"} == set(note.key)
    assert words in note.text
    assert "by me@here" in note.text


def test_a_release_is_told_of_at_its_start_and_at_its_end_and_the_command_waits_for_that_once() -> None:
    cloud = Cloud(pin(1))
    with held(cloud.world, "shop", "deploy", 0, lambda _line: None):
        record = Record.start(cloud.world, "shop", pin(2), Kind.DEPLOY)
        record.step("roll out")
        record.failed("web: it crashed\nlog line with what nobody should see")
        assert cloud.marks.finished == 0
    assert [(note.occasion, note.finished is None) for note in cloud.marks.notes] == [
        (Occasion.STARTED, True),
        (Occasion.FAILED, False),
    ]
    assert "log line" not in str(cloud.marks.notes[1])
    assert cloud.marks.finished == 1
