"""`slipway monitoring` as it is typed."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode
from model.monitoring.output import schema


def typed(*words: str) -> Result:
    return CliRunner().invoke(build(), ["monitoring", *words])


def test_the_schema_needs_no_environment() -> None:
    assert json.loads(typed("schema").stdout) == schema()


def test_a_file_is_written_whole_and_nothing_beside_it_is_left(tmp_path: Path) -> None:
    done = typed("schema", "--output", str(tmp_path / "schema.json"))
    assert done.exit_code == ExitCode.OK
    assert json.loads((tmp_path / "schema.json").read_text()) == schema()
    assert [path.name for path in tmp_path.iterdir()] == ["schema.json"]


def test_a_file_that_can_not_be_written_is_no_traceback(tmp_path: Path) -> None:
    done = typed("schema", "--output", str(tmp_path / "missing" / "schema.json"))
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "can't be written: No such file or directory" in done.output
