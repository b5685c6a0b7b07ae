"""A release while it happens: each step is in the ledger before it begins, so that a later command knows of it."""

from collections.abc import Mapping, Sequence

from driver.core.ledger import image_retention, running
from driver.core.ports import World
from driver.core.values import notification
from driver.core.values import release as ledger
from driver.core.values.release import Attempt, Kind, Origin, Outcome, Release, Step, Verdict
from driver.errors import Unreachable
from model.releases import Pin

NOWHERE = Origin()
ROLL_OUT = "roll out"


class Record:
    """One release in the ledger; `release` is what the ledger has now.

    Of a finished release only the attempts of its release process may still grow.
    """

    def __init__(self, world: World, release: Release) -> None:
        self._world = world
        self.release = release

    @classmethod
    def start(cls, world: World, app: str, pin: Pin, kind: Kind, origin: Origin = NOWHERE) -> "Record":
        """Append a release; its number is the pin's own, or a higher one if that is taken."""
        draft = Release(
            app=app, pin=pin, kind=kind, who=world.who, message=world.message, started=world.clock.utc()
        ).model_copy(update=_filled(world, app, origin))
        record = cls(world, world.ledger.start(draft))
        record._tell()
        return record

    @property
    def pin(self) -> Pin:
        """The release as the program takes it."""
        return self.release.pin

    def step(self, name: str, detail: str = "") -> None:
        """Write down that a step begins, and with it that the one before has ended."""
        self._change({"steps": self._steps_to(name, detail)})

    def roll_out(self, former: Pin) -> None:
        """Write down that the rollout begins, and what ran before, unless that is a release that the ledger has."""
        self._change(
            {"steps": self._steps_to(ROLL_OUT), "former": former if former.bootstrap or former.waiting else None}
        )

    def skip_release_process(self, done: Release) -> None:
        """Write down that the release process of another release counts for this one, and can be run again for it."""
        self.step("skip the release process", done.version)
        self._change({"release_task": done.release_task})

    def begin_attempt(self, task_definition: str) -> Attempt:
        """Write down that the release process is about to be started, on this task definition."""
        release, now = self.release, self._world.clock.utc()
        attempt = Attempt(number=len(release.attempts) + 1, started=now, who=self._world.who)
        self._change({"release_task": task_definition, "attempts": (*release.attempts, attempt)})
        return attempt

    def attempt(self, number: int) -> Attempt:
        """One run of the release process, as the ledger has it."""
        return self.release.attempts[number - 1]

    def attempt_runs(self, number: int, task: str, group: str, stream: str) -> Attempt:
        """Write down the task of a run of the release process, and where its log is."""
        return self._change_attempt(number, {"task": task, "group": group, "stream": stream})

    def attempt_ended(self, number: int, outcome: Outcome, exit_code: int | None = None) -> None:
        """Write down how a run of the release process ended."""
        ended = {"ended": self._world.clock.utc(), "outcome": outcome, "exit_code": exit_code}
        self._change_attempt(number, ended)

    def succeeded(self, tasks: Mapping[str, str], unproven: Sequence[str] = ()) -> None:
        """The end of a release that runs, with the task definition of each process and what that says.

        One whose processes run different things is mixed, one with `unproven` processes is not proven.
        """
        pin = self.pin.model_copy(update={"tasks": dict(sorted(tasks.items()))})
        found, verdict, reason = self._read(pin), Verdict.SUCCEEDED, ""
        if found.odd:
            verdict, reason = Verdict.MIXED, found.odd
        elif unproven:
            verdict, reason = Verdict.NOT_PROVEN, f"{', '.join(unproven)} was scaled to 0 while it came up"
        ended = {"pin": found.pin, "processes": dict(found.processes), "reason": reason}
        self._end(verdict, {**ended, "steps": self._ended_steps()})
        image_retention.keep(self._world, self.release)

    def _read(self, pin: Pin) -> running.Running:
        """What runs; what is believed where AWS does not say."""
        try:
            return running.read(self._world, self._world.settings.names(self.release.app), pin)
        except Unreachable as error:
            self._world.marks.regret(f"what {self.release.version} runs was not looked at: {error.message}")
            return running.Running(pin=pin)

    def failed(self, reason: str, verdict: Verdict = Verdict.FAILED) -> None:
        """The end of one that does not; of the reason the first line is kept, since the others may be log lines."""
        self._end(verdict, {"reason": reason.split("\n", 1)[0], "steps": self._ended_steps()})

    def cut_off(self, verdict: Verdict = Verdict.FAILED, reason: str = "cut off") -> None:
        """The end, written by a later command, of one that was cut off: nobody knows when its last step ended."""
        self._end(verdict, {"reason": reason})

    def _steps_to(self, name: str, detail: str = "") -> tuple[Step, ...]:
        return (*self._ended_steps(), Step(name=name, at=self._world.clock.utc(), detail=detail))

    def _ended_steps(self) -> tuple[Step, ...]:
        now = self._world.clock.utc()
        return tuple(row if row.ended else row.model_copy(update={"ended": now}) for row in self.release.steps)

    def _change_attempt(self, number: int, changes: Mapping[str, object]) -> Attempt:
        changed = self.attempt(number).model_copy(update=changes)
        rows = tuple(changed if row.number == number else row for row in self.release.attempts)
        self._change({"attempts": rows})
        return changed

    def _end(self, verdict: Verdict, more: Mapping[str, object]) -> None:
        self._change({"verdict": verdict, "finished": self._world.clock.utc(), **more})
        self._tell()

    def _tell(self) -> None:
        self._world.marks.tell(notification.note(self._world.settings.env, self.release))

    def _change(self, changes: Mapping[str, object]) -> None:
        release = self.release.model_copy(update=changes)
        if self.release.verdict is Verdict.STARTED:
            self._world.ledger.write(release)
        else:
            self._world.ledger.amend(release)
        self.release = release


def _filled(world: World, app: str, origin: Origin) -> dict[str, object]:
    """A copy has the tag, the config version and the release process of its original."""
    original = ledger.find(world.ledger.releases(app), origin.copies) if origin.copies is not None else None
    if original is None:
        return dict(origin)
    taken = {"tag": original.tag, "config_version": original.config_version}
    return {**dict(origin), **taken, "release_task": original.release_task}
