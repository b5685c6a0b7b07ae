"""With `--json` stdout is JSON and nothing else."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.faults.answers import ASKED, MAY_REFUSE
from tests.faults.app_environment import Town

pytestmark = pytest.mark.engine

AT_ONCE = 3
"""None of them changes anything, so none waits for another."""


def wrong(name: str, done: Any) -> str:
    """What is wrong with an answer; empty where it is JSON, or a refusal that says nothing on stdout."""
    if "Traceback" in done.stderr:
        return str(done.stderr)
    if name in MAY_REFUSE and done.stdout == "" and done.returncode:
        return ""
    try:
        json.loads(done.stdout)
    except ValueError:
        return f"{done.returncode}: {done.stdout}\n{done.stderr}"
    return ""


def test_with_json_stdout_is_json_and_nothing_else_whatever_the_command(town: Town) -> None:
    before = town.settled("good")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda name: town.slipway(*name.split(), *ASKED[name], "--json"), ASKED)
        found = {name: wrong(name, done) for name, done in zip(ASKED, answers, strict=True)}
    assert {name: text for name, text in found.items() if text} == {}
    assert town.standing() == before
