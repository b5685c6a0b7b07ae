from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from driver.core.stats.commits import Commit, History
from driver.core.stats.deployments import of_app
from driver.core.stats.measures import measure, periods, rules
from driver.core.stats.report import Asked, report
from driver.core.values.release import Kind, Release, Step, Verdict
from model.releases import Pin, Source

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROLLED = (Step(name="run the release process", at=NOON), Step(name="roll out", at=NOON))
ASKED = Asked(since=NOON - DAY, until=NOON + 30 * DAY, period=7 * DAY, window=DAY)
GOOD, BAD = Verdict.SUCCEEDED, Verdict.FAILED


def release(
    number: int,
    hours: float,
    verdict: Verdict = GOOD,
    kind: Kind = Kind.DEPLOY,
    commit: str | None = None,
    app: str = "shop",
) -> Release:
    """One that began so many hours after NOON and took six minutes."""
    began = NOON + hours * HOUR
    open_ = verdict is Verdict.STARTED
    return Release(
        app=app,
        pin=Pin(release=number, source=Source(commit=commit) if commit else None),
        kind=kind,
        who="me",
        started=began,
        verdict=verdict,
        finished=None if open_ else began + 0.1 * HOUR,
        steps=() if verdict is Verdict.RELEASE_FAILED else ROLLED,
    )


def measured(*oldest_first: Release, history: History | None = None):
    found = of_app(oldest_first[::-1], history or {}, DAY)
    return measure(found, ASKED.since, ASKED.until)


def test_nothing_is_none_and_not_zero() -> None:
    nothing = measured()
    assert (nothing.fail_rate, nothing.rework_rate, nothing.lead_time, nothing.recovery_time) == (None,) * 4
    assert nothing.per_day == 0


def test_a_release_process_that_fails_is_no_deployment_and_one_without_end_is_none_yet() -> None:
    found = measured(release(1, 0), release(2, 1, Verdict.RELEASE_FAILED), release(3, 2, Verdict.STARTED))
    assert (found.deployments, found.failed) == (1, 0)


def test_a_failed_rollout_recovers_when_going_back_has_ended_and_not_with_the_next_deploy() -> None:
    found = measured(release(1, 0), release(2, 1, BAD), release(3, 1.1, kind=Kind.GOING_BACK), release(4, 9))
    assert (found.deployments, found.came_to_run, found.failed) == (3, 2, 1)
    assert found.recoveries == (0.1 * HOUR,)
    # The deploy after it is its repair; going back is nobody's.
    assert (found.unplanned, found.rollbacks) == (1, 0)


def test_where_going_back_failed_too_it_recovers_with_the_next_good_release() -> None:
    found = measured(release(1, 0), release(2, 1, BAD), release(3, 1.1, BAD, Kind.GOING_BACK), release(4, 3))
    assert found.recoveries == (2 * HOUR,)
    assert (found.failed, found.not_recovered) == (1, 0)


def test_what_nobody_mended_is_told_and_in_no_median() -> None:
    found = measured(release(1, 0), release(2, 1, BAD))
    assert (found.not_recovered, found.recovery_time) == (1, None)


def test_a_rollback_blames_what_ran_and_recovery_runs_from_when_it_was_asked_for_not_from_the_deploy() -> None:
    found = measured(release(1, 0), release(2, 1), release(3, 6, kind=Kind.ROLLBACK), release(4, 8), release(5, 9))
    assert (found.deployments, found.failed, found.rollbacks) == (4, 1, 1)
    assert found.recovery_time == 0.1 * HOUR
    assert found.unplanned == 2
    assert found.rework_rate == 2 / 5


def test_a_rollback_of_what_ran_for_long_blames_nothing_and_is_unplanned_all_the_same() -> None:
    found = measured(release(1, 0), release(2, 1), release(3, 26, kind=Kind.ROLLBACK))
    assert (found.failed, found.unplanned) == (0, 1)


def test_a_rollback_past_several_blames_the_one_that_ran() -> None:
    found = measured(release(1, 0), release(2, 1), release(3, 2), release(4, 3, kind=Kind.ROLLBACK))
    assert (found.failed, found.deployments) == (1, 3)


def test_a_rollback_that_failed_mends_nothing() -> None:
    found = measured(
        release(1, 0),
        release(2, 1, BAD),
        release(3, 1.2, BAD, Kind.GOING_BACK),
        release(4, 2, BAD, Kind.ROLLBACK),
        release(5, 4),
    )
    assert found.recoveries == (3 * HOUR,)
    assert found.failed == 1


def test_processes_on_different_releases_are_a_failure_that_ran() -> None:
    found = measured(release(1, 0, Verdict.MIXED), release(2, 1))
    assert (found.came_to_run, found.failed) == (2, 1)


def test_an_adoption_is_another_tools() -> None:
    assert measured(release(1, 0, kind=Kind.ADOPTION)).deployments == 0


def test_a_failure_of_one_app_is_mended_by_no_other() -> None:
    ledger = {
        "shop": [release(2, 1, BAD), release(1, 0)],
        "blog": [release(1, 2, app="blog")],
    }
    found = report(ledger, {}, ASKED)
    assert (found.every.not_recovered, found.every.unplanned) == (1, 0)
    assert found.apps["blog"].failed == 0


LINE = {f"c{number}": Commit(at=NOON + (number - 10) * HOUR, parents=(f"c{number - 1}",)) for number in range(1, 10)}


def test_each_commit_counts_once_and_of_a_first_release_the_newest_alone() -> None:
    found = measured(
        release(1, 0, commit="c3"), release(2, 1, BAD, commit="c5"), release(3, 2, commit="c6"), history=LINE
    )
    # c3 waited for 7 hours until the first had ended; c4, c5 and c6 came to run with the third alone.
    assert sorted(found.leads) == [6.1 * HOUR, 7.1 * HOUR, 7.1 * HOUR, 8.1 * HOUR]


def test_to_deploy_again_what_was_rolled_back_brings_no_commit_anew() -> None:
    found = measured(
        release(1, 0, commit="c3"),
        release(2, 1, commit="c4"),
        release(3, 2, kind=Kind.ROLLBACK, commit="c3"),
        release(4, 3, commit="c4"),
        history=LINE,
    )
    assert len(found.leads) == 2
    assert found.without_commits == 0


def test_commits_of_a_merge_count_and_those_that_git_does_not_know_are_told() -> None:
    merge = {"m": Commit(at=NOON, parents=("c3", "b")), "b": Commit(at=NOON - HOUR, parents=("c2",)), **LINE}
    found = measured(release(1, 0, commit="c3"), release(2, 1, commit="m"), release(3, 2, commit="x"), history=merge)
    assert sorted(found.leads)[:2] == [1.1 * HOUR, 2.1 * HOUR]
    assert found.without_commits == 1


def test_a_clock_that_is_ahead_makes_no_wait_below_zero() -> None:
    ahead = {"c": Commit(at=NOON + DAY)}
    assert measured(release(1, 0, commit="c"), history=ahead).leads == (timedelta(),)


def test_a_young_ledger_is_not_divided_by_days_before_it_began() -> None:
    young = report(
        {"shop": [release(2, 25), release(1, 0)]},
        {},
        Asked(since=NOON - 90 * DAY, until=NOON + 2 * DAY, period=7 * DAY, window=DAY),
    )
    assert young.every.per_day == 1


def test_a_busy_first_hour_is_no_hundred_a_day() -> None:
    asked = Asked(since=NOON - 90 * DAY, until=NOON + HOUR, period=DAY, window=DAY)
    assert report({"shop": [release(1, 0)]}, {}, asked).every.per_day == 1


def test_what_was_before_the_span_says_what_a_release_brought_and_is_not_counted() -> None:
    asked = Asked(since=NOON + 1.5 * HOUR, until=NOON + DAY, period=DAY, window=DAY)
    found = report({"shop": [release(2, 2, commit="c4"), release(1, 0, commit="c3")]}, LINE, asked)
    assert (found.every.deployments, len(found.every.leads)) == (1, 1)


def test_every_rule_has_its_number() -> None:
    names = [name.replace(" ", "_") for name in rules("24h")]
    plain = measured().plain()
    assert [name for name in names if not any(key.startswith(name) for key in plain)] == []


@given(st.integers(1, 400), st.sampled_from([1, 7, 30]))
def test_periods_cover_the_span_without_gap_or_overlap(hours: int, days: int) -> None:
    found = periods(NOON, NOON + hours * HOUR, days * DAY)
    assert (found[0][0], found[-1][1]) == (NOON, NOON + hours * HOUR)
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert all(timedelta() < end - begin <= days * DAY for begin, end in found)


KINDS = [Kind.DEPLOY, Kind.CONFIG, Kind.ROLLBACK, Kind.GOING_BACK, Kind.PROMOTE, Kind.ADOPTION]


@given(st.lists(st.tuples(st.sampled_from(list(Verdict)), st.sampled_from(KINDS), st.integers(0, 40)), max_size=12))
def test_whatever_the_ledger_has_parts_are_no_more_than_their_whole(rows: list[tuple[Verdict, Kind, int]]) -> None:
    hours = 0
    made = []
    for number, (verdict, kind, wait) in enumerate(rows, 1):
        hours += wait + 1
        made.append(release(number, hours, verdict, kind))
    found = measured(*made)
    assert found.failed <= found.deployments
    assert found.unplanned <= found.deployments + found.rollbacks
    assert len(found.recoveries) + found.not_recovered == found.failed
    assert all(time >= timedelta() for time in found.recoveries)
    split = [measure(of_app(made[::-1], {}, DAY), *span) for span in periods(ASKED.since, ASKED.until, DAY)]
    assert sum(row.deployments for row in split) == found.deployments
