"""What scripts read, and what works behind a company's proxy."""

import json

import pytest

from tests.faults.answers import ASKED, REFUSED
from tests.faults.app_environment import Town

pytestmark = pytest.mark.engine


def test_with_json_stdout_is_json_and_nothing_else_whatever_the_command(town: Town) -> None:
    before = town.settled("good")
    for name, words in ASKED.items():
        done = town.slipway(*name.split(), *words, "--json")
        assert "Traceback" not in done.stderr, (name, done.stderr)
        if name in REFUSED:
            assert (done.stdout, done.returncode != 0) == ("", True), name
        else:
            json.loads(done.stdout)
    assert town.standing() == before


def test_a_proxy_is_not_asked_for_this_machine(town: Town) -> None:
    proxy = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    bare = {name: value for name, value in town.environment.items() if name.lower() != "no_proxy"}
    behind = Town(town.folder, {**bare, **proxy}, town.project)
    assert json.loads(behind.well("preview", "dev", "--json")) == []
    assert behind.well("config", "list", "dev", "shop")
