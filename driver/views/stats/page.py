"""The five numbers of an environment as a page: their values, of which apps, week by week, and how each is counted."""

from collections.abc import Sequence
from textwrap import wrap

from driver import console
from driver.core.stats.measures import Measures, rules
from driver.core.stats.report import Report
from driver.views.spans import span

BAR = 30
"""Characters of the longest bar."""
WIDTH = 80
RAN, FAILED = "█", "░"


def page(env: str, report: Report, window: str) -> str:
    """All of it, no wider than a terminal of 80 columns."""
    every = report.every
    head = f"{env}, {_many(len(report.apps), 'app')}, {every.since:%Y-%m-%d} to {every.until:%Y-%m-%d}"
    if not every.deployments and not every.rollbacks:
        return f"{head}: no deployment has ended in this time"
    parts = [head, "", console.columns(("measure", "value", "of"), _five(every))]
    if notes := _notes(report):
        parts += ["", *notes]
    if len(report.apps) > 1:
        parts += ["", console.columns(("app", "a day", "lead time", "fail rate", "recovery", "rework"), _apps(report))]
    parts += ["", *bars(report.periods), "", "How each is counted", *_rules(window)]
    return "\n".join(parts)


def bars(periods: Sequence[Measures]) -> list[str]:
    """A bar a period: one block is one deployment, or several where there are many; failed ones are hollow."""
    most = max((row.deployments for row in periods), default=0)
    scale = max(1, -(-most // BAR))
    lines = [f"DEPLOYMENTS  {RAN} {_each(scale)}, {FAILED} failed"]
    for row in periods:
        failed = -(-row.failed // scale)
        bar = RAN * (-(-row.deployments // scale) - failed) + FAILED * failed
        count = f"{row.deployments}, {row.failed} failed" if row.failed else f"{row.deployments}"
        lines.append(f"{row.since:%Y-%m-%d}  {bar}{' ' * bool(bar)}{count}")
    return lines


def percent(rate: float | None) -> str:
    """A rate between 0 and 1 as people read it; `-` where there is none."""
    return "-" if rate is None else f"{100 * rate:.1f} %"


def _each(scale: int) -> str:
    return "is one" if scale == 1 else f"is {scale}"


def often(per_day: float) -> str:
    """A frequency in the unit in which it is a number of at least 1, up to a month."""
    for days, unit in ((1, "day"), (7, "week")):
        if per_day * days >= 1:
            return f"{per_day * days:.1f} a {unit}"
    return f"{per_day * 30:.1f} a month"


def _five(row: Measures) -> list[tuple[str, str, str]]:
    days = max(round((row.until - row.since).total_seconds() / 86400), 1)
    unknown = f"; {_many(row.without_commits, 'deploy')} without" if row.without_commits else ""
    left = f"; {row.not_recovered} not recovered yet" if row.not_recovered else ""
    return [
        ("deployment frequency", often(row.per_day), f"{row.came_to_run} that came to run in {days} days"),
        ("change lead time", span(row.lead_time), f"median of {_many(len(row.leads), 'commit')}{unknown}"),
        ("change fail rate", percent(row.fail_rate), f"{row.failed} of {row.deployments} deployments"),
        ("failed deployment recovery", span(row.recovery_time), f"median of {len(row.recoveries)}{left}"),
        (
            "deployment rework rate",
            percent(row.rework_rate),
            f"{row.unplanned} of {row.deployments + row.rollbacks} deployments and rollbacks",
        ),
    ]


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _apps(report: Report) -> list[tuple[str, ...]]:
    return [
        (
            name,
            f"{row.per_day:.2f}",
            span(row.lead_time),
            percent(row.fail_rate),
            span(row.recovery_time),
            percent(row.rework_rate),
        )
        for name, row in report.apps.items()
    ]


def _notes(report: Report) -> list[str]:
    notes = []
    if report.stopped:
        notes.append(f"{report.stopped} more ended before their rollout; nothing that serves was touched")
    if report.unfinished:
        notes.append(f"{report.unfinished} have no end in the ledger, and are not counted")
    if report.every.without_commits and not report.every.leads:
        notes.append("lead times need the commits: give --path, the folder where the app's repository is checked out")
    return notes


def _rules(window: str) -> list[str]:
    lines = []
    for name, text in rules(window).items():
        lines += wrap(f"{name}: {text}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    return lines
