"""What a preflight finds: each finding has a code that stays the same, and some can be overridden by it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from driver.errors import DriverError, InvalidInput, NotReady, Unreachable

Answer = TypeVar("Answer")


class Code(StrEnum):
    """What kind of finding it is; docs/preflight.md has a row for each."""

    PLATFORM = "platform"
    PROCESSES = "processes"
    GONE = "gone"
    LEDGER = "ledger"
    IMAGE = "image"
    CONFIG = "config"
    SIZE = "size"
    SECRET = "secret"
    FOREIGN_CHANGES = "foreign-changes"
    NO_WAY_BACK = "no-way-back"
    ALARM_FIRING = "alarm-firing"
    FREE_ADDRESSES = "free-addresses"
    SESSION_TOO_SHORT = "session-too-short"
    LEASE_TOO_SHORT = "lease-too-short"


OVERRIDABLE = frozenset({
    Code.NO_WAY_BACK, Code.ALARM_FIRING, Code.FREE_ADDRESSES, Code.SESSION_TOO_SHORT, Code.LEASE_TOO_SHORT,
})  # fmt: skip
"""What may go well all the same; with any other finding a deploy can't go well."""


@dataclass(frozen=True)
class Finding:
    """One thing that is in the way: a sentence, and what to do."""

    code: Code
    message: str
    hint: str = ""

    @property
    def overridable(self) -> bool:
        """Whether --force may name it."""
        return self.code in OVERRIDABLE


@dataclass(frozen=True, kw_only=True)
class Report:
    """All findings of a preflight, with what could not be asked, and the codes that --force names."""

    findings: Sequence[Finding] = ()
    unasked: Sequence[Unreachable] = ()
    force: frozenset[Code] = frozenset()

    @property
    def overridden(self) -> list[Finding]:
        """The findings that --force names."""
        return [row for row in self.findings if row.code in self.force]

    @property
    def blocking(self) -> list[Finding]:
        """The findings that stop the command."""
        return [row for row in self.findings if row.code not in self.force]

    @property
    def ready(self) -> bool:
        """Whether nothing is in the way and everything was answered."""
        return not self.blocking and not self.unasked

    def refusal(self, what: str) -> DriverError | None:
        """The error that lists everything; None when it can go on. What was found weighs more than what was not
        answered: it does not go away by itself."""
        if self.ready:
            return None
        if len(self.blocking) + len(self.unasked) == 1:
            return self._only()
        lines = [f"  {line}" for row in self.blocking for line in _lines(row)]
        lines += [f"  not answered: {row.message}" for row in self.unasked]
        message = "\n".join([f"{what} can't begin; nothing was changed:", *lines])
        return NotReady(message) if self.blocking else Unreachable(message, hint=self.unasked[0].hint)

    def _only(self) -> DriverError:
        if self.unasked:
            return self.unasked[0]
        row = self.blocking[0]
        return NotReady(row.message, hint=" ".join(part for part in (row.hint, _force(row)) if part))


def _lines(row: Finding) -> list[str]:
    advice = " ".join(part for part in (row.hint, _force(row)) if part)
    return [f"{row.code}: {row.message}", *([f"  {advice}"] if advice else [])]


def _force(row: Finding) -> str:
    return f"If that is meant: --force {row.code}" if row.overridable else ""


def parse_force(names: Iterable[str]) -> frozenset[Code]:
    """The codes that --force names. Raises InvalidInput for one that is unknown or can't be overridden."""
    known = {str(code): code for code in Code}
    offered = f"These can be: {', '.join(sorted(OVERRIDABLE))}."
    found = set()
    for name in names:
        if name not in known:
            raise InvalidInput(f"--force {name}: there is no such finding", hint=offered)
        if known[name] not in OVERRIDABLE:
            raise InvalidInput(f"--force {name}: that can't be overridden", hint=offered)
        found.add(known[name])
    return frozenset(found)


@dataclass
class Questions:
    """Asks one thing after the other, so that one that fails does not hide the rest."""

    findings: list[Finding] = field(default_factory=list)
    unasked: list[Unreachable] = field(default_factory=list)

    def ask(self, code: Code, question: Callable[[], Answer]) -> Answer | None:
        """The answer; None when it is a finding, or there was none. Any other error is for the caller."""
        try:
            return question()
        except NotReady as error:
            self.findings.append(Finding(code, error.message, error.hint))
        except Unreachable as error:
            self.not_answered(error)
        return None

    def add(self, *findings: Finding) -> None:
        """Findings that somebody else made."""
        self.findings += findings

    def not_answered(self, error: Unreachable) -> None:
        """Something that could not be asked; what is asked twice is told of once."""
        if error.message not in {row.message for row in self.unasked}:
            self.unasked.append(error)

    def report(self, force: frozenset[Code]) -> Report:
        """What was found so far."""
        return Report(findings=tuple(self.findings), unasked=tuple(self.unasked), force=force)
