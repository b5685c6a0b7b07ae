"""`slipway settings` as it is typed: anywhere, without a project."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode
from model.settings.reference import page
from model.settings.schema import catalogue, environment


def typed(folder: Path, *words: str) -> Result:
    done = CliRunner().invoke(build(), ["--project", str(folder), "settings", *words])
    assert done.exit_code == ExitCode.OK, done.output
    return done


def test_the_schemas_are_printed_by_the_file_that_they_are_of(tmp_path: Path) -> None:
    assert json.loads(typed(tmp_path, "schema").stdout) == environment()
    assert json.loads(typed(tmp_path, "schema", "--environment").stdout) == environment()
    assert json.loads(typed(tmp_path, "schema", "--catalogue").stdout) == catalogue()


def test_the_reference_is_printed_or_written(tmp_path: Path) -> None:
    assert typed(tmp_path, "reference").stdout == page()
    typed(tmp_path, "reference", "--output", str(tmp_path / "settings.md"))
    assert (tmp_path / "settings.md").read_text() == page()
