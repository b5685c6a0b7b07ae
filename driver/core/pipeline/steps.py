"""The steps of a pipeline: which run, which have nothing to do, and what became of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from driver.errors import DriverError, Interrupted, InvalidInput
from model.errors import SpecError


class Name(StrEnum):
    """In the order in which they run."""

    LINT = "lint"
    BUILD = "build"
    PUSH = "push"
    DEPLOY = "deploy"
    HEROKU = "heroku"
    MARKS = "marks"


class Outcome(StrEnum):
    """What became of a step. `skipped`: its result was there already, or nobody asked for it."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a step has to say: a sentence, and whether its result was there before it."""

    words: str
    there: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step by its name, and what does it. Raises DriverError or SpecError where it fails."""

    name: Name
    do: Callable[[], Told]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a step; `code` is the exit code of one that failed, `seconds` how long it took."""

    name: Name
    outcome: Outcome
    words: str = ""
    hint: str = ""
    seconds: float = 0.0
    code: int = 0


@dataclass(kw_only=True)
class Report:
    """All results, in order, and the failure that ended the pipeline if one did."""

    app: str
    env: str
    facts: dict[str, str] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    failure: DriverError | SpecError | None = None

    @property
    def good(self) -> bool:
        """Whether no step has failed."""
        return self.failure is None


def wanted(only: str, begin: str) -> tuple[Name, ...]:
    """The steps that are asked for. Raises InvalidInput for one that there is not, or for both ways at once."""
    if only and begin:
        raise InvalidInput("--only and --from say two things", hint="Give one of them.")
    for given in (only, begin):
        if given and given not in set(Name):
            raise InvalidInput(f"{given} is no step", hint=f"The steps are {', '.join(Name)}.")
    names = tuple(Name)
    if only:
        return (Name(only),)
    return names[names.index(Name(begin)) :] if begin else names


def run(
    report: Report, steps: Sequence[Step], chosen: Sequence[Name], now: Callable[[], float], say: Callable[[str], None]
) -> None:
    """Run the chosen steps in turn, up to the first that fails or is stopped; each leaves its result in the report."""
    for step in steps:
        if not report.good or step.name not in chosen:
            words = "nobody asked for it" if report.good else "a step before it failed"
            outcome = Outcome.SKIPPED if report.good else Outcome.NOT_RUN
            report.results.append(Result(name=step.name, outcome=outcome, words=words))
            continue
        say(f"== {step.name}")
        began = now()
        try:
            told = step.do()
        except (DriverError, SpecError, KeyboardInterrupt) as reason:
            error = Interrupted("stopped") if isinstance(reason, KeyboardInterrupt) else reason
            report.failure = error
            report.results.append(_failed(step.name, error, now() - began))
            continue
        outcome = Outcome.SKIPPED if told.there else Outcome.DONE
        report.results.append(Result(name=step.name, outcome=outcome, words=told.words, seconds=now() - began))
        say(f"{step.name}: {outcome}, {told.words}")


def _failed(name: Name, error: DriverError | SpecError, seconds: float) -> Result:
    known = error if isinstance(error, DriverError) else InvalidInput(str(error))
    return Result(
        name=name,
        outcome=Outcome.FAILED,
        words=known.message,
        hint=known.hint,
        seconds=seconds,
        code=int(known.code),
    )
