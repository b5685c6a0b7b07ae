from datetime import UTC, datetime

import pytest

from driver.core.importing.pushing import check, plan, running, same
from driver.core.values.heroku import HerokuApp, HerokuBuild
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import NotReady, RolloutFailed
from model.releases import Pin, Source

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "fedcba9876543210fedcba9876543210fedcba98"
IMAGE = f"r@sha256:{'a' * 64}"


def released(source: Source | None, image: str | None = IMAGE) -> list[Release]:
    pin = Pin(release=7, image=image, source=source)
    return [
        Release(app="shop", who="me", pin=pin, verdict=Verdict.SUCCEEDED, kind=Kind.DEPLOY, started=datetime.now(UTC))
    ]


def test_the_commit_of_what_runs_is_pushed() -> None:
    assert running("prod", "shop", released(Source(commit=COMMIT))) == (COMMIT, "as shop v7 in prod")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "shop has no release in prod yet"),
        (released(None, image=None), "shop has no release in prod yet"),
        (released(None), "nothing says from which commit shop v7 was built"),
        (released(Source(commit=COMMIT, dirty=True)), "changes that are in no commit"),
    ],
)
def test_what_is_no_commit_can_not_be_the_same_at_heroku(rows: list[Release], words: str) -> None:
    with pytest.raises(NotReady, match=words) as refused:
        running("prod", "shop", rows)
    assert "slipway heroku push prod shop --to HEROKU_APP --commit COMMIT" in refused.value.hint


def test_a_commit_that_runs_at_heroku_is_not_pushed_again() -> None:
    assert plan(HerokuApp(name="acme", commit=COMMIT), COMMIT, "x").needless
    assert not plan(HerokuApp(name="acme", commit=OTHER), COMMIT, "x").needless
    assert not plan(HerokuApp(name="acme"), COMMIT, "x").needless
    assert same(COMMIT, COMMIT[:8])
    assert not same(COMMIT, "")


def test_a_push_is_done_when_heroku_runs_the_commit() -> None:
    push = plan(HerokuApp(name="acme", commit=OTHER), COMMIT, "x")
    check(push, HerokuBuild(id="b", status="succeeded", release=8), HerokuApp(name="acme", commit=COMMIT))
    with pytest.raises(RolloutFailed, match=f"build of {COMMIT[:12]} at acme has failed; it runs {OTHER[:12]}"):
        check(push, HerokuBuild(id="b", status="failed"), HerokuApp(name="acme", commit=OTHER))
    with pytest.raises(RolloutFailed, match="and not released it"):
        check(push, HerokuBuild(id="b", status="succeeded", release=8), HerokuApp(name="acme", commit=OTHER))
