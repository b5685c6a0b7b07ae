"""The ledger's values: what happened to each release of an app, and which releases one may go back to."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from spec.model import Model
from spec.releases import Pin

DEPTH = 15
"""So many good releases can be gone back to: what they refer to in ECR and Secrets Manager is kept."""


class Verdict(StrEnum):
    """What became of a release. STARTED is not a failure: nobody has written down how it ended."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    RELEASE_FAILED = "release-failed"
    FAILED = "failed"


class Kind(StrEnum):
    """How a release came about. GOING_BACK is our own doing, after one that failed; ROLLBACK is a person's."""

    DEPLOY = "deploy"
    CONFIG = "config"
    ROLLBACK = "rollback"
    GOING_BACK = "going back"


class Step(Model):
    """One step that was begun; `detail` is the ARN of what it started, if anything."""

    name: str
    at: datetime
    detail: str = ""


class Release(Model):
    """One release. Its pin has the task definitions of all processes once it has succeeded.

    `copies` is the release whose code and config it has, `reason` one sentence on how it ended, without log lines.
    """

    app: str
    pin: Pin
    kind: Kind
    who: str
    started: datetime
    tag: str = ""
    verdict: Verdict = Verdict.STARTED
    finished: datetime | None = None
    steps: tuple[Step, ...] = Field(default=())
    copies: int | None = None
    reason: str = ""

    @property
    def number(self) -> int:
        """The release number."""
        return self.pin.release

    @property
    def version(self) -> str:
        """The number as people write it."""
        return self.pin.version

    def numbered(self, number: int) -> "Release":
        """The same release under another number."""
        return self.model_copy(update={"pin": self.pin.model_copy(update={"release": number})})


def last_good(releases: Sequence[Release]) -> Release | None:
    """The newest release that succeeded; `releases` newest first, as everywhere here."""
    return next((row for row in releases if row.verdict is Verdict.SUCCEEDED), None)


def unfinished(releases: Sequence[Release]) -> list[Release]:
    """The releases of which nobody knows how they ended, newest first."""
    return [row for row in releases if row.verdict is Verdict.STARTED]


def choices(releases: Sequence[Release], current: int) -> list[Release]:
    """What a rollback may go to: good releases older than the current one, each content once, newest first."""
    running = next((row for row in releases if row.number == current), None)
    seen = {_content(running.pin)} if running is not None else set()
    found = []
    for row in releases:
        if row.number < current and row.verdict is Verdict.SUCCEEDED and _content(row.pin) not in seen:
            seen.add(_content(row.pin))
            found.append(row)
    return found[:DEPTH]


def _content(pin: Pin) -> tuple[str | None, str | None]:
    return pin.image, pin.config
