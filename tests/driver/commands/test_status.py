import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from driver.cli import build
from driver.commands.status import watch_on
from driver.errors import ExitCode
from tests.projects import ROOT


class Enough(Exception):
    """The test has seen what it wants to see."""


def test_who_watches_without_a_terminal_is_told_what_changes_and_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    looks = iter(["web 1/2", "web 1/2", "web 2/2"])

    def look() -> str:
        try:
            return next(looks)
        except StopIteration:
            raise Enough from None

    with pytest.raises(Enough):
        watch_on(look, lambda _seconds: None)
    assert capsys.readouterr().out == "web 1/2\nweb 2/2\n"


def test_watching_is_for_people_and_json_for_scripts(tmp_path: Path) -> None:
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path)
    done = CliRunner().invoke(build(), ["--project", str(tmp_path), "status", "dev", "--watch", "--json"])
    assert (done.exit_code, done.stdout) == (ExitCode.INVALID_INPUT, "")
