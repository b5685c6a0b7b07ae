"""Rules of what a preflight makes of its findings."""

import pytest

from driver.core.preflight.findings import OVERRIDABLE, Code, Finding, Questions, Report, parse_force
from driver.errors import EngineFailed, ExitCode, InvalidInput, NotReady, Unreachable

IMAGE = Finding(Code.IMAGE, "there is no image v9", "The newest there are: v8.")
ALARM = Finding(Code.ALARM_FIRING, "the alarm dev-shop-5xx is firing", "See why.")
DOWN = Unreachable("Vault did not answer", hint="Check VAULT_ADDR.")


def test_without_findings_nothing_is_refused() -> None:
    assert Report().ready
    assert Report().refusal("the deploy") is None


def test_one_finding_is_one_sentence_with_its_own_hint() -> None:
    refusal = Report(findings=[IMAGE]).refusal("the deploy")
    assert isinstance(refusal, NotReady)
    assert (refusal.message, refusal.hint) == (IMAGE.message, IMAGE.hint)


def test_a_finding_that_can_be_overridden_says_how() -> None:
    refusal = Report(findings=[ALARM]).refusal("the deploy")
    assert refusal is not None
    assert refusal.hint == "See why. If that is meant: --force alarm-firing"


def test_several_findings_are_all_listed_with_code_and_advice() -> None:
    refusal = Report(findings=[IMAGE, ALARM], unasked=[DOWN]).refusal("the deploy of shop")
    assert refusal is not None
    assert refusal.code is ExitCode.NOT_READY
    assert refusal.message.splitlines() == [
        "the deploy of shop can't begin; nothing was changed:",
        "  image: there is no image v9",
        "    The newest there are: v8.",
        "  alarm-firing: the alarm dev-shop-5xx is firing",
        "    See why. If that is meant: --force alarm-firing",
        "  not answered: Vault did not answer",
    ]


def test_what_could_not_be_asked_alone_is_unreachable() -> None:
    assert Report(unasked=[DOWN]).refusal("the deploy") is DOWN
    both = Report(unasked=[DOWN, Unreachable("AWS did not answer")]).refusal("the deploy")
    assert isinstance(both, Unreachable)
    assert "not answered: AWS did not answer" in both.message


def test_an_overridden_finding_stops_nothing_and_stays_known() -> None:
    report = Report(findings=[ALARM], force=frozenset({Code.ALARM_FIRING}))
    assert report.ready
    assert report.overridden == [ALARM]
    other = Report(findings=[ALARM, IMAGE], force=frozenset({Code.ALARM_FIRING}))
    assert other.blocking == [IMAGE]


def test_only_what_can_be_overridden_can_be_forced() -> None:
    assert parse_force(["alarm-firing", "no-way-back"]) == {Code.ALARM_FIRING, Code.NO_WAY_BACK}
    for name, words in (("alarms", "no such finding"), ("image", "can't be overridden")):
        with pytest.raises(InvalidInput, match=words) as caught:
            parse_force(["alarm-firing", name])
        assert all(str(code) in caught.value.hint for code in OVERRIDABLE)


def test_one_question_that_fails_does_not_hide_the_next() -> None:
    questions = Questions()

    def missing() -> int:
        raise NotReady("it is not there", hint="Make it.")

    def down() -> int:
        raise DOWN

    assert [questions.ask(Code.IMAGE, ask) for ask in (missing, down, down, lambda: 7)] == [None, None, None, 7]
    assert questions.findings == [Finding(Code.IMAGE, "it is not there", "Make it.")]
    assert questions.unasked == [DOWN]


def test_a_failure_that_is_no_finding_is_not_swallowed() -> None:
    def fails() -> int:
        raise EngineFailed("the engine failed")

    with pytest.raises(EngineFailed):
        Questions().ask(Code.PLATFORM, fails)
