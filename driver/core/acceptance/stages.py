"""The stages of a run, in order: what is done, what has to come of it, and which promise that is about."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from driver.core.acceptance.promises import Promise
from driver.core.acceptance.trial import Done, Trial
from driver.core.acceptance.trial_settings import APP, ENDS_BADLY, LISTENS_ILL, SECRET, TAG, TEXT, Behaviour

GOOD = Behaviour()
WEB, WORKER = f"{APP}-web", f"{APP}-worker"
LAST_LINES = 3


class Broken(Exception):
    """A promise does not hold here; says what was seen."""


@dataclass(frozen=True)
class Stage:
    """One stage; the words are what is shown while it runs. Later stages need what a `vital` one has made."""

    words: str
    promise: Promise
    do: Callable[[Trial], None]
    vital: bool = False


def expect(done: Done, code: int = 0) -> Done:
    """The command has ended as it should. Raises Broken with the last lines of what it said."""
    if done.code != code:
        lines = " / ".join(line for line in done.story.splitlines() if line.strip())
        tail = " / ".join(lines.split(" / ")[-LAST_LINES:])
        raise Broken(f"`slipway {' '.join(done.words)}` ended with {done.code}, not {code}: {tail}")
    if "Traceback" in done.story:
        raise Broken(f"`slipway {' '.join(done.words)}` showed a traceback")
    return done


def _equal(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Broken(f"{what}: {found}, and not {wanted}")


def _up(trial: Trial) -> None:
    expect(trial.slipway("up", trial.env, "--yes"))


def _no_changes(trial: Trial) -> None:
    changes = json.loads(expect(trial.slipway("up", trial.env, "--yes", "--json")).answer)
    _equal("changes of an `up` without a change of settings", [row["name"] for row in changes], [])


def _configure(trial: Trial, text: str) -> None:
    expect(trial.slipway("config", "set", trial.env, APP, TEXT, "--stdin", "--yes", stdin=text))


def _deploy(trial: Trial, *options: str) -> Done:
    return trial.slipway("deploy", trial.env, APP, "--image", TAG, *options)


def url(trial: Trial) -> str:
    """The address of the app's web process."""
    found = json.loads(expect(trial.slipway("status", trial.env, APP, "--json")).answer)
    return str(next(row["url"] for row in found["processes"] if row["name"] == "web"))


def _page(trial: Trial, text: str) -> None:
    found = trial.hand.page(url(trial)).strip()
    _equal("the page says", found, text)


def _first_release(trial: Trial) -> None:
    trial.copy_image()
    expect(trial.slipway("config", "set", trial.env, APP, SECRET, "--stdin", "--yes", stdin=trial.secret))
    _configure(trial, "one")
    expect(_deploy(trial))
    _page(trial, "one")
    _equal("services that run", sorted(trial.hand.definitions()), [WEB, WORKER])


def _scale(trial: Trial) -> None:
    expect(trial.slipway("scale", trial.env, APP, "worker=2", "--yes"))
    _no_changes(trial)
    _equal(f"tasks of {WORKER} after an `up`", trial.hand.wanted()[WORKER], 2)


def _release_fails(trial: Trial) -> None:
    before = trial.hand.definitions()
    trial.commands.behave(GOOD.but("release", ENDS_BADLY))
    expect(_deploy(trial), 5)
    _equal("what services run", trial.hand.definitions(), before)


def _worker_crashes(trial: Trial) -> None:
    trial.commands.behave(GOOD.but("worker", ENDS_BADLY))
    expect(_deploy(trial), 6)
    _all_on_one(trial)
    _page(trial, "one")


def _web_is_ill(trial: Trial) -> None:
    trial.commands.behave(GOOD.but("web", LISTENS_ILL))
    expect(_deploy(trial), 6)
    _all_on_one(trial)
    _page(trial, "one")


def _all_on_one(trial: Trial) -> None:
    """All processes are on one and the same release."""
    found = json.loads(expect(trial.slipway("status", trial.env, APP, "--json")).answer)
    strange = [row["name"] for row in found["processes"] if row.get("expected") is False]
    _equal("processes that run something else than the release", strange, [])


def _config_changes(trial: Trial) -> None:
    trial.commands.behave(GOOD)
    _configure(trial, "two")
    expect(_deploy(trial))
    _page(trial, "two")


def _rollback(trial: Trial) -> None:
    expect(trial.slipway("rollback", trial.env, APP, "--yes"))
    _page(trial, "one")
    _equal(f"tasks of {WORKER} after the rollback", trial.hand.wanted()[WORKER], 2)


def _no_infrastructure(trial: Trial) -> None:
    """Releases have left nothing for `up` to do, and `up` leaves what they have done."""
    before = trial.hand.definitions()
    _no_changes(trial)
    _equal("what services run", trial.hand.definitions(), before)


def _killed(trial: Trial) -> None:
    _configure(trial, "three")
    trial.said.append(trial.commands.kill("deploy", trial.env, APP, "--image", TAG, at="rolling out"))
    expect(_deploy(trial))
    _page(trial, "three")
    rows = json.loads(expect(trial.slipway("releases", trial.env, APP, "--json")).answer)
    _equal("releases without an end", [row["release"] for row in rows if row["verdict"] == "started"], [])


def _two_at_once(trial: Trial) -> None:
    _configure(trial, "four")
    both = trial.commands.both("deploy", trial.env, APP, "--image", TAG)
    trial.said += both
    _equal("the exit codes of two deploys at once", sorted(done.code for done in both), [0, 11])
    _page(trial, "four")


def _drift(trial: Trial) -> None:
    trial.hand.scale(WORKER, 3)
    expect(trial.slipway("drift", trial.env, APP), 13)
    expect(trial.slipway("drift", trial.env, APP, "--overwrite", "--yes"))
    _equal(f"tasks of {WORKER}, which the catalogue gives 1", trial.hand.wanted()[WORKER], 1)
    expect(trial.slipway("drift", trial.env, APP))


def _secrets(trial: Trial) -> None:
    """The value is in the app's environment, or nothing would be proved; and it is nowhere else."""
    known = expect(trial.commands.run("config", "get", trial.env, APP, SECRET)).answer
    _equal("the variable has the value that is looked for", known.strip() == trial.secret, True)
    outputs = expect(trial.slipway("outputs", trial.env, "--json")).answer
    places = {
        "a task definition": trial.hand.definition_texts(),
        "the stack's outputs": [outputs],
        "a file of the project": trial.commands.files(),
        "what a command said": [f"{done.answer}{done.story}{done.words}" for done in trial.said],
    }
    found = [place for place, texts in places.items() if any(trial.secret in text for text in texts)]
    _equal("places that have the value of a variable", found, [])


def _plain(trial: Trial) -> None:
    """AWS's own API restarts a service, and Slipway has nothing against it."""
    if not trial.hand.restart(WORKER):
        raise Broken(f"ECS could not start the tasks of {WORKER} anew")
    expect(trial.slipway("drift", trial.env, APP))


STAGES: Sequence[Stage] = (
    Stage("the platform comes up", Promise.TWO_WAY, _up, vital=True),
    Stage("a second `up` changes nothing", Promise.TWO_WAY, _no_changes),
    Stage("a release, and its page", Promise.THE_EXIT_CODE_IS_TRUE, _first_release, vital=True),
    Stage("a scale that `up` leaves alone", Promise.TWO_WAY, _scale),
    Stage("a release process that fails", Promise.A_FAILED_RELEASE_PHASE_TOUCHES_NOTHING, _release_fails),
    Stage("a worker that crashes", Promise.ALL_OR_NONE, _worker_crashes),
    Stage("a web process that is ill", Promise.THE_EXIT_CODE_IS_TRUE, _web_is_ill),
    Stage("a change of config", Promise.A_RELEASE_IS_WHOLE, _config_changes),
    Stage("a rollback of image and config", Promise.A_RELEASE_IS_WHOLE, _rollback),
    Stage("an `up` after all that", Promise.TWO_WAY, _no_infrastructure),
    Stage("a driver that is killed in a rollout", Promise.KILL_IT_ANYWHERE, _killed),
    Stage("two deploys at once", Promise.KILL_IT_ANYWHERE, _two_at_once),
    Stage("a change by hand, and back", Promise.TWO_WAY, _drift),
    Stage("a search for a secret", Promise.NO_SECRET_LEAKS, _secrets),
    Stage("a restart by AWS's own API", Promise.PLAIN_AWS, _plain),
)
