"""Which releases count as deployments, which of them failed, when that was mended, and which nobody had planned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from driver.core.ledger.journal import ROLL_OUT
from driver.core.stats.commits import History, Shipped
from driver.core.values.release import RUNS, Kind, Release, Verdict

DEPLOYMENTS = frozenset({Kind.DEPLOY, Kind.PROMOTE, Kind.CONFIG})
"""What people release. Going back is our own doing, an adoption another tool's, a rollback the answer to a failure."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment, or one rollback by a person; `at` is its end.

    `failure` is why it counts as failed, `noticed` when that was known and `mended` when a good one ran again.
    `leads` are the waits of its commits, None where its commit is not known or it brought none to run.
    """

    app: str
    version: str
    at: datetime
    runs: bool
    rollback: bool = False
    unplanned: bool = False
    failure: str = ""
    noticed: datetime | None = None
    mended: datetime | None = None
    leads: tuple[timedelta, ...] | None = None


def of_app(releases: Sequence[Release], history: History, window: timedelta) -> list[Deployment]:
    """The deployments of an app, oldest first; `releases` newest first, all that there are.

    A rollback blames what ran before it if that had come to run within `window`, and what is released within `window`
    of a failure is its repair.
    """
    rows = [row for row in reversed(releases) if row.finished is not None and _counts(row)]
    shipped = Shipped(history)
    found = [_plain(row, shipped) for row in rows if row.kind is not Kind.GOING_BACK]
    return _unplanned(_failures(rows, found, window), window)


def open_releases(releases: Sequence[Release]) -> int:
    """Those of which nobody knows yet how they ended."""
    return sum(row.finished is None for row in releases)


def stopped_before(releases: Sequence[Release]) -> list[Release]:
    """Those that ended before their rollout, as by a release process that failed: nothing that serves was touched."""
    return [row for row in releases if row.finished is not None and row.kind in DEPLOYMENTS and not _counts(row)]


def _counts(release: Release) -> bool:
    """Whether its rollout began, and it is not another tool's."""
    rolled = release.verdict in RUNS or any(step.name == ROLL_OUT for step in release.steps)
    return rolled and release.verdict is not Verdict.RELEASE_FAILED and release.kind is not Kind.ADOPTION


def _plain(release: Release, shipped: Shipped) -> Deployment:
    """It alone, without what came after it."""
    runs, at = release.verdict in RUNS, release.finished or release.started
    failed = not runs or release.verdict is Verdict.MIXED
    rollback = release.kind is Kind.ROLLBACK
    return Deployment(
        app=release.app,
        version=release.version,
        at=at,
        runs=runs,
        rollback=rollback,
        failure=f"{release.verdict}: {release.reason}".rstrip(": ") if failed and not rollback else "",
        noticed=at if failed and not rollback else None,
        leads=_leads(release, at, shipped) if runs and not rollback else None,
    )


def _leads(release: Release, at: datetime, shipped: Shipped) -> tuple[timedelta, ...] | None:
    source = release.pin.source
    commits = shipped.add(source.commit) if source and source.commit else None
    # Clocks differ: nothing waited for less than no time.
    return None if commits is None else tuple(max(at - row.at, timedelta()) for row in commits)


def _failures(rows: Sequence[Release], found: Sequence[Deployment], window: timedelta) -> list[Deployment]:
    """With those that a rollback blames, and with the end of each failure."""
    blamed = _blamed(rows, window)
    marked = [_undone(one, blamed.get(one.version)) for one in found]
    return [one if one.noticed is None else replace(one, mended=_mended(rows, one, one.noticed)) for one in marked]


def _blamed(rows: Sequence[Release], window: timedelta) -> dict[str, Release]:
    """Which releases a rollback blames: what ran before it, if that had come to run not long before."""
    blamed: dict[str, Release] = {}
    before: Release | None = None
    for row in (one for one in rows if one.verdict in RUNS):
        if row.kind is Kind.ROLLBACK and before is not None and _lately(before, row, window):
            blamed[before.version] = row
        before = row
    return blamed


def _lately(before: Release, rollback: Release, window: timedelta) -> bool:
    """Whether a rollback was asked for so soon after a deployment that it is an answer to that."""
    ended = before.finished
    return before.kind in DEPLOYMENTS and ended is not None and rollback.started - ended <= window


def _undone(one: Deployment, rollback: Release | None) -> Deployment:
    """A deployment as it is once a rollback has told that it failed: when that was asked for is all that is known."""
    if rollback is None or one.failure:
        return one
    return replace(one, failure=f"rolled back by {rollback.version}", noticed=rollback.started)


def _mended(rows: Sequence[Release], failed: Deployment, noticed: datetime) -> datetime | None:
    """When a good release ran again: after going back, a rollback, or the next deployment."""
    for row in rows:
        later = row.finished is not None and row.finished >= noticed and row.version != failed.version
        if later and row.verdict in {Verdict.SUCCEEDED, Verdict.NOT_PROVEN}:
            return row.finished
    return None


def _unplanned(found: Sequence[Deployment], window: timedelta) -> list[Deployment]:
    """Rollbacks, and the first deployment after each failure."""
    done = []
    failure: datetime | None = None
    for one in found:
        repair = failure is not None and one.at - failure <= window
        done.append(replace(one, unplanned=one.rollback or repair))
        if not one.rollback:
            failure = one.noticed
    return done
