"""Every expected failure, with the exit code that tells it apart.

DriverError
├── InvalidInput        what a person wrote can't be used
│   └── NotFound        it names an environment, app, process or release that is not there
├── NotReady            the platform, image or config that a command needs is missing; nothing was changed
├── ReleasePhaseFailed  the release process failed; services are untouched
│   ├── NotPlaced       ECS had no place for its task
│   ├── Refused         AWS refused to start its task, for another reason than a lack of place
│   ├── NeverStarted    its task was placed, but its container never ran
│   ├── OutOfMemory     it used more memory than it has
│   ├── TimedOut        it did not end in time and was stopped
│   ├── StoppedOutside  somebody else stopped its task
│   └── TakenByAws      AWS took its machine away, which is not the app's doing
├── RolloutFailed       the new release did not come up; the former one runs
├── RolloutStuck        the new release did not come up and going back failed too
├── StillRolling        the time was up before ECS had decided
├── EngineFailed        the Pulumi engine could not finish an update
├── Unreachable         AWS or Vault did not answer, or refused
│   └── Unavailable     it has trouble or is asked too often, which passes
├── Expired             credentials ran out on the way; what became of it is unknown
├── HasDrifted          somebody changed services past us; nothing was changed by us
├── Busy                somebody else is changing the same environment
├── Unwritten           a full disk takes no answer, or nothing that has to be kept
└── Interrupted         a person or a system stopped the command
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command ended with. 1 is a bug of ours and 2 a wrong command line, as everywhere."""

    OK = 0
    BUG = 1
    USAGE = 2
    INVALID_INPUT = 3
    NOT_READY = 4
    RELEASE_PHASE_FAILED = 5
    ROLLOUT_FAILED = 6
    ROLLOUT_STUCK = 7
    STILL_ROLLING = 8
    ENGINE_FAILED = 9
    UNREACHABLE = 10
    BUSY = 11
    EXPIRED = 12
    DRIFTED = 13
    UNWRITTEN = 74
    INTERRUPTED = 130


class DriverError(Exception):
    """An expected failure: one sentence, and where there is one, what to do next."""

    code = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(DriverError):
    """A setting, argument or file that can't be used."""

    code = ExitCode.INVALID_INPUT


class NotFound(InvalidInput):
    """A name that is not in the catalogue, the project or the registry."""


class NotReady(DriverError):
    """Something that the command builds on is missing; nothing was changed."""

    code = ExitCode.NOT_READY


class ReleasePhaseFailed(DriverError):
    """The release process did not end with 0; what serves traffic was not touched."""

    code = ExitCode.RELEASE_PHASE_FAILED


class NotPlaced(ReleasePhaseFailed):
    """ECS had no capacity or no address for the task."""


class Refused(ReleasePhaseFailed):
    """AWS refused to start the task, and not for a lack of place: asked again it says the same."""


class NeverStarted(ReleasePhaseFailed):
    """The task has no exit code, since its container never ran: its image or a secret is missing, as a rule."""


class OutOfMemory(ReleasePhaseFailed):
    """The release process was ended for using more memory than its task has."""


class TimedOut(ReleasePhaseFailed):
    """The release process did not end in time and was stopped."""


class StoppedOutside(ReleasePhaseFailed):
    """Somebody else stopped the task of the release process."""


class TakenByAws(ReleasePhaseFailed):
    """AWS ended the task for reasons of its own; the app did nothing wrong."""


class RolloutFailed(DriverError):
    """A process did not come up on the new release; all run the former one."""

    code = ExitCode.ROLLOUT_FAILED


class RolloutStuck(DriverError):
    """A process did not come up, and going back to the former release failed as well."""

    code = ExitCode.ROLLOUT_STUCK


class StillRolling(DriverError):
    """ECS had not decided when the time was up."""

    code = ExitCode.STILL_ROLLING


class EngineFailed(DriverError):
    """The Pulumi engine is missing or ended with an error."""

    code = ExitCode.ENGINE_FAILED


class Unreachable(DriverError):
    """AWS, Vault or a registry did not answer, or refused the request."""

    code = ExitCode.UNREACHABLE


class Unavailable(Unreachable):
    """AWS has trouble, is asked too often or did not answer; asked again later it may."""


class Expired(DriverError):
    """AWS or Vault takes our credentials no more; what was under way may have happened or not."""

    code = ExitCode.EXPIRED

    def __init__(self, message: str, hint: str = "Log in again and run the command again: it resumes.") -> None:
        super().__init__(message, hint)


class Busy(DriverError):
    """Another update of the same environment is under way."""

    code = ExitCode.BUSY


class HasDrifted(DriverError):
    """Services are not as they should be; nothing was changed by us."""

    code = ExitCode.DRIFTED


class Unwritten(DriverError):
    """A full disk takes what a command has to say, or to keep, no more. The code is EX_IOERR of sysexits.h."""

    code = ExitCode.UNWRITTEN


class Interrupted(DriverError):
    """The command was told to stop and has stopped in order."""

    code = ExitCode.INTERRUPTED
