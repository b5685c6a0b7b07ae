"""A release while it happens: each step is in the ledger before it begins, so that a later command knows of it."""

from collections.abc import Mapping

from driver.core.ledger import Kind, Release, Step, Verdict
from driver.core.ports import World
from spec.releases import Pin


class Record:
    """One release in the ledger; `release` is what the ledger has now."""

    def __init__(self, world: World, release: Release) -> None:
        self._world = world
        self.release = release

    @classmethod
    def start(
        cls, world: World, app: str, pin: Pin, kind: Kind, *, tag: str = "", copies: int | None = None
    ) -> "Record":
        """Append a release; its number is the pin's own, or a higher one if that is taken."""
        draft = Release(app=app, pin=pin, kind=kind, who=world.who, started=world.clock.utc(), tag=tag, copies=copies)
        return cls(world, world.ledger.start(draft))

    @property
    def pin(self) -> Pin:
        """The release as the program takes it."""
        return self.release.pin

    def step(self, name: str, detail: str = "") -> None:
        """Write down that a step begins."""
        step = Step(name=name, at=self._world.clock.utc(), detail=detail)
        self._write(self.release.model_copy(update={"steps": (*self.release.steps, step)}))

    def succeeded(self, tasks: Mapping[str, str]) -> None:
        """The end of a release that runs, with the task definition of each process."""
        pin = self.pin.model_copy(update={"tasks": dict(sorted(tasks.items()))})
        self._end(Verdict.SUCCEEDED, {"pin": pin})

    def failed(self, reason: str, verdict: Verdict = Verdict.FAILED) -> None:
        """The end of one that does not; of the reason the first line is kept, since the others may be log lines."""
        self._end(verdict, {"reason": reason.split("\n", 1)[0]})

    def _end(self, verdict: Verdict, more: Mapping[str, object]) -> None:
        changes = {"verdict": verdict, "finished": self._world.clock.utc(), **more}
        self._write(self.release.model_copy(update=changes))

    def _write(self, release: Release) -> None:
        self._world.ledger.write(release)
        self.release = release
