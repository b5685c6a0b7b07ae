"""The numbers of an environment: of all its apps, of each, and period by period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from driver.core.stats.commits import History
from driver.core.stats.deployments import of_app, open_releases, stopped_before
from driver.core.stats.measures import Measures, measure, periods
from driver.core.values.release import Release


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for: the span, the length of a period, and how long a rollback may come after what it blames."""

    since: datetime
    until: datetime
    period: timedelta
    window: timedelta


@dataclass(frozen=True, kw_only=True)
class Report:
    """`stopped` is how many releases ended before their rollout, `unfinished` how many nobody knows the end of."""

    every: Measures
    apps: Mapping[str, Measures]
    periods: Sequence[Measures]
    stopped: int
    unfinished: int

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "all": self.every.plain(),
            "apps": {name: row.plain() for name, row in self.apps.items()},
            "periods": [row.plain() for row in self.periods],
            "ended_before_rollout": self.stopped,
            "unfinished": self.unfinished,
        }


def report(releases: Mapping[str, Sequence[Release]], history: History, asked: Asked) -> Report:
    """The numbers of the releases of each app, newest first; failures are of one app each, samples of all together.

    All that the ledger has goes in, since what came before the span says what a release brought.
    """
    found = {app: of_app(rows, history, asked.window) for app, rows in releases.items()}
    everything = [row for rows in found.values() for row in rows]
    firsts = {app: rows[-1].started for app, rows in releases.items() if rows}
    begin = max(asked.since, min(firsts.values(), default=asked.since))
    stopped = [row for rows in releases.values() for row in stopped_before(rows)]
    return Report(
        every=measure(everything, begin, asked.until),
        apps={app: measure(rows, max(begin, firsts.get(app, begin)), asked.until) for app, rows in found.items()},
        periods=[measure(everything, *span) for span in periods(begin, asked.until, asked.period)],
        stopped=sum(row.finished is not None and begin <= row.finished < asked.until for row in stopped),
        unfinished=sum(open_releases(rows) for rows in releases.values()),
    )
