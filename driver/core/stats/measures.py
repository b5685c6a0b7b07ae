"""DORA's five of a span of time, and the rule by which each is counted: https://dora.dev/guides/dora-metrics/."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from driver.core.stats.deployments import Deployment

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Counts, and the samples behind each median. What has no sample is None: no deployment is no fail rate of 0."""

    since: datetime
    until: datetime
    deployments: int
    came_to_run: int
    failed: int
    rollbacks: int
    unplanned: int
    leads: tuple[timedelta, ...]
    without_commits: int
    recoveries: tuple[timedelta, ...]
    not_recovered: int

    @property
    def per_day(self) -> float:
        """Deployments that came to run, a day."""
        return self.came_to_run / max((self.until - self.since) / DAY, 1.0)

    @property
    def lead_time(self) -> timedelta | None:
        """The median wait of a commit."""
        return _median(self.leads)

    @property
    def fail_rate(self) -> float | None:
        """Between 0 and 1."""
        return self.failed / self.deployments if self.deployments else None

    @property
    def recovery_time(self) -> timedelta | None:
        """The median time from when a failure was known to when a good release ran again."""
        return _median(self.recoveries)

    @property
    def rework_rate(self) -> float | None:
        """Between 0 and 1."""
        every = self.deployments + self.rollbacks
        return self.unplanned / every if every else None

    def plain(self) -> dict[str, object]:
        """For scripts: times in seconds, rates between 0 and 1."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "deployments": self.deployments,
            "came_to_run": self.came_to_run,
            "failed": self.failed,
            "rollbacks": self.rollbacks,
            "unplanned": self.unplanned,
            "commits": len(self.leads),
            "without_commits": self.without_commits,
            "not_recovered": self.not_recovered,
            "deployment_frequency_per_day": round(self.per_day, 4),
            "change_lead_time_seconds": _seconds(self.lead_time),
            "change_fail_rate": _rounded(self.fail_rate),
            "failed_deployment_recovery_time_seconds": _seconds(self.recovery_time),
            "deployment_rework_rate": _rounded(self.rework_rate),
        }


def measure(found: Iterable[Deployment], since: datetime, until: datetime) -> Measures:
    """The five of the deployments that ended in `[since, until)`, of one app or of several."""
    rows = [row for row in found if since <= row.at < until]
    made = [row for row in rows if not row.rollback]
    failures = [row for row in made if row.noticed is not None]
    return Measures(
        since=since,
        until=until,
        deployments=len(made),
        came_to_run=sum(row.runs for row in made),
        failed=len(failures),
        rollbacks=len(rows) - len(made),
        unplanned=sum(row.unplanned for row in rows),
        leads=tuple(lead for row in made for lead in row.leads or ()),
        without_commits=sum(row.leads is None for row in made if row.runs),
        recoveries=tuple(row.mended - row.noticed for row in failures if row.mended and row.noticed),
        not_recovered=sum(row.mended is None for row in failures),
    )


def periods(since: datetime, until: datetime, length: timedelta) -> Sequence[tuple[datetime, datetime]]:
    """Spans of that length up to `until`, oldest first; the first may be cut short by `since`."""
    ends = [until]
    while ends[-1] - length > since:
        ends.append(ends[-1] - length)
    return [(begin, end) for end, begin in zip(ends, [*ends[1:], since], strict=True)][::-1]


def rules(window: str) -> dict[str, str]:
    """How each of the five is counted; `window` is how long a rollback may come after what it blames."""
    return {
        "deployment frequency": "deploys, promotions and releases of config whose release came to run, a day. Days"
        " count from the first release of the ledger where that is later.",
        "change lead time": "median, over commits, of the time from the commit to the end of the first release that"
        " had it. A rebase or squash commits anew. Of an app's first release the newest commit alone counts.",
        "change fail rate": "deployments whose rollout failed, that left processes on different releases, or that"
        f" somebody rolled back within {window}, of all whose rollout began. A release process that fails is none:"
        " nothing that serves was touched.",
        "failed deployment recovery time": "median of the time from when the failure was known to the end of the next"
        " good release. Known is a rollout's verdict, or the moment when somebody asked for a rollback: when users"
        " noticed is not in the ledger.",
        "deployment rework rate": "rollbacks by people, and the first deployment within"
        f" {window} after a failure, of all deployments and rollbacks.",
    }


def _median(times: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(time.total_seconds() for time in times)) if times else None


def _seconds(time: timedelta | None) -> float | None:
    return None if time is None else round(time.total_seconds(), 1)


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
