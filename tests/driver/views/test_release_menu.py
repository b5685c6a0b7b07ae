"""Rules of choosing a release to go back to."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from driver.core.release.rollback import Menu
from driver.core.values import release as ledger
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import Interrupted, InvalidInput
from driver.views.release_menu import age, number_of, pick, show_choices
from model.releases import Source
from tests.driver.core.fake_platform import SETTINGS, Cloud, pin

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def release(number: int, letter: str, message: str = "", *, barrier: bool = False) -> Release:
    made = pin(number, letter, tasks=True).model_copy(update={"source": Source(commit="1a2b3c4d5e6f7")})
    return Release(
        app="shop",
        pin=made,
        kind=Kind.DEPLOY,
        who=f"ann{number}@ci",
        message=message,
        started=NOW - timedelta(hours=9 - number),
        tag=f"master-{number}",
        verdict=Verdict.SUCCEEDED,
        no_rollback_past=barrier,
    )


@pytest.fixture
def menu() -> Menu:
    rows = [release(3, "c"), release(2, "b", "faster search", barrier=True), release(1, "a")]
    state = Cloud(pin(3, "c")).read("dev").app("shop")
    assert state is not None
    return Menu(
        names=SETTINGS.names("shop"),
        app=SETTINGS.apps["shop"],
        state=state,
        releases=rows,
        choices=ledger.choices(rows, 3),
    )


def answering(*answers: str | None) -> Callable[[str], str | None]:
    rest: Iterator[str | None] = iter(answers)
    return lambda _question: next(rest)


def test_the_list_says_of_each_release_what_somebody_needs_to_choose(
    menu: Menu, capsys: pytest.CaptureFixture[str]
) -> None:
    show_choices(menu, NOW, None)
    assert capsys.readouterr().err.splitlines() == [
        "shop in dev runs v3; good releases before it:",
        " → v2  7 hours ago  master-2  1a2b3c4d5e  ann2@ci  faster search",
        "   v1  8 hours ago  master-1  1a2b3c4d5e  ann1@ci  (no way back past v2)",
        "Code and config go back together. The database does not, and the scale stays.",
    ]


@pytest.mark.parametrize(("answers", "number"), [(("",), 2), (("v1",), 1), (("1",), 1), (("v3", "V2"), 2)])
def test_a_release_is_chosen_by_its_number_and_only_from_the_list(
    menu: Menu, answers: tuple[str, ...], number: int
) -> None:
    assert pick(menu, answering(*answers)) == number


@pytest.mark.parametrize("answer", ["q", None])
def test_who_would_rather_not_changes_nothing(menu: Menu, answer: str | None) -> None:
    with pytest.raises(Interrupted, match="nothing was changed"):
        pick(menu, answering(answer))


def test_an_age_is_told_in_its_largest_unit() -> None:
    ages = [age(NOW - timedelta(seconds=seconds), NOW) for seconds in (-5, 59, 60, 7200, 86400, 86400 * 40)]
    assert ages == ["just now", "just now", "1 minute ago", "2 hours ago", "1 day ago", "40 days ago"]


def test_a_release_is_written_with_or_without_its_letter() -> None:
    assert (number_of("v43"), number_of("43"), number_of(None)) == (43, 43, None)
    with pytest.raises(InvalidInput, match="v4x is no release"):
        number_of("v4x")
