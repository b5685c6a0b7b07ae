"""The eight promises, and what a run has found of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Promise(IntEnum):
    """What Slipway promises, by its number."""

    TWO_WAY = 1
    A_RELEASE_IS_WHOLE = 2
    ALL_OR_NONE = 3
    THE_EXIT_CODE_IS_TRUE = 4
    A_FAILED_RELEASE_PHASE_TOUCHES_NOTHING = 5
    NO_SECRET_LEAKS = 6
    KILL_IT_ANYWHERE = 7
    PLAIN_AWS = 8


WORDS = {
    Promise.TWO_WAY: "`up` undoes no deploy, rollback or scale, and a deploy changes no infrastructure",
    Promise.A_RELEASE_IS_WHOLE: "a release is image and config together, and a rollback brings both back",
    Promise.ALL_OR_NONE: "all processes of an app move together, or none",
    Promise.THE_EXIT_CODE_IS_TRUE: "the exit code tells the truth about the rollout",
    Promise.A_FAILED_RELEASE_PHASE_TOUCHES_NOTHING: "a failed release process leaves what serves untouched",
    Promise.NO_SECRET_LEAKS: "no value of a variable is in state, task definitions, files or messages",
    Promise.KILL_IT_ANYWHERE: "a killed driver is simply run again, and two deploys never mix",
    Promise.PLAIN_AWS: "all of it is plain AWS resources, which AWS's own tools can work with",
}


class Outcome(StrEnum):
    """What became of a stage, or of a promise."""

    HELD = "held"
    BROKEN = "broken"
    UNTRIED = "could not be tried"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one stage has found of one promise; `seconds` is how long it took, `codes` are AWS's error codes in it."""

    stage: str
    promise: Promise
    outcome: Outcome
    reason: str = ""
    seconds: float = 0.0
    codes: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {
            "stage": self.stage,
            "promise": int(self.promise),
            "outcome": str(self.outcome),
            "reason": self.reason,
            "seconds": round(self.seconds, 1),
            "codes": list(self.codes),
        }


@dataclass(frozen=True, kw_only=True)
class Report:
    """All findings of a run, and what was left behind when everything had been taken down."""

    env: str
    region: str
    findings: Sequence[Finding] = ()
    left: Sequence[str] = ()

    def of(self, promise: Promise) -> Outcome:
        """Broken if any stage has broken it, held if one has held it and none was left out for good."""
        found = {row.outcome for row in self.findings if row.promise is promise}
        if Outcome.BROKEN in found:
            return Outcome.BROKEN
        return Outcome.HELD if Outcome.HELD in found else Outcome.UNTRIED

    @property
    def broken(self) -> list[Promise]:
        """The promises that do not hold here."""
        return [promise for promise in Promise if self.of(promise) is Outcome.BROKEN]

    @property
    def untried(self) -> list[Promise]:
        """The promises of which nothing is known."""
        return [promise for promise in Promise if self.of(promise) is Outcome.UNTRIED]

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """A row for each promise: its number and words, the outcome, and why it is that where it is not held."""
        return [(f"{promise:d}. {WORDS[promise]}", str(self.of(promise)), self._why(promise)) for promise in Promise]

    def _why(self, promise: Promise) -> str:
        worst = self.of(promise)
        if worst is Outcome.HELD:
            return ""
        rows = [row for row in self.findings if row.promise is promise and row.outcome is worst]
        return "; ".join(f"{row.stage}: {row.reason}" for row in rows)

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {
            "env": self.env,
            "region": self.region,
            "promises": {str(int(promise)): str(self.of(promise)) for promise in Promise},
            "findings": [row.plain() for row in self.findings],
            "left": list(self.left),
        }
