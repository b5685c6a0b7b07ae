"""What works behind a company's proxy."""

import json

import pytest

from tests.faults.app_environment import Town

pytestmark = pytest.mark.engine


def test_a_proxy_is_not_asked_for_this_machine(town: Town) -> None:
    proxy = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    bare = {name: value for name, value in town.environment.items() if name.lower() != "no_proxy"}
    behind = Town(town.folder, {**bare, **proxy}, town.project)
    assert json.loads(behind.well("preview", "dev", "--json")) == []
    assert behind.well("config", "list", "dev", "shop")
