from pathlib import Path

import pytest
from typer.testing import CliRunner

from driver.cli import build
from driver.errors import ExitCode


@pytest.mark.parametrize("other", ["--once", "--json"])
def test_an_interval_is_for_many_looks(tmp_path: Path, other: str) -> None:
    done = CliRunner().invoke(build(), ["--project", str(tmp_path), "top", "dev", "--interval", "2", other])
    assert (done.exit_code, done.stdout) == (ExitCode.INVALID_INPUT, "")
    assert "--once and --json are for one" in done.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "3601"])
def test_an_interval_that_is_none_is_refused(tmp_path: Path, seconds: str) -> None:
    done = CliRunner().invoke(build(), ["--project", str(tmp_path), "top", "dev", "--interval", seconds])
    assert (done.exit_code, done.stdout) == (2, "")
