"""Releases as the program sees them: the pin of an app, and which of two pins holds."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from model.base import Model
from model.errors import SpecError

DEPTH = 15
"""So many good releases can be gone back to: what they refer to in ECR and Secrets Manager is kept."""
IMAGE = r"^[^\s@]+@sha256:[0-9a-f]{64}$"


class Source(Model):
    """What an image was built from, as its labels say; `dirty` when the work tree had uncommitted changes.

    `target` is the branch that this one goes into, and `merge_base` the commit where it left it. Where `commit` is the
    branch merged into its target, as CI systems check out pull requests, `tip` is the branch's own last commit: that is
    what anybody else builds who builds the branch.
    """

    branch: str | None = None
    commit: str | None = None
    dirty: bool = False
    target: str | None = None
    tip: str | None = None
    merge_base: str | None = None

    @property
    def merged(self) -> bool:
        """Whether `commit` is the branch merged into its target, and not the branch."""
        return self.tip is not None

    def __str__(self) -> str:
        """The source in a line, such as `topic at 1a2b3c4d5e merged into main: 6f7a8b9c0d`."""
        commit, name = (self.commit or "-")[:10], self.branch or "no branch"
        words = f"{name} at {(self.tip or '-')[:10]} merged into {self.target}: {commit}" if self.merged else ""
        return (words or f"{name} at {commit}") + ", with uncommitted changes" * self.dirty


class Pin(Model):
    """Which release an app shall run.

    `image` is `<repository>@sha256:…`, None on the bootstrap; `config` the version id of the app's secret with the
    variable names `keys` in it; `tasks` the task definition ARN of each process, only when a release goes back to
    revisions that exist. `processes` are those that the release has reached: any other of a released app is new, and
    runs the bootstrap image until its first release; None where older versions wrote the pin. Read back from the
    engine, 43 is 43.0 and the order of keys is random, so pins are compared and rendered only after this model has read
    them.
    """

    release: Annotated[int, Field(ge=0)]
    image: Annotated[str, Field(pattern=IMAGE)] | None = None
    config: str | None = None
    keys: tuple[str, ...] = ()
    source: Source | None = None
    tasks: dict[str, str] = Field(default_factory=dict)
    processes: tuple[str, ...] | None = None

    @field_validator("processes")
    @classmethod
    def _sorted_processes(cls, processes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if processes is None else tuple(sorted(processes))

    @field_validator("keys")
    @classmethod
    def _sorted_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(keys))

    @field_validator("tasks")
    @classmethod
    def _sorted_tasks(cls, tasks: dict[str, str]) -> dict[str, str]:
        return dict(sorted(tasks.items()))

    @property
    def bootstrap(self) -> bool:
        """Whether no code of the app runs yet."""
        return self.image is None

    @property
    def digest(self) -> str:
        """The image's digest; empty on the bootstrap."""
        return "" if self.image is None else self.image.rsplit("@", 1)[-1]

    @property
    def version(self) -> str:
        """The number as people write it."""
        return f"v{self.release}"

    def waits(self, process: str) -> bool:
        """Whether a process of a released app still waits for its first release, on the bootstrap image."""
        return not self.bootstrap and self.processes is not None and process not in self.processes

    @property
    def waiting(self) -> dict[str, str]:
        """The task definitions of those that do, by process."""
        return {process: arn for process, arn in self.tasks.items() if self.waits(process)}

    def plain(self) -> dict[str, object]:
        """The pin as the engine and the stack file hold it: nothing that is unset."""
        return self.model_dump(exclude_none=True, exclude_defaults=True) | {"release": self.release}


BOOTSTRAP = Pin(release=0)


class Candidate(Model):
    """A release whose release phase is to run. It is not a pin: only `<app>.release` reads it and nothing echoes it."""

    app: str
    pin: Pin


def parse_pin(path: str, value: object) -> Pin:
    """A pin from what a stack file or the engine holds. Raises SpecError."""
    try:
        return Pin.model_validate(value)
    except ValidationError as error:
        place = "/".join([path, *(str(part) for part in error.errors()[0]["loc"])])
        raise SpecError(place, "is not what Slipway writes; in a stack file, take slipway:pins out") from None


def parse_pins(value: object) -> dict[str, Pin]:
    """The pins of a stack file, by app. Raises SpecError."""
    if not isinstance(value, Mapping):
        raise SpecError("pins", "not a mapping of app names to releases")
    return {str(app): parse_pin(f"pins/{app}", pin) for app, pin in value.items()}


def higher(pin: Pin | None, echo: Pin | None) -> Pin:
    """The pin that holds: the one with the higher release number; the echo where both have the same.

    So an old checkout can't undo a deploy, and a rollback, which takes a new number, always wins.
    """
    if pin is not None and (echo is None or pin.release > echo.release):
        return pin
    return BOOTSTRAP if echo is None else echo
