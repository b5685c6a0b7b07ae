"""The relay with a secret that AWS has: without a value, with one that lacks a hook, and with all of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.alarm_relay import handler
from functions.alarm_relay.logic import HooksFailedError
from tests.driver.adapters.fake_receivers import listening
from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox
EVENT = {"Records": [{"Sns": {"Message": "dev-shop-any rings"}}]}


@pytest.fixture
def secret(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The client, with an empty secret in place and the relay set up for one chat."""
    client = cloud.client("secretsmanager")
    client.create_secret(Name="dev/alarms")
    monkeypatch.setattr(handler, "_secrets", lambda: client)
    monkeypatch.setenv("SECRET", "dev/alarms")
    monkeypatch.setenv("HOOKS", json.dumps([{"name": "chat", "format": "slack"}]))
    yield client
    client.delete_secret(SecretId="dev/alarms", ForceDeleteWithoutRecovery=True)


def test_without_any_address_nobody_is_told_and_nothing_fails(secret: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert handler.handle(EVENT, None) == {"told": 0}
    assert "never published" in capsys.readouterr().out
    secret.put_secret_value(SecretId="dev/alarms", SecretString="{}")
    with pytest.raises(HooksFailedError, match="not told: chat"):
        handler.handle(EVENT, None)


def test_with_all_addresses_every_hook_is_told(secret: Any) -> None:
    with listening() as outside:
        secret.put_secret_value(SecretId="dev/alarms", SecretString=json.dumps({"chat": f"{outside.url}/hook"}))
        assert handler.handle(EVENT, None) == {"told": 1}
    assert outside.posted == [{"text": "dev-shop-any rings"}]
