from driver.core.importing.variables import advice, choose
from driver.core.values.heroku import AddOn, HerokuApp
from driver.core.values.secret import SecretValues

POSTGRES = AddOn(service="heroku-postgresql", plan="x", variables=("DATABASE_URL", "HEROKU_POSTGRESQL_RED_URL"))
LOGS = AddOn(service="papertrail", plan="x", variables=("PAPERTRAIL_API_TOKEN",))
MAIL = AddOn(service="mailgun", plan="x", variables=("MAILGUN_API_KEY",))
STRANGE = AddOn(service="something-new", plan="x", variables=("NEW_KEY",))


def app(*add_ons: AddOn, **config: str) -> HerokuApp:
    return HerokuApp(name="acme", config=SecretValues(config), add_ons=add_ons)


def test_what_leads_into_a_store_at_heroku_stays_and_is_asked_for() -> None:
    chosen = choose(app(POSTGRES, A="1", DATABASE_URL="x", HEROKU_POSTGRESQL_RED_URL="x"), stores=False)
    assert list(chosen.values) == ["A"]
    assert chosen.left["DATABASE_URL"] == "it leads to heroku-postgresql at Heroku"
    assert chosen.missing == ("DATABASE_URL",)
    assert chosen.required == ("A", "DATABASE_URL")


def test_both_sides_can_share_the_stores_for_a_while() -> None:
    chosen = choose(app(POSTGRES, DATABASE_URL="x", HEROKU_POSTGRESQL_RED_URL="x"), stores=True)
    assert list(chosen.values) == ["DATABASE_URL", "HEROKU_POSTGRESQL_RED_URL"]
    assert chosen.missing == ()


def test_an_account_with_somebody_else_comes_along_and_what_nothing_needs_does_not() -> None:
    chosen = choose(app(LOGS, MAIL, STRANGE, PAPERTRAIL_API_TOKEN="x", MAILGUN_API_KEY="x", NEW_KEY="x"), stores=False)
    assert list(chosen.values) == ["MAILGUN_API_KEY", "NEW_KEY"]
    assert chosen.missing == ()


def test_what_no_container_takes_or_nothing_reads_stays_with_its_reason() -> None:
    given = {
        "PORT": "5000",
        "REMAP_SIGTERM": "SIGQUIT",
        "SLIPWAY_X": "x",
        "a b": "x",
        "NUL": "a\0b",
        "BUILDPACK_URL": "x",
    }
    chosen = choose(app(**given), stores=True)
    assert list(chosen.values) == []
    assert set(chosen.left) == set(given)
    assert chosen.left["NUL"] == "its value holds a NUL, and no environment variable can"
    assert "NUL" not in chosen.required


def test_values_are_looked_at_and_never_told() -> None:
    chosen = choose(
        app(
            HOSTS="a.example,acme-123.herokuapp.com",
            OTHER_DB="postgres://user:hunter2@db.example/x",
            GOOD_DB="postgres://user:hunter2@db.example/x?a=b&sslmode=require",
            WEB_CONCURRENCY="4",
        ),
        stores=False,
    )
    told = advice(chosen)
    assert [line.split()[0] for line in told] == ["HOSTS", "OTHER_DB", "WEB_CONCURRENCY"]
    assert "hunter2" not in " ".join(told) + repr(chosen)


def test_an_app_whose_config_may_not_be_read_requires_nothing() -> None:
    assert choose(HerokuApp(name="acme"), stores=False).required == ()
