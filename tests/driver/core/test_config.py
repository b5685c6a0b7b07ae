"""Rules of an app's variables."""

import pytest

from driver.core import config as configs
from driver.core.ports import Config
from driver.core.secret import SecretValues
from driver.errors import InvalidInput
from spec.catalogue import App

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
    findings = configs.check(app, config({"A": SENTINEL * 5000}))
    assert findings[0] == "Z is required and missing"
    assert "95,008 bytes" in findings[1]
    assert SENTINEL not in "".join(findings)
    assert configs.check(app, config({"A": "1", "Z": "2"})) == []


def test_dotenv_is_taken_literally() -> None:
    text = "# note\nexport A=1\n\nB=\"two words\"\nC='$A'\nD=$A\nE=a#b\nF=\n"
    assert dict(configs.parse_dotenv(text)) == {
        "A": "1",
        "B": "two words",
        "C": "$A",
        "D": "$A",
        "E": "a#b",
        "F": "",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"A=1\n\nB='{SENTINEL}\n", 3),
        (f"{SENTINEL}\n", 1),
        (f"A=1\nA={SENTINEL}\n", 2),
        (f"{SENTINEL}!=x\n", 1),
        (f"PORT={SENTINEL}\n", 1),
    ],
)
def test_what_is_wrong_in_a_dotenv_file_is_named_by_line_without_its_text(text: str, line: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        configs.parse_dotenv(text, ".env.dev")
    assert caught.value.message.startswith(f".env.dev:{line}: ")
    assert SENTINEL not in f"{caught.value} {caught.value.hint}"
