"""The ledger's values: what happened to each release of an app, and which releases one may go back to."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from driver.errors import NotFound
from model.base import Model
from model.releases import DEPTH, Pin


class Verdict(StrEnum):
    """What became of a release. STARTED is not a failure: nobody has written down how it ended.

    MIXED and NOT_PROVEN run, and yet nothing goes back to them: in a mixed one the processes run different things, and
    in one that is not proven a process was scaled to 0 while it came up.
    """

    STARTED = "started"
    SUCCEEDED = "succeeded"
    RELEASE_FAILED = "release-failed"
    FAILED = "failed"
    MIXED = "mixed"
    NOT_PROVEN = "not-proven"


RUNS = frozenset({Verdict.SUCCEEDED, Verdict.MIXED, Verdict.NOT_PROVEN})
"""The verdicts on a release that runs, or ran until the next one did."""


class Kind(StrEnum):
    """How a release came about. GOING_BACK is our own doing, after one that failed; ROLLBACK is a person's.

    ADOPTION is what somebody else's tool had deployed already.
    """

    DEPLOY = "deploy"
    PROMOTE = "promote"
    CONFIG = "config"
    ROLLBACK = "rollback"
    GOING_BACK = "going back"
    ADOPTION = "adoption"


class Outcome(StrEnum):
    """How one run of the release process ended. FAILED is the app's own doing, and so, as a rule, is OUT_OF_MEMORY."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OUT_OF_MEMORY = "out of memory"
    NOT_PLACED = "not placed"
    REFUSED = "refused"
    NEVER_STARTED = "never started"
    TIMED_OUT = "timed out"
    STOPPED = "stopped"
    SIDECAR = "sidecar ended first"
    TAKEN = "taken by AWS"
    UNKNOWN = "unknown"


class Step(Model):
    """One step; `detail` is the ARN of what it started, if anything. One that was cut off has no end."""

    name: str
    at: datetime
    detail: str = ""
    ended: datetime | None = None


class Ran(Model):
    """What one process of a release ran, as its task definition said when the release had come up.

    `configs` are versions of the app's secret, `cpu` in CPU units, `memory` in MiB; `setup` stands for all that it says
    but image, config version and release number.
    """

    task: str
    image: str = ""
    configs: tuple[str, ...] = ()
    cpu: int = 0
    memory: int = 0
    setup: str = ""


class Attempt(Model):
    """One run of the release process, in the ledger before its task is. `ended` is None while its fate is unknown.

    `task` is the task's ARN; `group` and `stream` are where its log is.
    """

    number: int
    started: datetime
    who: str = ""
    task: str = ""
    group: str = ""
    stream: str = ""
    ended: datetime | None = None
    exit_code: int | None = None
    outcome: Outcome | None = None


class Origin(Model):
    """What a release was made from: the tag that was asked for, or the release whose code and config it copies.

    `config_version` is the version in Vault; the one in Secrets Manager is in the pin. `promoted` names environment and
    release that ran the image before. What is older than a release with `no_rollback_past` does not fit the database.
    """

    tag: str = ""
    promoted: str = ""
    no_rollback_past: bool = False
    copies: int | None = None
    config_version: int | None = None


class Release(Origin):
    """One release. Its pin has the task definitions of all processes once it runs; `processes` is what those say.

    `message` is why somebody wanted it, `reason` one sentence on how it ended, without log lines; `release_task` is the
    task definition of its release process. `former` is what ran before where that was no release but the bootstrap
    image, in all processes or in new ones, with its task definitions. What older versions wrote lacks the newer fields.
    """

    app: str
    pin: Pin
    kind: Kind
    who: str
    started: datetime
    message: str = ""
    verdict: Verdict = Verdict.STARTED
    finished: datetime | None = None
    steps: tuple[Step, ...] = Field(default=())
    release_task: str = ""
    former: Pin | None = None
    attempts: tuple[Attempt, ...] = ()
    reason: str = ""
    processes: dict[str, Ran] = Field(default_factory=dict)

    @property
    def number(self) -> int:
        """The release number."""
        return self.pin.release

    @property
    def version(self) -> str:
        """The number as people write it."""
        return self.pin.version

    @property
    def copied(self) -> Origin:
        """What a release is made from that has the code and config of this one."""
        return Origin(copies=self.number, config_version=self.config_version)

    @property
    def open_attempt(self) -> Attempt | None:
        """The run of its release process of which nobody knows how it ended."""
        return next((row for row in self.attempts if row.ended is None), None)

    def numbered(self, number: int) -> "Release":
        """The same release under another number."""
        return self.model_copy(update={"pin": self.pin.model_copy(update={"release": number})})


def last_good(releases: Sequence[Release]) -> Release | None:
    """The newest release that succeeded; `releases` newest first, as everywhere here."""
    return next((row for row in releases if row.verdict is Verdict.SUCCEEDED), None)


def current(releases: Sequence[Release]) -> Release | None:
    """What an app shall run now: the newest release that came to run, good or not, or that a failure went back to."""
    return next((row for row in releases if row.verdict in RUNS or _left(row)), None)


def _left(release: Release) -> bool:
    """Whether it is where going back has ended although not every process came up on it."""
    return release.kind is Kind.GOING_BACK and release.verdict is Verdict.FAILED


def bootstrap(releases: Sequence[Release]) -> Pin | None:
    """What ran before the first release, if the ledger knows."""
    formers = (row.former for row in reversed(releases) if row.former is not None)
    return next((pin for pin in formers if pin.bootstrap), None)


def unfinished(releases: Sequence[Release]) -> list[Release]:
    """The releases of which nobody knows how they ended, newest first."""
    return [row for row in releases if row.verdict is Verdict.STARTED]


def named(releases: Sequence[Release], app: str, number: int) -> Release:
    """The release of that number. Raises NotFound."""
    found = find(releases, number)
    if found is None:
        known = f"The newest is {releases[0].version}." if releases else "It has none yet."
        raise NotFound(f"{app} has no release v{number}", hint=known)
    return found


def find(releases: Sequence[Release], number: int | None) -> Release | None:
    """The release of that number, if there is one."""
    return next((row for row in releases if row.number == number), None)


def choices(releases: Sequence[Release], current: int) -> list[Release]:
    """What a rollback may go to: good releases older than the current one, each content once, newest first."""
    running = find(releases, current)
    seen = [running] if running is not None and running.verdict is Verdict.SUCCEEDED else []
    found = []
    for row in releases:
        if row.number < current and row.verdict is Verdict.SUCCEEDED and not any(same(row, one) for one in seen):
            seen.append(row)
            found.append(row)
    return found[:DEPTH]


def same(one: Release, other: Release) -> bool:
    """Whether two releases have the same content: code, config, and what else their task definitions say.

    Older versions wrote down no more than the first two.
    """
    if (one.pin.image, one.pin.config) != (other.pin.image, other.pin.config):
        return False
    if not one.processes or not other.processes:
        # What was adopted is never what was pinned before, or nobody would have adopted it.
        return Kind.ADOPTION not in {one.kind, other.kind}
    return _setups(one) == _setups(other)


def _setups(release: Release) -> dict[str, str]:
    return {process: row.setup for process, row in release.processes.items()}


def next_number(current: Pin, past: Sequence[Release]) -> int:
    """The number after the highest that was ever used."""
    return 1 + max([current.release, *(row.number for row in past[:1])])
