import pytest

from driver.core.observe.alarm_addresses import addresses, path, refusal
from driver.core.ports import Config
from driver.core.values.secret import SecretValues
from model.monitoring.alarms import Hook

CHAT, PAGER = Hook(name="chat"), Hook(name="pager")


def config(**values: str) -> Config:
    return Config(path=path("dev"), version=1, created="2026-11-24T00:00:00Z", values=SecretValues(values))


def test_only_the_addresses_of_hooks_that_are_settings_are_published() -> None:
    found, wrong = addresses([CHAT], config(chat="https://chat/s3cret", old="https://old"))
    assert (dict(found), wrong) == ({"chat": "https://chat/s3cret"}, {})


@pytest.mark.parametrize("values", [{}, {"chat": "https://chat", "Pager": "https://pager"}])
def test_a_hook_without_an_address_is_named_with_the_command_that_writes_it(values: dict[str, str]) -> None:
    given = config(**values)
    found, wrong = addresses([CHAT, PAGER], given)
    assert dict(found) == {name: value for name, value in values.items() if name == "chat"}, "the others are published"
    told = refusal("kv", given, wrong)
    assert "pager has no address at dev/_alarms" in told.message
    assert told.hint == f"Write it: vault kv patch -mount=kv dev/_alarms {next(iter(wrong))}=-"


def test_an_address_in_the_clear_is_not_published_and_not_shown() -> None:
    given = config(chat="http://chat/s3cret", pager="https://pager/s3cret")
    found, wrong = addresses([CHAT, PAGER], given)
    told = refusal("kv", given, wrong)
    assert (list(found), list(wrong)) == (["pager"], ["chat"])
    assert "s3cret" not in f"{told.message}{told.hint}"
