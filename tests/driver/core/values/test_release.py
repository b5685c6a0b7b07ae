"""Rules of the ledger's values."""

from datetime import UTC, datetime

import pytest

from driver.core.release.rollback import key_changes
from driver.core.values import release as ledger
from driver.core.values.release import Kind, Release, Verdict
from model.releases import Pin

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def image(letter: str) -> str:
    return f"000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:{letter * 64}"


def release(number: int, verdict: Verdict = Verdict.SUCCEEDED, *, code: str = "a", config: str = "c1") -> Release:
    pin = Pin(release=number, image=image(code), config=config)
    return Release(app="shop", pin=pin, kind=Kind.DEPLOY, who="me@here", started=AT, verdict=verdict)


def test_the_last_good_release_is_the_newest_that_succeeded() -> None:
    rows = [release(4, Verdict.STARTED), release(3, Verdict.FAILED), release(2), release(1)]
    assert ledger.last_good(rows) == rows[2]
    assert ledger.unfinished(rows) == rows[:1]
    assert ledger.last_good([release(1, Verdict.RELEASE_FAILED)]) is None


def test_a_rollback_is_offered_good_releases_of_other_content_each_once() -> None:
    rows = [
        release(6, code="b"),
        release(5, Verdict.FAILED, code="e"),
        release(4, code="b"),
        release(3, code="c"),
        release(2, code="c"),
        release(1, code="c", config="c0"),
    ]
    assert [row.number for row in ledger.choices(rows, 6)] == [3, 1]


def test_no_more_releases_are_offered_than_are_kept() -> None:
    rows = [release(number, config=f"c{number}") for number in range(40, 0, -1)]
    assert [row.number for row in ledger.choices(rows, 40)] == list(range(39, 39 - ledger.DEPTH, -1))


def test_a_release_comes_back_from_json_as_it_was() -> None:
    steps = (ledger.Step(name="roll out", at=AT, detail="arn:aws:ecs:one"),)
    row = release(7).model_copy(update={"steps": steps, "tag": "master-1", "copies": 3, "finished": AT})
    assert Release.model_validate(row.model_dump(mode="json")) == row


@pytest.mark.parametrize(
    ("current", "target", "changes"),
    [
        (("A", "B"), ("A", "B"), ([], [])),
        (("A", "B"), ("B", "C"), (["C"], ["A"])),
    ],
)
def test_the_variables_that_come_and_go_are_named(
    current: tuple[str, ...], target: tuple[str, ...], changes: tuple[list[str], list[str]]
) -> None:
    assert key_changes(Pin(release=2, keys=current), Pin(release=1, keys=target)) == changes
