"""Another SDK than the one that was tried is told of with what to install, and never by a traceback."""

import sys
from types import ModuleType

import pytest

from driver.adapters.pulumi import sdk_stack
from driver.errors import NotReady


def test_an_sdk_that_keeps_its_private_names_elsewhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(sdk_stack._selecting().value) == "select"
    monkeypatch.setitem(sys.modules, "pulumi.automation._stack", ModuleType("pulumi.automation._stack"))
    with pytest.raises(NotReady, match="is not one that Slipway works with") as refused:
        sdk_stack._selecting()
    assert "pip install 'pulumi==" in refused.value.hint
