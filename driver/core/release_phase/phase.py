"""The release phase: one task with the new image and config that must end with 0 before anything else changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from driver.core.ledger.journal import ROLL_OUT, Record
from driver.core.ports import Say, TaskRequest, World
from driver.core.release_phase import attempt as attempts
from driver.core.release_phase.attempt import UNKNOWN_FATE, Ending, Run
from driver.core.release_phase.live_log import Tail
from driver.core.release_phase.outcome import UNTOUCHED, WORDS, failure
from driver.core.values.checkpoint import AppState, StackState
from driver.core.values.moments import moment
from driver.core.values.release import Attempt, Outcome, Release, Verdict
from driver.errors import Busy, DriverError, Interrupted, NotPlaced, NotReady, Refused, Unreachable
from model.container_definition import log_stream
from model.names.names import AppNames
from model.releases import Pin
from model.settings.app import RELEASE


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One release phase: which app, what runs and where."""

    names: AppNames
    task_definition: str
    subnets: tuple[str, ...]
    security_group: str


def prepare(names: AppNames, stack: StackState, app: AppState, task_definition: str = "") -> Phase:
    """The phase of a task definition, which is that of the registered candidate if left out."""
    return Phase(
        names=names,
        task_definition=task_definition or app.task_definitions[RELEASE].output("arn"),
        subnets=stack.private_subnets(),
        security_group=app.security_group,
    )


def run(world: World, phase: Phase, record: Record, say: Say) -> Tail:
    """Run it to its end; its log, of which late lines may still come.

    Raises a ReleasePhaseFailed with the last lines, Interrupted when it was stopped from here, NotReady when another
    one runs, Unreachable when nobody knows what became of it: then the attempt stays open in the ledger.
    """
    _refuse_a_second(world, phase.names)
    attempt = record.begin_attempt(phase.task_definition)
    try:
        started = _start(world, phase, record, attempt)
        going = _run(world, phase.names, started, say)
        say(f"release phase: task {going.task.rsplit('/', 1)[-1]}")
        ending = attempts.follow(world, going, world.settings.deploy.release_timeout)
    except KeyboardInterrupt:
        _stop(world, phase, record, attempt.number, say)
    going.tail.ended(world.clock)
    record.attempt_ended(attempt.number, ending.outcome, ending.exit_code)
    if ending.outcome is not Outcome.SUCCEEDED:
        raise failure(_place(world, record), ending.outcome, ending.task, going.tail.lines)
    return going.tail


def settle(world: World, names: AppNames, say: Say) -> None:
    """Find out how every run ended whose driver was killed; one that still runs is waited for, with its log.

    So no release process is ever started while the fate of another one is unknown. Raises Unreachable, Interrupted.
    """
    for release in world.ledger.releases(names.app):
        if release.open_attempt is not None:
            _settle(world, names, Record(world, release), release.open_attempt, say)


def done_before(past: Sequence[Release], pin: Pin) -> Release | None:
    """The newest release, if it has this code and config, its release process ended with 0, and it went no further."""
    newest = past[0] if past else None
    if newest is None or newest.verdict not in {Verdict.FAILED, Verdict.RELEASE_FAILED} or not newest.attempts:
        return None
    same = (newest.pin.image, newest.pin.config) == (pin.image, pin.config)
    went_on = any(step.name == ROLL_OUT for step in newest.steps)
    well = newest.attempts[-1].outcome is Outcome.SUCCEEDED
    return newest if same and well and not went_on else None


def _settle(world: World, names: AppNames, record: Record, attempt: Attempt, say: Say) -> None:
    version, number = record.release.version, attempt.number
    task = attempt.task or attempts.find(world, names, version, record.release.release_task, attempt)
    if task is None:
        recent = (world.clock.utc() - attempt.started).total_seconds() < attempts.REMEMBERED
        outcome = Outcome.NEVER_STARTED if recent else Outcome.UNKNOWN
        record.attempt_ended(number, outcome)
        say(f"{version} was cut off in its release phase: {WORDS[outcome]}")
        return
    attempt = _written(record, names, number, task)
    say(f"{version} was cut off in its release phase: following its release process, begun {moment(attempt.started)}")
    going = _run(world, names, attempt, say)
    try:
        ending = attempts.follow(world, going, attempts.left(world, attempt))
    except KeyboardInterrupt:
        raise Interrupted(
            f"stopped waiting; the release process of {version} goes on",
            hint=f"To end it: aws ecs stop-task --cluster {names.env} --task {going.task}",
        ) from None
    record.attempt_ended(number, ending.outcome, ending.exit_code)
    say(f"the release process of {version}: {_told(ending)}")


def _told(ending: Ending) -> str:
    return "ended with 0" if ending.outcome is Outcome.SUCCEEDED else WORDS[ending.outcome]


def _refuse_a_second(world: World, names: AppNames) -> None:
    going = world.tasks.unstopped(names.env, attempts.family(names))
    if going:
        raise NotReady(
            f"a release process of {names.app} that nothing in the ledger started still runs: {going[0]}",
            hint="Two at once are never started. Wait for its end, or: aws ecs stop-task"
            f" --cluster {names.env} --task {going[0].rsplit('/', 1)[-1]}",
        )


def _start(world: World, phase: Phase, record: Record, attempt: Attempt) -> Attempt:
    """The attempt with its task. Where the answer of RunTask was lost, ECS is asked for the task."""
    names, version, number = phase.names, record.release.version, attempt.number
    request = TaskRequest(
        cluster=names.env,
        task_definition=phase.task_definition,
        subnets=phase.subnets,
        security_groups=(phase.security_group,),
        started_by=attempts.mark(names, version, number),
        token=attempts.token(names, version, attempt),
    )
    try:
        task = world.tasks.run(request)
    except (NotPlaced, Refused) as error:
        outcome = Outcome.NOT_PLACED if isinstance(error, NotPlaced) else Outcome.REFUSED
        record.attempt_ended(number, outcome)
        told = failure(_place(world, record), outcome, None)
        raise type(error)(f"{told.message}: {error.message}", hint=told.hint) from None
    except Unreachable as error:
        found = attempts.find(world, names, version, phase.task_definition, attempt)
        if found is None:
            raise Unreachable(error.message, hint=UNKNOWN_FATE) from error
        task = found
    return _written(record, names, number, task)


def _written(record: Record, names: AppNames, number: int, task: str) -> Attempt:
    """The attempt with its task and the place of its log, once the ledger has them."""
    known = record.attempt(number)
    if known.task == task:
        return known
    return record.attempt_runs(number, task, names.process(RELEASE).log_group, log_stream(task))


def _run(world: World, names: AppNames, attempt: Attempt, say: Say) -> Run:
    app = world.settings.apps.get(names.app)
    sidecars = {} if app is None or app.release is None else app.release.sidecars
    return Run(
        cluster=names.env,
        task=attempt.task,
        started=attempt.started,
        tail=Tail(world.logs, attempt.group, attempt.stream, say),
        essential=frozenset(name for name, row in sidecars.items() if row.essential),
    )


def _stop(world: World, phase: Phase, record: Record, number: int, say: Say) -> NoReturn:
    """Stopped from here: the task is stopped and seen to end. One whose app has a new owner is left to that one."""
    names, version = phase.names, record.release.version
    try:
        record.step("stop the release process")
    except Busy:
        raise
    except DriverError:
        say("the ledger does not answer: stopping the release process all the same")
    attempt = record.attempt(number)
    task = attempt.task or attempts.find(world, names, version, phase.task_definition, attempt)
    if task is None:
        record.attempt_ended(number, Outcome.NEVER_STARTED)
        raise Interrupted(f"stopped before the release process was started; {UNTOUCHED}")
    say(f"stopping the release process: task {task.rsplit('/', 1)[-1]}")
    ending = attempts.stop(world, _run(world, names, _written(record, names, number, task), say))
    if ending is None:
        raise Interrupted(f"stopped; the release process was told to end, but has not ended yet; {UNTOUCHED}")
    record.attempt_ended(number, ending.outcome, ending.exit_code)
    code = "without exit code" if ending.exit_code is None else f"with exit code {ending.exit_code}"
    raise Interrupted(f"stopped, and the release process with it: it ended {code}; {UNTOUCHED}")


def _place(world: World, record: Record) -> str:
    return f"{world.settings.env} {record.release.app} {record.release.version}"
