import pytest

from driver.core.importing.places import Place, Wanted, app_name, places, wanted
from driver.core.values.heroku import Coupled
from driver.errors import DriverError, InvalidInput, NotFound

KNOWN = ["dev", "prod", "staging"]


def placed(*rows: Coupled, known: list[str] = KNOWN, **want: object) -> tuple[list[tuple[str, str, str]], list[str]]:
    found, failed = places(rows, Wanted(**want), known)  # type: ignore[arg-type]
    return [(row.heroku, row.app, row.env) for row in found], list(failed)


def test_a_pipeline_is_an_app_and_its_stages_are_environments_with_production_first() -> None:
    stages = ("staging", "production", "development")
    rows = [Coupled(app=f"acme-{stage}", pipeline="Acme Shop", stage=stage) for stage in stages]
    assert placed(*rows) == (
        [
            ("acme-production", "acme-shop", "prod"),
            ("acme-staging", "acme-shop", "staging"),
            ("acme-development", "acme-shop", "dev"),
        ],
        [],
    )


def test_several_apps_in_one_stage_keep_their_own_names() -> None:
    rows = [Coupled(app=f"acme-{name}-production", pipeline="acme", stage="production") for name in ("eu", "us")]
    assert placed(*rows)[0] == [
        ("acme-eu-production", "acme-eu", "prod"),
        ("acme-us-production", "acme-us", "prod"),
    ]


def test_two_that_would_be_one_are_both_left_out() -> None:
    rows = [Coupled(app="acme-prod"), Coupled(app="acme-live"), Coupled(app="other")]
    assert placed(*rows, env="prod") == ([("other", "other", "prod")], ["acme-prod", "acme-live"])


def test_review_apps_stay_and_stop_nobody() -> None:
    rows = [
        Coupled(app="acme-pr-7", pipeline="acme", stage="review"),
        Coupled(app="acme", pipeline="acme", stage="staging"),
    ]
    assert placed(*rows) == ([("acme", "acme", "staging")], ["acme-pr-7"])


def test_an_app_in_no_pipeline_goes_to_the_only_environment_or_is_asked_for() -> None:
    assert placed(Coupled(app="acme"), known=["live"])[0] == [("acme", "acme", "live")]
    _, failed = places([Coupled(app="acme")], Wanted(), KNOWN)
    assert "slipway heroku import acme --env ENV, with ENV one of dev, prod, staging" in failed["acme"].hint


def test_the_environment_that_is_said_is_for_apps_without_a_stage_where_there_are_many() -> None:
    rows = [Coupled(app="acme", pipeline="acme", stage="production"), Coupled(app="lone")]
    assert placed(*rows, env="dev", by_stage=True)[0] == [("acme", "acme", "prod"), ("lone", "lone", "dev")]
    assert placed(*rows, env="dev")[0] == [("acme", "acme", "dev"), ("lone", "lone", "dev")]


def test_a_stage_may_have_an_environment_of_any_name() -> None:
    want = wanted(["production=dev", "staging"], "", KNOWN, by_stage=False)
    found, _ = places([Coupled(app="acme", pipeline="acme", stage="production")], want, KNOWN)
    assert found == [Place(heroku="acme", app="acme", env="dev")]


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        (["dev", "prod"], InvalidInput, "one environment; for a pipeline --env STAGE=ENV"),
        (["live=prod"], InvalidInput, "stages are production, staging, development"),
        (["tset"], NotFound, "unknown environment tset; this project has dev, prod, staging"),
        (["production=nowhere"], NotFound, "unknown environment nowhere"),
    ],
)
def test_what_can_not_be_meant_is_told(given: list[str], kind: type[DriverError], words: str) -> None:
    with pytest.raises(kind, match=words):
        wanted(given, "", KNOWN, by_stage=False)


@pytest.mark.parametrize(
    ("heroku", "name"),
    [
        ("acme-shop-production", "acme-shop"),
        ("acme--shop", "acme-shop"),
        ("prod", "prod"),
        ("7-eleven", "eleven"),
        ("acme-company-site-of-the-north", "acme-company-site-of-the"),
        ("Acme Shop (EU)", "acme-shop-eu"),
        ("---", "app"),
    ],
)
def test_the_catalogue_takes_the_name(heroku: str, name: str) -> None:
    assert app_name(heroku) == name
