from typing import Any

import pytest

from model.settings.app import Process
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

LINE = "curl -f http://localhost/ || exit 1"


def worker(command: object, **further: object) -> Process:
    change: Any = {"apps": {"api": {"processes": {"worker": {"check": {"command": command}, **further}}}}}
    return checked(change).apps["api"].processes["worker"]


@pytest.mark.parametrize(
    ("written", "for_ecs"),
    [
        (LINE, ["CMD-SHELL", LINE]),
        (["CMD-SHELL", LINE], ["CMD-SHELL", LINE]),
        (f"CMD-SHELL, {LINE}", ["CMD-SHELL", LINE]),
        (["CMD", "pgrep", "worker"], ["CMD", "pgrep", "worker"]),
        (["pgrep", "worker"], ["CMD", "pgrep", "worker"]),
        (["test", "-e", "-e"], ["CMD", "test", "-e", "-e"]),
        ("CMDX run", ["CMD-SHELL", "CMDX run"]),
    ],
)
def test_a_check_is_what_ecs_and_compose_mean_by_it(written: object, for_ecs: list[str]) -> None:
    check = worker(written).check
    assert check is not None
    assert check.rendered()["command"] == for_ecs


def test_none_is_no_check() -> None:
    assert worker(["NONE"]).check is None


def test_none_in_an_environment_takes_the_catalogues_check_away() -> None:
    there: Any = {"apps": {"api": {"processes": {"worker": {"check": {"command": LINE}}}}}}
    over = {"overrides": {"api": {"processes": {"worker": {"check": {"command": ["NONE"]}}}}}}
    assert checked({**there, **over}).apps["api"].processes["worker"].check is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["CMD-SHELL"], "write one line for the shell after it"),
        (["CMD-SHELL", "curl", "-f"], "write the 2 words as one line"),
        (["CMD"], "write the program after it"),
        (["NONE", "true"], "write [CMD, true]"),
        (["cmd-shell", LINE], "is written in capitals: CMD-SHELL"),
        (f"CMD {LINE}", "CMD is no program; write the line alone"),
        (f"CMD-SHELL {LINE}", "CMD-SHELL is no program; write the line alone"),
        ("NONE", "for no check write [NONE]"),
        ("", "it can't be empty"),
        ([], "it needs at least 1"),
        (["pgrep", ""], "it can't be empty"),
        (5, "5 will not do; write text or a list"),
        (["pgrep", 5], "5 is a number in YAML, and will not do; write it in quotes"),
    ],
)
def test_what_could_never_be_healthy_is_refused(written: object, said: str) -> None:
    with refusing() as refused:
        worker(written)
    refused.says("apps/api/processes/worker/check/command", said)
    assert refused.text.count("\n") == 0
