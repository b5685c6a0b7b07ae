"""What somebody who mistyped a name is asked."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from driver.cli import HEROKU, build
from driver.core.environment import meant
from driver.errors import ExitCode
from tests.projects import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "question"),
    [
        (("status", "dve"), ExitCode.INVALID_INPUT, "Did you mean dev?"),
        (("status", "dev", "exmaple"), ExitCode.INVALID_INPUT, "Did you mean example?"),
        (("logs", "dev", "example", "-p", "wrker"), ExitCode.INVALID_INPUT, "Did you mean worker?"),
        (("restart", "dev", "example", "wbe"), ExitCode.INVALID_INPUT, "Did you mean web?"),
        (("scale", "dev", "example", "worke=2"), ExitCode.INVALID_INPUT, "Did you mean worker?"),
        (("deplyo", "dev", "example"), ExitCode.USAGE, "Did you mean 'deploy'?"),
        (("releases", "outptu", "dev", "example"), ExitCode.USAGE, "Did you mean 'output'?"),
        (("config", "lis", "dev", "example"), ExitCode.USAGE, "Did you mean 'list'"),
    ],
)
def test_the_name_that_is_like_it_is_asked_about(
    project: Path, words: tuple[str, ...], code: ExitCode, question: str
) -> None:
    done = CliRunner().invoke(build(), ["--project", str(project), *words])
    assert done.exit_code == code
    assert question in done.stderr


@pytest.mark.parametrize("word", sorted(HEROKU))
def test_a_word_of_herokus_is_told_what_it_is_here(word: str) -> None:
    done = CliRunner().invoke(build(), [word, "dev"])
    assert done.exit_code == ExitCode.USAGE
    assert " ".join(HEROKU[word].split()[:3]) in " ".join(done.stderr.split())


def test_where_nothing_is_like_it_nothing_is_asked() -> None:
    assert meant("billing", ["shop", "till"]) == ""
    assert meant("SHOP", ["shop"]) == "Did you mean shop?"
