import pytest

from model.errors import SpecError
from model.releases import BOOTSTRAP, Pin, higher, parse_pin, parse_pins

IMAGE = "registry/api@sha256:" + "a" * 64


def test_a_pin_read_back_from_the_engine_is_the_same_pin() -> None:
    pin = Pin(release=43, image=IMAGE, config="abc", keys=("B", "A"))
    back = {"keys": ["B", "A"], "config": "abc", "release": 43.0, "image": IMAGE}
    assert parse_pin("x", back) == pin
    assert parse_pin("x", back).version == "v43"


def test_a_pin_survives_being_written_and_read() -> None:
    pin = Pin(release=7, image=IMAGE, config="abc", keys=("A",), tasks={"web": "arn:1"})
    assert parse_pin("x", pin.plain()) == pin


def test_the_higher_release_holds_whoever_says_it() -> None:
    old, new = Pin(release=4, image=IMAGE), Pin(release=5, image=IMAGE)
    assert higher(old, new) == new
    assert higher(new, old) == new


def test_an_old_checkout_does_not_undo_what_is_echoed() -> None:
    echo = Pin(release=4, image=IMAGE)
    assert higher(None, echo) == echo
    assert higher(Pin(release=4), echo) == echo


def test_an_app_without_any_release_starts_on_the_bootstrap() -> None:
    assert higher(None, None) == BOOTSTRAP
    assert BOOTSTRAP.bootstrap


@pytest.mark.parametrize("value", [{"release": 4.5}, {"release": -1}, {"release": 1, "image": "api:latest"}, "v4", {}])
def test_what_is_no_pin_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(SpecError, match=r"^pins/api"):
        parse_pins({"api": value})
