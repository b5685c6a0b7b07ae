"""How a release process ended, in words of its own for each way: ECS says it by four things, of which none is enough.

They are the failures of RunTask, the stop code of the task, the reason of its container, and the exit code, which is
null where the container never ran.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from collections.abc import Collection, Sequence

from driver.core.ports import LogLine, StoppedTask
from driver.core.values.release import Outcome
from driver.core.watch.known_causes import Evidence, known_cause
from driver.core.watch.verdict import describe
from driver.errors import (
    NeverStarted,
    NotPlaced,
    OutOfMemory,
    Refused,
    ReleasePhaseFailed,
    StoppedOutside,
    TakenByAws,
    TimedOut,
)
from model.container_definition import CONTAINER

TAKEN = {"SpotInterruption", "TerminationNotice", "InfrastructureHealth"}
"""Stop codes by which AWS says that it needed the machine, or that the machine failed."""
TOLD_TO_END = {0, 137, 143}
"""What a process ends with that gets SIGTERM, or SIGKILL in the end."""
NO_ROOM = ("Capacity is unavailable", "InsufficientFreeAddresses", "insufficient capacity", "RESOURCE:")
"""What is in ECS's words where there was no place for a task."""
UNTOUCHED = "services are untouched"
TAIL = 20
"""Lines of a failed release process that are repeated in the error."""
KINDS: dict[Outcome, type[ReleasePhaseFailed]] = {
    Outcome.FAILED: ReleasePhaseFailed,
    Outcome.OUT_OF_MEMORY: OutOfMemory,
    Outcome.NOT_PLACED: NotPlaced,
    Outcome.REFUSED: Refused,
    Outcome.NEVER_STARTED: NeverStarted,
    Outcome.TIMED_OUT: TimedOut,
    Outcome.STOPPED: StoppedOutside,
    Outcome.SIDECAR: ReleasePhaseFailed,
    Outcome.TAKEN: TakenByAws,
    Outcome.UNKNOWN: ReleasePhaseFailed,
}
WORDS = {
    Outcome.FAILED: "the release process failed",
    Outcome.OUT_OF_MEMORY: "the release process ran out of memory",
    Outcome.NOT_PLACED: "ECS had no place for the release process",
    Outcome.REFUSED: "AWS refused to start the release process",
    Outcome.NEVER_STARTED: "the release process never started",
    Outcome.TIMED_OUT: "the release process did not end in time and was stopped",
    Outcome.STOPPED: "the release process was stopped by somebody else",
    Outcome.SIDECAR: "the release process was stopped half done, since an essential sidecar ended before it",
    Outcome.TAKEN: "AWS took the machine of the release process away, which is not the app's doing",
    Outcome.UNKNOWN: "nobody knows how the release process ended",
}
AGAIN = "Run it once more: slipway releases retry {place}, or deploy again."
MEND = "Mend it and deploy again; the release number stays used, so that each attempt can be told apart."
HINTS = {
    Outcome.FAILED: MEND,
    Outcome.OUT_OF_MEMORY: "Give processes/release more memory in the catalogue, then deploy again.",
    Outcome.NOT_PLACED: "Capacity and free addresses come back. " + AGAIN,
    Outcome.REFUSED: "It says the same when it is asked again, so mend that first. " + AGAIN,
    Outcome.NEVER_STARTED: "See that its image and its secret are there and that it may read them. " + AGAIN,
    Outcome.TIMED_OUT: "A longer time is --release-timeout, or deploy: {{release_timeout: …}} in the stack file.",
    Outcome.STOPPED: AGAIN,
    Outcome.SIDECAR: "Mend the sidecar; one that may end has `essential: false` in the catalogue. " + AGAIN,
    Outcome.TAKEN: AGAIN,
    Outcome.UNKNOWN: AGAIN,
}


def judge(task: StoppedTask, first: Collection[str] = (), essential: Collection[str] = ()) -> Outcome:
    """How it ended. The stop code comes first: a process that was told to end may well end with 0, half done.

    So it may when one of its `essential` sidecars ended by itself, which makes ECS stop the others; `first` are the
    containers that had ended when one was first seen to have.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_essential
    """
    if task.stop_code in TAKEN:
        return Outcome.TAKEN
    if task.stop_code == "UserInitiated":
        return Outcome.STOPPED
    if task.exit_code is None:
        return Outcome.NOT_PLACED if lacks_room(task.reason) else Outcome.NEVER_STARTED
    if "OutOfMemory" in task.container_reason:
        return Outcome.OUT_OF_MEMORY
    if task.exit_code in TOLD_TO_END and _sidecar_was_first(task, first, essential):
        return Outcome.SIDECAR
    return Outcome.SUCCEEDED if task.exit_code == 0 else Outcome.FAILED


def _sidecar_was_first(task: StoppedTask, first: Collection[str], essential: Collection[str]) -> bool:
    rows = [row for row in task.beside if row.name in essential and (not first or row.name in first)]
    return bool(rows) if first and CONTAINER not in first else any(row.by_itself for row in rows)


def lacks_room(reason: str) -> bool:
    """Whether ECS's words say that there was no capacity or no address for a task."""
    return any(words.lower() in reason.lower() for words in NO_ROOM)


def failure(
    place: str, outcome: Outcome, task: StoppedTask | None, lines: Sequence[LogLine] = ()
) -> ReleasePhaseFailed:
    """The error for an outcome that is no success; `place` is environment, app and release, as a command takes them."""
    why = "" if task is None else f": {describe(task)}{_beside(task) if outcome is Outcome.SIDECAR else ''}"
    said = "".join(f"\n  {line.message}" for line in lines[-TAIL:])
    log = [line.message for line in lines]
    exit_code = None if task is None else task.exit_code
    evidence = Evidence(said=why, log=log, exit_code=exit_code, place=place.rsplit(" ", 1)[0])
    if cause := known_cause(evidence):
        said += f"\n  likely: {cause}"
    return KINDS[outcome](f"{WORDS[outcome]}{why}; {UNTOUCHED}{said}", hint=HINTS[outcome].format(place=place))


def _beside(task: StoppedTask) -> str:
    ends = (f"{row.name} with {row.exit_code}{f' ({row.reason})' * bool(row.reason)}" for row in task.beside)
    return f"; beside it ended {', '.join(ends)}"
