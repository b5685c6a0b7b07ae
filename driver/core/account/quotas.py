"""Whether an environment fits into its account's quotas, and what more to ask AWS for where it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Protocol

from driver.errors import DriverError, NotReady, Unreachable
from model.settings.environment import Settings
from model.sizing.quota_needs import Need, needs
from model.sizing.quotas import QUOTAS, Key, Quota

TIGHT = 0.8
"""The share of a quota above which there is too little left for a bad day."""


class Fit(StrEnum):
    """How a need goes with its quota."""

    FITS = "fits"
    TIGHT = "over 80 %"
    SHORT = "does not fit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A quota's value as AWS answers, the code that it has there, and whether more of it can be asked for.

    `used` is what AWS itself counts of it, where it does.
    """

    code: str
    value: float
    adjustable: bool
    used: float | None = None


@dataclass(frozen=True)
class Usage:
    """What the account uses of a quota, and how much of that is this environment's own."""

    total: float = 0
    ours: float = 0


class Quotas(Protocol):
    """Service Quotas and what the account uses. Every method raises Unreachable, Expired."""

    def limit(self, quota: Quota) -> Limit:
        """The value that holds. Raises NotReady where AWS knows no such quota, or knows its code by another name."""

    def usage(self, settings: Settings, vpc: str | None) -> Mapping[Key, Usage]:
        """What is used now; `vpc` is the environment's, None before it is up. A key that nobody can count is absent."""

    def pending(self, quota: Quota, code: str) -> float | None:
        """The value that was asked for and not decided upon, None where there is no such request."""

    def request(self, quota: Quota, code: str, value: float) -> str:
        """Ask for a higher value; the request's id. Raises NotReady where AWS takes none for that quota."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One quota. What an environment that is up uses already is part of what it needs, and counts once."""

    quota: Quota
    need: Need
    usage: Usage
    limit: Limit | None
    problem: str = ""

    @property
    def used(self) -> float:
        """What the account uses now, counted by us or by AWS."""
        return self.usage.total if self.limit is None else max(self.usage.total, self.limit.used or 0)

    @property
    def expected(self) -> float:
        """What the account would use with this environment at its largest."""
        return max(0.0, self.used - self.usage.ours) + max(self.usage.ours, self.need.amount)

    @property
    def fit(self) -> Fit:
        """How it goes with the quota."""
        if self.limit is None:
            return Fit.UNKNOWN
        if self.expected > self.limit.value:
            return Fit.SHORT
        return Fit.TIGHT if self.expected > TIGHT * self.limit.value else Fit.FITS

    @property
    def wanted(self) -> float:
        """The whole number of which what is expected is no more than 80 %."""
        return float(ceil(self.expected / TIGHT))

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "quota": self.quota.key.value,
            "service": self.quota.service,
            "code": self.quota.code if self.limit is None else self.limit.code,
            "name": self.quota.name,
            "need": self.need.amount,
            "purpose": self.need.purpose,
            "used": self.used,
            "ours": self.usage.ours,
            "expected": self.expected,
            "value": None if self.limit is None else self.limit.value,
            "adjustable": self.limit is not None and self.limit.adjustable,
            "state": self.fit.value,
            "problem": self.problem,
        }


@dataclass(frozen=True, kw_only=True)
class Increase:
    """More of a quota: what to ask for, or why not to."""

    row: Row
    code: str
    value: float
    instead: str = ""


def judge(port: Quotas, settings: Settings, vpc: str | None) -> Sequence[Row]:
    """Every quota that the environment needs some of. Raises Unreachable, Expired."""
    wanted, used = needs(settings), port.usage(settings, vpc)
    return [_row(port, quota, wanted[quota.key], used) for quota in QUOTAS if quota.key in wanted]


def _row(port: Quotas, quota: Quota, need: Need, used: Mapping[Key, Usage]) -> Row:
    usage = used.get(quota.key, Usage())
    try:
        return Row(quota=quota, need=need, usage=usage, limit=port.limit(quota))
    except NotReady as error:
        return Row(quota=quota, need=need, usage=usage, limit=None, problem=error.message)


def increases(port: Quotas, rows: Sequence[Row]) -> Sequence[Increase]:
    """What to ask for, of every quota that is over 80 %; nothing is asked for twice."""
    return [_increase(port, row, row.limit) for row in rows if row.limit and row.fit in {Fit.TIGHT, Fit.SHORT}]


def _increase(port: Quotas, row: Row, limit: Limit) -> Increase:
    if not limit.adjustable:
        return Increase(row=row, code=limit.code, value=row.wanted, instead="AWS raises it for nobody")
    asked = port.pending(row.quota, limit.code)
    instead = "" if asked is None else f"{asked:g} was asked for already, and AWS has not decided"
    return Increase(row=row, code=limit.code, value=row.wanted, instead=instead)


def refusal(env: str, rows: Sequence[Row]) -> DriverError | None:
    """What the command ends with: NotReady where something does not fit, Unreachable where AWS can't be believed."""
    short = [f"{row.quota.name} ({row.expected:g} of {row.limit.value:g})" for row in rows if _short(row) and row.limit]
    if short:
        return NotReady(
            f"{env} does not fit into {', '.join(short)}",
            hint=f"Ask AWS for more: slipway quotas {env} --request. Or lower the scale.",
        )
    unknown = [row.problem for row in rows if row.fit is Fit.UNKNOWN]
    return Unreachable("; ".join(unknown)) if unknown else None


def _short(row: Row) -> bool:
    return row.fit is Fit.SHORT
