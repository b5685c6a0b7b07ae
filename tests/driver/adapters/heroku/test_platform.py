from collections.abc import Callable, Iterator

import pytest

from driver.adapters.heroku.platform import HerokuPlatform
from driver.adapters.heroku.requests import RETRIES, Requests
from driver.core.values.heroku import AddOn, Coupled, Dynos, HerokuDomain
from driver.errors import NotFound, Unavailable, Unreachable
from tests.fake_heroku import TOKEN, Heroku, served
from tests.heroku_apps import PIPELINES, SECRET, five, new


class Asking:
    """Heroku as it is asked, with what is said on the way and how long is waited."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.waits: list[float] = []
        self.heroku = HerokuPlatform(Requests(self.said.append, self.waits.append))


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heroku]:
    with served(*five(), new(), pipelines=PIPELINES) as heroku:
        monkeypatch.setenv("HEROKU_HOST", heroku.url)
        monkeypatch.setenv("HEROKU_API_KEY", TOKEN)
        yield heroku


def test_all_of_an_app_is_read_page_by_page(there: Heroku) -> None:
    app = Asking().heroku.app("acme-shop-production")
    assert (app.version, app.commit[:8], app.stack) == (42, "01234567", "heroku-24")
    assert list(app.commands) == ["web", "worker", "image_reprocess_worker", "release"]
    assert app.dynos["web"] == Dynos(quantity=2, size="Standard-2X")
    assert app.domains[0] == HerokuDomain(host="www.acme.example", target="curved-kale.herokudns.com")
    assert [row.service for row in app.add_ons] == [
        "heroku-postgresql", "heroku-redis", "papertrail", "sendgrid", "scheduler",
    ]  # fmt: skip
    assert app.drains == 1
    assert SECRET not in repr(app)
    pages = [ranged for _, path, ranged in there.asked if path.endswith("/addons")]
    assert pages == ["id ..; max=200", "id ]2..; max=200", "id ]4..; max=200"]


def test_the_release_that_runs_is_not_the_newest_one_where_that_failed(there: Heroku) -> None:
    assert Asking().heroku.app("acme-api").version == 42
    releases = [ranged for _, path, ranged in there.asked if path.endswith("/releases")]
    assert releases == ["version ..; order=desc,max=20"]


def test_an_app_of_images_has_its_commands_in_the_formation(there: Heroku) -> None:
    app = Asking().heroku.app("acme-images")
    assert app.in_containers
    assert app.commands == {"web": "./serve --port 3093", "worker": "./work"}


def test_an_app_without_a_release_has_no_version_and_no_processes(there: Heroku) -> None:
    app = Asking().heroku.app("acme-new")
    assert (app.version, app.commands, app.dynos) == (None, {}, {})


def test_an_add_on_of_another_app_is_known_by_its_owner(there: Heroku) -> None:
    [row] = Asking().heroku.app("acme-jobs").add_ons
    assert row == AddOn(
        service="heroku-postgresql",
        plan="heroku-postgresql:standard-0",
        variables=("SHOP_DB_URL",),
        owner="acme-shop-production",
    )


def test_what_may_not_be_read_is_told_and_the_rest_is_read(there: Heroku) -> None:
    there.forbidden = {"/config-vars", "/addons"}
    app = Asking().heroku.app("acme-shop-production")
    assert app.config is None
    assert set(app.unread) == {"the config", "the add-ons"}
    assert "You do not have access" in app.unread["the config"]
    assert len(app.domains) == 2


@pytest.mark.parametrize(
    ("token", "path", "kind", "words"),
    [
        ("wrong", "acme-api", Unreachable, "takes the token no more: Invalid credentials provided"),
        (TOKEN, "nowhere", NotFound, "Couldn't find that app"),
    ],
)
def test_a_refusal_is_told_in_herokus_words(
    there: Heroku, monkeypatch: pytest.MonkeyPatch, token: str, path: str, kind: type[Exception], words: str
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", token)
    with pytest.raises(kind, match=words) as refused:
        Asking().heroku.app(path)
    assert token not in str(refused.value)


def test_an_app_that_may_not_be_looked_at_is_refused(there: Heroku) -> None:
    there.forbidden = {"/apps/acme-api"}
    with pytest.raises(Unreachable, match="You do not have access"):
        Asking().heroku.app("acme-api")


@pytest.mark.parametrize("trouble", [{"busy": 2}, {"down": 2}])
def test_the_limit_of_requests_and_short_trouble_are_waited_for(there: Heroku, trouble: dict[str, int]) -> None:
    for name, times in trouble.items():
        setattr(there, name, times)
    asking = Asking()
    assert asking.heroku.app("acme-api").version == 42
    assert asking.waits == [2.0, 4.0]
    assert "trying again in 2 s" in asking.said[0]


def test_a_limit_that_stays_is_a_failure_that_passes(there: Heroku) -> None:
    there.busy = RETRIES
    with pytest.raises(Unavailable, match="takes no more requests"):
        Asking().heroku.app("acme-api")
    assert len(there.asked) == RETRIES


def test_few_requests_that_are_left_are_told_once(there: Heroku) -> None:
    there.left = 7
    asking = Asking()
    asking.heroku.app("acme-api")
    assert [line for line in asking.said if "7 more requests" in line] == asking.said
    assert len(asking.said) == 1


def test_pipelines_and_teams_are_lists_of_apps(there: Heroku) -> None:
    heroku = Asking().heroku
    assert list(heroku.of_pipeline("acme-shop")) == [
        Coupled(app="acme-shop-production", pipeline="acme-shop", stage="production"),
        Coupled(app="acme-shop-staging", pipeline="acme-shop", stage="staging"),
    ]
    assert heroku.coupled("acme-api") == Coupled(app="acme-api")
    assert heroku.coupled("acme-shop-staging").stage == "staging"
    assert list(heroku.of_team("acme")) == sorted(there.apps)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda there: there.apps["acme-api"].formation.update(web=("many", "Eco")),
        lambda there: there.apps["acme-api"].config.update(A={"secret": SECRET}),
    ],
)
def test_an_answer_of_another_shape_is_told_by_its_place(there: Heroku, break_it: Callable[[Heroku], None]) -> None:
    break_it(there)
    with pytest.raises(Unreachable, match="otherwise than its API promises") as refused:
        Asking().heroku.app("acme-api")
    assert SECRET not in str(refused.value)
