import asyncio
import json
import os
from collections.abc import Iterator

import pulumi
import pytest

from components import run_config
from components.previous_state import Echo
from driver.adapters.pulumi.run_config import targeted, with_run
from driver.core.ports import Update
from model.settings.app import App
from model.settings.parse import TARGETED

STACK = {"config": {"aws:region": "eu-west-1"}}
TARGETS = ("urn:pulumi:dev::slipway::aws:ecs/service:Service::shop.web",)
APPS = {name: App.model_validate({"processes": {"worker": {}}}) for name in ("shop", "till")}
SETTINGS = {
    "aws:region": "eu-west-1",
    "slipway:network": json.dumps({"zones": ["eu-west-1a", "eu-west-1b"]}),
    "slipway:apps": json.dumps({name: {"processes": {"worker": {}}} for name in APPS}),
}


def of_shop(**more: object) -> Update:
    return Update(env="dev", message="deploy shop", app="shop", targets=TARGETS, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    # The SDK wants a current event loop, which an earlier test of the same process may have taken away.
    try:
        asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())
    before = dict(pulumi.runtime.config.CONFIG.get())
    pulumi.runtime.set_mocks(NoEngine(), stack="dev", project="slipway")
    yield
    pulumi.runtime.set_all_config(before)


class NoEngine(pulumi.runtime.Mocks):
    """Nothing is registered here."""

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, object], None]:
        raise AssertionError(args.token)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        raise AssertionError(args.name)


def load(**more: str) -> run_config.Run:
    """The program's own reading of a stack file."""
    pulumi.runtime.set_all_config({**SETTINGS, **{f"slipway:{key}": value for key, value in more.items()}})
    return run_config.load()[1]


def test_an_update_of_one_app_without_targets_can_not_be_made() -> None:
    with pytest.raises(ValueError, match="would delete all other apps"):
        Update(env="dev", message="deploy shop", app="shop")


def test_scope_and_targets_are_told_together() -> None:
    update = of_shop()
    stack = with_run(STACK, update)
    assert stack["config"] == {"aws:region": "eu-west-1", "slipway:scope": "shop"}
    with targeted(update) as arguments:
        assert arguments["target"] == list(TARGETS)
        assert load(scope="shop").scope == "shop"
    assert TARGETED not in os.environ


def test_the_program_refuses_a_scope_that_the_engine_has_no_targets_of() -> None:
    with pytest.raises(pulumi.RunError, match="it would delete all other apps"):
        load(scope="shop")


def test_the_program_refuses_the_scope_of_another_run() -> None:
    with targeted(of_shop()), pytest.raises(pulumi.RunError, match="only till is evaluated"):
        load(scope="till")


def test_a_run_with_targets_of_the_whole_program_marks_no_app() -> None:
    update = Update(env="dev", message="repositories", targets=TARGETS)
    with targeted(update), pytest.raises(pulumi.RunError, match="it would delete all other apps"):
        load(scope="shop")


def test_a_mark_outlives_neither_its_run_nor_the_one_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TARGETED, "shop")
    with targeted(Update(env="dev", message="up")):
        assert TARGETED not in os.environ
    assert os.environ[TARGETED] == "shop"


def test_a_scope_that_somebody_wrote_into_the_stack_file_never_reaches_a_run_of_the_driver() -> None:
    stack = {"config": {"slipway:scope": "till", "slipway:releasing": "till"}}
    assert with_run(stack, Update(env="dev", message="up"))["config"] == {}


def test_only_the_app_in_scope_is_evaluated() -> None:
    with targeted(of_shop()):
        assert list(load(scope="shop").evaluated(APPS)) == ["shop"]
    assert list(load().evaluated(APPS)) == ["shop", "till"]


def test_a_scope_that_is_not_in_the_catalogue_is_refused() -> None:
    update = Update(env="dev", message="deploy", app="shed", targets=TARGETS)
    with targeted(update):
        run = load(scope="shed")
    with pytest.raises(pulumi.RunError, match="shed is not in the catalogue; it has shop, till"):
        run.evaluated(APPS)


@pytest.mark.parametrize("key", ["urls", "monitoring"])
def test_what_apps_beside_the_scope_echo_is_kept(key: str) -> None:
    echo = Echo(shown={"shop": {key: {"web": "old"}}, "till": {key: {"web": "till"}}, "shed": {key: {}}})
    assert echo.beside("shop", key) == {"till": {"web": "till"}, "shed": {}}


def test_an_app_beside_the_scope_that_echoes_nothing_of_a_kind_is_left_out_of_it() -> None:
    assert Echo(shown={"till": {"urls": {"web": "till"}}}).beside("shop", "monitoring") == {}


def test_a_whole_run_keeps_nothing_of_an_app_that_is_gone() -> None:
    assert Echo(shown={"gone": {"urls": {"web": "gone"}}}).beside(None, "urls") == {}


def test_what_is_wrong_with_another_app_is_in_the_way_of_a_run_for_all_only(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = json.dumps({"shop": {"processes": {"worker": {}}}, "till": {"processes": {"worker": {"cpu": 3}}}})
    monkeypatch.setenv(TARGETED, "shop")
    assert load(apps=wrong, scope="shop").scope == "shop"
    monkeypatch.delenv(TARGETED)
    with pytest.raises(pulumi.RunError, match="apps/till/processes/worker/cpu: 3 is not a Fargate size"):
        load(apps=wrong)
