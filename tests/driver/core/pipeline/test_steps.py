"""Which steps of a pipeline run, and what is told of them."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from driver.core.pipeline import report as pipeline_report
from driver.core.pipeline.steps import Name, Outcome, Report, Step, Told, run, wanted
from driver.errors import InvalidInput, ReleasePhaseFailed
from model.errors import SpecError


def done() -> Told:
    return Told(words="it is done")


def there() -> Told:
    return Told(words="it was there | <b>", there=True)


def fails() -> Told:
    raise ReleasePhaseFailed("the migration failed with 1\nDETAIL: <table> & \x1b[31mred", hint="Mend it.")


def mistyped() -> Told:
    raise SpecError("Procfile:2", "no line of it", found="x")


def reported(*chosen: Name, **steps: Callable[[], Told]) -> Report:
    report, clock = Report(app="shop", env="dev", facts={"tag": "main-1"}), iter(range(100))
    all_steps = [Step(name=name, do=steps.get(name, done)) for name in Name]
    run(report, all_steps, chosen or tuple(Name), lambda: float(next(clock)), lambda _: None)
    return report


def outcomes(report: Report) -> list[Outcome]:
    return [row.outcome for row in report.results]


def test_all_steps_run_in_turn_and_what_was_there_is_skipped() -> None:
    report = reported(build=there, push=there)
    assert report.good
    assert outcomes(report) == ["done", "skipped", "skipped", "done", "done", "done"]


def test_the_first_failure_ends_it_with_its_own_code() -> None:
    report = reported(deploy=fails)
    assert isinstance(report.failure, ReleasePhaseFailed)
    assert outcomes(report) == ["done", "done", "done", "failed", "not run", "not run"]
    assert report.results[3].code == 5
    assert outcomes(reported(lint=mistyped))[:2] == ["failed", "not run"]
    assert reported(lint=mistyped).results[0].code == 3


def test_a_pipeline_that_is_stopped_still_reports() -> None:
    def stopped() -> Told:
        raise KeyboardInterrupt

    report = reported(deploy=stopped)
    assert outcomes(report) == ["done", "done", "done", "failed", "not run", "not run"]
    assert report.results[3].code == 130


@pytest.mark.parametrize(
    ("only", "begin", "names"),
    [
        ("", "", list(Name)),
        ("push", "", ["push"]),
        ("", "push", ["push", "deploy", "heroku", "marks"]),
        ("", "marks", ["marks"]),
    ],
)
def test_one_step_or_those_from_one_on_can_be_asked_for(only: str, begin: str, names: list[str]) -> None:
    assert list(wanted(only, begin)) == names
    assert outcomes(reported(*wanted(only, begin))).count(Outcome.DONE) == len(names)


@pytest.mark.parametrize(("only", "begin"), [("lint", "push"), ("bild", ""), ("", "ship")])
def test_a_step_that_there_is_not_is_told(only: str, begin: str) -> None:
    with pytest.raises(InvalidInput):
        wanted(only, begin)


def test_junit_is_xml_whatever_a_failure_says() -> None:
    suite = ET.fromstring(pipeline_report.junit(reported(build=there, deploy=fails))).find("testsuite")
    assert suite is not None
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "6",
        "failures": "1",
        "skipped": "3",
    }
    failure = suite.find("testcase[@name='deploy']/failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type")) == ("the migration failed with 1", "exit 5")
    assert "DETAIL: <table> & [31mred" in (failure.text or "")


def test_a_summary_is_a_table_that_no_words_can_break() -> None:
    text = pipeline_report.markdown(reported(build=there, deploy=fails))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 7
    assert "it was there \\| &lt;b>" in text
    assert "❌ shop in dev" in text
    assert text.endswith("> Mend it.\n")


def test_a_script_gets_every_step() -> None:
    answer = pipeline_report.plain(reported(deploy=fails))
    assert (answer["good"], answer["tag"]) == (False, "main-1")
    steps = answer["steps"]
    assert isinstance(steps, list)
    assert steps[3]["code"] == 5
