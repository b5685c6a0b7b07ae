"""Rules of an app's variables."""

import pytest

from driver.core.config import variables as configs
from driver.core.ports import Config
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput
from model.settings.app import App

SENTINEL = "sentinel-value-4711"
OLD = {"A": "1", "B": "2"}


def config(values: dict[str, str], version: int = 1, created: str = "t") -> Config:
    return Config(path="dev/shop", version=version, created=created, values=SecretValues(values))


def test_an_edit_names_what_differs_and_hides_values() -> None:
    edit = configs.set_values(OLD, {"B": SENTINEL, "C": SENTINEL})
    assert edit.lines() == ["~ B", "+ C"]
    assert dict(edit.values) == {"A": "1", "B": SENTINEL, "C": SENTINEL}
    assert SENTINEL not in repr(edit)


def test_setting_what_is_set_is_no_edit() -> None:
    assert configs.set_values(OLD, {"A": "1"}).empty


def test_unset_removes_and_refuses_unknown_names() -> None:
    assert dict(configs.unset(OLD, ["A"]).values) == {"B": "2"}
    with pytest.raises(InvalidInput, match="X is not set"):
        configs.unset(OLD, ["A", "X"])


@pytest.mark.parametrize("name", ["PORT", "SLIPWAY_RELEASE", "1A", "A-B", "", "Ä"])
def test_names_that_are_not_the_apps_to_set_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        configs.require_names([name])


def test_the_token_hangs_on_place_and_time_and_never_on_values() -> None:
    token = configs.token("secret", config({"A": "1"}))
    assert len(token) == 64
    assert token == configs.token("secret", config({"A": "2"}))
    others = [("other", config(OLD)), ("secret", config(OLD, 2)), ("secret", config(OLD, 1, "later"))]
    assert token not in {configs.token(*other) for other in others}


def test_check_names_missing_and_too_large_and_no_value() -> None:
    app = App.model_validate({"processes": {"web": {"port": 8000}}, "requires": ["A", "Z"]})
    findings = configs.check("dev", "shop", app, config({"A": SENTINEL * 5000}))
    assert findings[0] == configs.Problem("Z is required and missing", "slipway config set dev shop Z")
    assert "95,000 bytes" in findings[1].text
    assert "95,008 bytes" in findings[2].text
    assert SENTINEL not in "".join(row.text for row in findings)
    assert configs.check("dev", "shop", app, config({"A": "1", "Z": "2"})) == []


@pytest.mark.parametrize("value", ["a\0b", "a\ud800b"])
def test_what_no_container_can_be_given_is_found_and_refused_by_name(value: str) -> None:
    app = App.model_validate({"processes": {"web": {"port": 8000}}})
    (found,) = configs.check("dev", "shop", app, config({"A": "1", "Z": value}))
    assert found.text.startswith("Z holds ")
    assert found.command == "slipway config set dev shop Z"
    with pytest.raises(InvalidInput, match=r"^Z holds ") as caught:
        configs.require_values({"A": "1", "Z": value})
    assert value not in str(caught.value)


def test_all_that_is_missing_is_one_finding_with_one_command() -> None:
    app = App.model_validate({"processes": {"web": {"port": 8000}}, "requires": ["Z", "A"]})
    assert configs.check("dev", "shop", app, configs.nothing("dev/shop")) == [
        configs.Problem("A, Z are required and missing", "slipway config set dev shop A Z")
    ]


def test_a_name_that_can_not_be_has_the_command_that_removes_it() -> None:
    app = App.model_validate({"processes": {"web": {"port": 8000}}})
    (found,) = configs.check("dev", "shop", app, config({"a b": "1"}))
    assert found.command == "slipway config unset dev shop 'a b'"
