from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest

from driver.core.values.release import Attempt, Kind, Outcome, Release, Step, Verdict
from driver.core.values.trace import Parent, parent_in, spans
from model.releases import Pin, Source

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PARENT = Parent(trace="a" * 32, span="b" * 16)
DONE = Release(
    app="shop",
    pin=Pin(release=4, image=f"0/shop@sha256:{'a' * 64}", source=Source(commit="c0ffee", branch="main")),
    kind=Kind.DEPLOY,
    who="me",
    started=AT,
    verdict=Verdict.SUCCEEDED,
    finished=AT + 60 * SECOND,
    steps=(
        Step(name="register the release process", at=AT, ended=AT + 5 * SECOND),
        Step(name="run the release process", at=AT + 5 * SECOND, ended=AT + 20 * SECOND),
        Step(name="roll out", at=AT + 20 * SECOND, ended=AT + 60 * SECOND),
    ),
    attempts=(
        Attempt(number=1, started=AT + 6 * SECOND, ended=AT + 19 * SECOND, task="arn:task", exit_code=0).model_copy(
            update={"outcome": Outcome.SUCCEEDED}
        ),
    ),
)
FAILED = DONE.model_copy(update={"verdict": Verdict.FAILED, "reason": "web: it crashed"})


def test_a_release_is_a_span_with_one_for_each_step_and_each_run_of_its_release_process() -> None:
    found = spans("prod", DONE)
    assert [(row.name, (row.ended - row.began) // SECOND) for row in found] == [
        ("RUN deploy shop", 60),
        ("register the release process", 5),
        ("run the release process", 15),
        ("release process, run 1", 13),
        ("roll out", 40),
    ]
    root, _, step, attempt, _ = found
    assert [row.parent for row in found] == ["", root.id, root.id, step.id, root.id]
    assert len({row.id for row in found}) == 5
    assert {row.trace for row in found} == {root.trace}
    assert attempt.attributes == {"aws.ecs.task.arn": "arn:task", "process.exit.code": 0}
    assert root.attributes["deployment.status"] == "succeeded"
    assert [row.failed for row in found] == [""] * 5


def test_the_same_release_is_the_same_trace_and_another_life_of_its_number_is_not() -> None:
    assert spans("prod", DONE) == spans("prod", DONE)
    later = DONE.model_copy(update={"started": AT - SECOND})
    assert spans("prod", DONE)[0].trace != spans("prod", later)[0].trace


def test_it_hangs_below_the_span_that_began_it() -> None:
    found = spans("prod", DONE, PARENT)
    assert (found[0].trace, found[0].parent) == (PARENT.trace, PARENT.span)


def test_a_failed_one_says_why_in_itself_and_in_its_last_step() -> None:
    found = spans("prod", FAILED)
    assert [row.failed for row in found] == ["web: it crashed", "", "", "", "web: it crashed"]
    assert found[0].attributes["error.type"] == "failed"
    assert found[0].attributes["cicd.pipeline.result"] == "failure"
    assert found[-1].attributes["cicd.pipeline.task.run.result"] == "failure"
    cancelled = FAILED.model_copy(update={"reason": "it was cancelled, by somebody"})
    assert spans("prod", cancelled)[0].attributes["cicd.pipeline.result"] == "cancellation"


def test_one_that_has_not_ended_has_no_spans_and_one_that_was_cut_off_ends_no_step_before_it_began() -> None:
    assert spans("prod", DONE.model_copy(update={"finished": None})) == ()
    odd = DONE.model_copy(update={"steps": (Step(name="roll out", at=AT + 90 * SECOND),)})
    assert all(row.ended >= row.began for row in spans("prod", odd))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"00-{'a' * 32}-{'b' * 16}-01", PARENT),
        (f"00-{'a' * 32}-{'b' * 16}-00", Parent(trace="a" * 32, span="b" * 16, sampled=False)),
        (f"cc-{'a' * 32}-{'b' * 16}-01-what-comes", PARENT),
        (f"ff-{'a' * 32}-{'b' * 16}-01", None),
        (f"00-{'0' * 32}-{'b' * 16}-01", None),
        (f"00-{'a' * 32}-{'0' * 16}-01", None),
        (f"00-{'A' * 32}-{'b' * 16}-01", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_a_parent_is_read_as_the_w3c_says(text: str, found: Parent | None) -> None:
    assert parent_in(text) == found


def test_names_are_those_of_the_semantic_conventions() -> None:
    rooms = ("cicd", "deployment", "vcs", "container", "aws", "process")
    known = {"error.type", "slipway.release", "slipway.verdict"}
    for room in rooms:
        module = import_module(f"opentelemetry.semconv._incubating.attributes.{room}_attributes")
        known |= {value for value in vars(module).values() if isinstance(value, str)}
    used = {name for release in (DONE, FAILED) for row in spans("prod", release) for name in row.attributes}
    assert len(used) > 12
    assert used - known == set()
