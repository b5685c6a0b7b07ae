"""Why a release failed, also long after: the ledger's word, the tasks that failed meanwhile, and what they printed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from driver.core.environment import app_of
from driver.core.ports import StoppedTask, World
from driver.core.release_phase import stored_log
from driver.core.release_phase.outcome import WORDS
from driver.core.values.release import RUNS, Kind, Outcome, Release, Verdict, find, named
from driver.core.watch.explain import telling
from driver.core.watch.known_causes import Evidence, known_cause, whose
from driver.core.watch.last_log_lines import TAIL, words
from driver.core.watch.verdict import describe, failures
from driver.errors import NotFound, NotReady, Unreachable

LATE = timedelta(minutes=5)
"""How long after its end a task of a release may still be told to have stopped."""


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A process that failed: how many of its tasks did, why the one that says most stopped, and its last lines."""

    process: str
    failed: int
    task: str
    said: str
    log: tuple[str, ...] = ()
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class Why:
    """What is known. `then` is what became of the app, `next` a command to go on with; empty where all is well."""

    app: str
    env: str
    release: str
    verdict: str
    reason: str
    began: datetime
    ended: datetime | None
    who: str
    witnesses: tuple[Witness, ...] = ()
    notes: tuple[str, ...] = field(default=())
    then: str = ""
    next: str = ""

    def plain(self) -> dict[str, object]:
        """For scripts."""
        ended = None if self.ended is None else self.ended.isoformat()
        return {**asdict(self), "began": self.began.isoformat(), "ended": ended}


def explain(world: World, app: str, number: int | None = None) -> Why:
    """Why that release failed, or the newest that did. Raises NotFound; what can't be read any more is a note."""
    app_of(world.settings, app)
    releases = world.ledger.releases(app)
    release = _newest_failure(releases, app) if number is None else named(releases, app, number)
    witnesses, notes = _witnesses(world, release, releases)
    return Why(
        app=app,
        env=world.settings.env,
        release=release.version,
        verdict=release.verdict,
        reason=release.reason,
        began=release.started,
        ended=release.finished,
        who=release.who,
        witnesses=witnesses,
        notes=notes,
        then=_then(releases, release),
        next=_next(world.settings.env, release),
    )


def _newest_failure(releases: Sequence[Release], app: str) -> Release:
    bad = {Verdict.FAILED, Verdict.RELEASE_FAILED, Verdict.MIXED}
    found = next((row for row in releases if row.verdict in bad), None)
    if found is None:
        raise NotFound(f"no release of {app} has failed", hint="Any one can be named: slipway explain ENV APP vN")
    return found


def _witnesses(world: World, release: Release, past: Sequence[Release]) -> tuple[tuple[Witness, ...], tuple[str, ...]]:
    """Those that failed, and what could not be looked at."""
    if release.verdict in RUNS - {Verdict.MIXED}:
        return (), (f"{release.version} did not fail: it is {release.verdict}",)
    if release.verdict is Verdict.RELEASE_FAILED:
        return _release_process(world, release)
    try:
        found = tuple(_processes(world, release, past))
    except Unreachable as error:
        return (), (f"its tasks can't be looked at: {error.message}",)
    note = "no task of it that failed is known: events of ECS are kept for 30 days, and not all failures are of tasks"
    return found, () if found else (note,)


def _release_process(world: World, release: Release) -> tuple[tuple[Witness, ...], tuple[str, ...]]:
    if not release.attempts:
        return (), ("its release process was never started",)
    last = release.attempts[-1]
    notes: tuple[str, ...] = ()
    try:
        log = tuple(line.message for line in stored_log.read(world, release, last.number))
    except (NotReady, Unreachable) as error:
        log, notes = (), (error.message,)
    outcome = last.outcome or Outcome.UNKNOWN
    code = "" if last.exit_code is None else f"; exit code {last.exit_code}"
    place = f"{world.settings.env} {release.app}"
    cause = known_cause(Evidence(said=WORDS[outcome], log=log, exit_code=last.exit_code, place=place))
    witness = Witness(
        process="release",
        failed=len(release.attempts),
        task=last.task.rsplit("/", 1)[-1],
        said=f"{WORDS[outcome]}{code}",
        log=log[-TAIL:],
        cause=cause,
    )
    return (witness,), notes


def _processes(world: World, release: Release, past: Sequence[Release]) -> Iterator[Witness]:
    """Each process with tasks that failed while the release came up, of which no good one before had the definition."""
    names, app = world.settings.names(release.app), world.settings.apps[release.app]
    before = {arn for row in past if row.number != release.number for arn in row.pin.tasks.values()}
    for process in app.services:
        service = names.process(process).service
        told = world.events.stopped_of(world.settings.env, service, release.started)
        mine = [task for task in told if _is_of(task, release) and task.task_definition not in before]
        task = telling(mine)
        if task is not None and failures(mine):
            yield _witness(world, process, service, task, len(failures(mine)))


def _is_of(task: StoppedTask, release: Release) -> bool:
    until = None if release.finished is None else release.finished + LATE
    created = task.created or task.stopped
    return created is not None and created >= release.started and (until is None or created <= until)


def _witness(world: World, process: str, service: str, task: StoppedTask, failed: int) -> Witness:
    env = world.settings.env
    log = words(world, env, service, task)
    app, port = whose(world.settings, service)
    said = describe(task)
    evidence = Evidence(said=said, log=log, exit_code=task.exit_code, port=port, place=f"{env} {app}")
    return Witness(
        process=process,
        failed=failed,
        task=task.arn.rsplit("/", 1)[-1],
        said=said,
        log=tuple(log[-TAIL:]),
        cause=known_cause(evidence),
    )


def _then(releases: Sequence[Release], release: Release) -> str:
    """What became of the app after it."""
    after = find(releases, release.number + 1)
    if release.verdict is Verdict.RELEASE_FAILED:
        return "services were not touched"
    if after is None or after.kind is not Kind.GOING_BACK:
        return ""
    copies = f" to v{after.copies}" if after.copies is not None else " to what ran before"
    if after.verdict in RUNS:
        return f"all processes went back{copies}, as {after.version}"
    return f"going back{copies}, as {after.version}, is {after.verdict}: {after.reason}".rstrip(": ")


def _next(env: str, release: Release) -> str:
    if release.verdict is Verdict.RELEASE_FAILED:
        return f"slipway releases output {env} {release.app} {release.version}"
    if release.verdict in RUNS - {Verdict.MIXED}:
        return ""
    return f"slipway logs {env} {release.app} --since 1h"
