import pytest

from driver.core.observe.alarm_addresses import addresses, path
from driver.core.ports import Config
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput
from model.monitoring.alarms import Hook

CHAT, PAGER = Hook(name="chat"), Hook(name="pager")


def config(**values: str) -> Config:
    return Config(path=path("dev"), version=1, created="2026-11-24T00:00:00Z", values=SecretValues(values))


def test_only_the_addresses_of_hooks_that_are_settings_are_published() -> None:
    found = addresses([CHAT], config(chat="https://chat/s3cret", old="https://old"))
    assert dict(found) == {"chat": "https://chat/s3cret"}


@pytest.mark.parametrize("values", [{}, {"chat": "https://chat", "Pager": "https://pager"}])
def test_a_hook_without_an_address_is_named_with_the_place_to_write_it(values: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=r"pager has no address at dev/_alarms"):
        addresses([PAGER], config(**values))


def test_an_address_in_the_clear_is_refused_and_not_shown() -> None:
    with pytest.raises(InvalidInput) as refused:
        addresses([CHAT], config(chat="http://chat/s3cret"))
    assert "chat" in refused.value.message
    assert "s3cret" not in f"{refused.value.message}{refused.value.hint}"
