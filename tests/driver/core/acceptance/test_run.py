"""A run: every stage's outcome is told, what it needs and lacks is not tried, and it is always taken down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from driver.core.acceptance import run as acceptance
from driver.core.acceptance.promises import Finding, Outcome, Promise, Report
from driver.core.acceptance.stages import STAGES, WEB, WORKER
from driver.core.acceptance.trial import Done, Trial
from driver.core.acceptance.trial_settings import APP, SECRET, Behaviour, catalogue, stack
from model.settings.parse import parse
from tests.fakes import FakeClock as Clock

VALUE = "s3cret-s3cret"


@dataclass
class FakeSlipway:
    """A Slipway that does what it promises, but for what `wrong` says: exit codes by the first word of a command."""

    wrong: Mapping[str, int] = field(default_factory=dict)
    ran: list[tuple[str, ...]] = field(default_factory=list)
    behaviour: Behaviour = field(default_factory=Behaviour)
    releases: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    drifted: bool = False
    leaks: bool = False
    interrupted_at: str = ""

    def run(self, *words: str, stdin: str = "") -> Done:
        self.ran.append(words)
        if words[0] == self.interrupted_at:
            self.interrupted_at = ""
            raise KeyboardInterrupt
        story = f"error: {VALUE}\nAccessDeniedException" if self.leaks else "it is done"
        answer, code = getattr(self, f"_{words[0]}", lambda *_: ("", 0))(words, stdin)
        return Done(words=words, code=self.wrong.get(words[0], code), answer=answer, story=story)

    def both(self, *words: str) -> tuple[Done, Done]:
        one = self.run(*words)
        return one, Done(words=words, code=11, answer="", story="")

    def kill(self, *words: str, at: str) -> Done:
        return Done(words=words, code=-9, answer="", story="")

    def behave(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def files(self) -> Sequence[str]:
        return ["name: slipway"]

    def _up(self, words: Sequence[str], _stdin: str) -> tuple[str, int]:
        return "[]", 0

    def _config(self, words: Sequence[str], stdin: str) -> tuple[str, int]:
        if words[1] == "get":
            return f"{VALUE}\n", 0
        self.text = self.text if words[4] == SECRET else stdin
        return "", 0

    def _deploy(self, words: Sequence[str], _stdin: str) -> tuple[str, int]:
        good = Behaviour().arguments
        if self.behaviour.arguments["release"] != good["release"]:
            return "", 5
        if self.behaviour.arguments != good:
            return "", 6
        self.releases.append(("succeeded", self.text))
        return "", 0

    def _rollback(self, words: Sequence[str], _stdin: str) -> tuple[str, int]:
        self.releases.append(self.releases[-2])
        return "", 0

    def _releases(self, words: Sequence[str], _stdin: str) -> tuple[str, int]:
        return json.dumps([{"release": 1, "verdict": verdict} for verdict, _ in self.releases]), 0

    def _status(self, words: Sequence[str], _stdin: str) -> tuple[str, int]:
        return json.dumps({"processes": [{"name": "web", "url": "http://web", "expected": True}]}), 0

    def _drift(self, words: Sequence[str], _stdin: str) -> tuple[str, int]:
        drifted, self.drifted = self.drifted, self.drifted and "--overwrite" not in words
        return "", 0 if "--overwrite" in words or not drifted else 13


@dataclass
class FakeHand:
    slipway: FakeSlipway
    removed: int = 0
    counts: dict[str, int] = field(default_factory=lambda: {WEB: 1, WORKER: 2})

    def definitions(self) -> Mapping[str, str]:
        return {WEB: "web:1", WORKER: "worker:1"}

    def wanted(self) -> Mapping[str, int]:
        return self.counts

    def definition_texts(self) -> Sequence[str]:
        return ["{}"]

    def scale(self, service: str, count: int) -> None:
        self.slipway.drifted, self.counts = True, {WEB: 1, WORKER: 1}

    def restart(self, service: str) -> bool:
        return True

    def page(self, url: str) -> str:
        return self.slipway.releases[-1][1]

    def left(self) -> Sequence[str]:
        return [] if self.removed else ["arn:aws:ecr:eu-west-1:1:repository/acceptance"]

    def remove_left(self) -> None:
        self.removed += 1


def trial(slipway: FakeSlipway) -> Trial:
    nothing = lambda: None  # noqa: E731 - the image is there, and nothing is to be forgotten
    return Trial("acc123456", slipway, FakeHand(slipway), VALUE, nothing, nothing)


def quiet(_line: str) -> None:
    """Nobody listens."""


def report(slipway: FakeSlipway) -> Report:
    return acceptance.run(trial(slipway), "eu-west-1", Clock(), quiet)


def test_where_all_promises_hold_all_are_held_and_nothing_is_left() -> None:
    slipway = FakeSlipway()
    found = report(slipway)
    assert [row for row in found.findings if row.outcome is not Outcome.HELD] == []
    assert (found.broken, found.untried, found.left) == ([], [], [])
    assert {row.promise for row in found.findings} == set(Promise)
    assert slipway.ran[-1] == ("destroy", "acc123456", "--yes")


def test_a_broken_promise_is_named_with_what_was_seen() -> None:
    found = report(FakeSlipway(wrong={"rollback": 9}))
    assert found.broken == [Promise.A_RELEASE_IS_WHOLE]
    why = dict((row[0][:1], row[2]) for row in found.rows)["2"]
    assert "`slipway rollback acc123456 acceptance --yes` ended with 9, not 0: it is done" in why


def test_what_needs_a_stage_that_failed_is_not_tried() -> None:
    found = report(FakeSlipway(wrong={"up": 10}))
    assert found.broken == [Promise.TWO_WAY]
    assert found.untried == [promise for promise in Promise if promise is not Promise.TWO_WAY]
    assert "the platform comes up" in found.findings[-1].reason


def test_a_value_that_a_command_says_is_found_and_aws_s_codes_are_kept() -> None:
    found = report(FakeSlipway(leaks=True))
    assert found.broken == [Promise.NO_SECRET_LEAKS]
    assert found.findings[0].codes == ("AccessDeniedException",)
    assert VALUE not in json.dumps(found.plain())


def test_an_interrupted_run_takes_down_what_it_has_made() -> None:
    slipway = FakeSlipway(interrupted_at="rollback")
    with pytest.raises(KeyboardInterrupt):
        report(slipway)
    assert slipway.ran[-1] == ("destroy", "acc123456", "--yes")


def test_what_can_not_be_destroyed_is_taken_over_and_tried_again() -> None:
    slipway = FakeSlipway(wrong={"destroy": 9})
    found = report(slipway)
    assert [words[0] for words in slipway.ran[-9:]] == ["destroy", "cancel", "up"] * 3
    assert found.left == ["arn:aws:ecr:eu-west-1:1:repository/acceptance"]


def test_its_settings_are_ones_that_slipway_takes() -> None:
    model = {"secretsprovider": "awskms://key", "config": {"slipway:vault": {"mount": "kv"}, "slipway:protect": True}}
    files = stack(model, "acc123456", "eu-west-3", ["eu-west-3a", "eu-west-3b", "eu-west-3c"], 5)
    project = catalogue({"name": "slipway", "runtime": "python", "config": {"apps": {}}}, Behaviour())
    values = {key.removeprefix("slipway:"): value for key, value in files["config"].items() if "slipway:" in key}
    settings = parse("acc123456", "eu-west-3", {"apps": project["config"]["apps"]["value"], **values})
    assert (settings.vault.mount, settings.protect, list(settings.apps)) == ("kv", False, [APP])
    assert (files["secretsprovider"], project["name"], project["runtime"]) == ("awskms://key", "slipway", "python")


def test_a_promise_is_broken_by_one_stage_and_held_by_one_where_none_breaks_it() -> None:
    rows = [
        Finding(stage="a", promise=Promise.TWO_WAY, outcome=Outcome.HELD),
        Finding(stage="b", promise=Promise.TWO_WAY, outcome=Outcome.UNTRIED),
        Finding(stage="c", promise=Promise.PLAIN_AWS, outcome=Outcome.BROKEN, reason="it is not"),
        Finding(stage="d", promise=Promise.PLAIN_AWS, outcome=Outcome.HELD),
    ]
    found = Report(env="acc1", region="eu-west-1", findings=rows)
    assert found.of(Promise.TWO_WAY) is Outcome.HELD
    assert (found.broken, len(found.untried)) == ([Promise.PLAIN_AWS], 6)


def test_every_stage_is_about_one_promise_and_says_what_it_does() -> None:
    assert len({stage.words for stage in STAGES}) == len(STAGES)
    assert [stage.words for stage in STAGES if stage.vital] == ["the platform comes up", "a release, and its page"]
