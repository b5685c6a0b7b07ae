"""`slipway image entrypoints` as it is typed."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode


def typed(*words: str) -> Result:
    return CliRunner().invoke(build(), ["image", "entrypoints", *words])


def test_advice_goes_beside_the_answer(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve\nbeat: celery beat &\n")
    done = typed("--path", str(tmp_path))
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [str(tmp_path / "entrypoint-web.sh"), str(tmp_path / "entrypoint-beat.sh")],
    )
    assert f"note: {tmp_path / 'Procfile'}:2: beat ends in `&`" in done.stderr


def test_a_script_reads_both_as_json(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: gunicorn shop.wsgi -b localhost:$PORT\n")
    answer = json.loads(typed("--path", str(tmp_path), "--json").stdout)
    assert answer["scripts"] == [str(tmp_path / "entrypoint-web.sh")]
    assert [(row["process"], row["rule"]) for row in answer["advice"]] == [("web", "loopback")]


def test_what_can_not_be_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve\nworker: while true; do work\n")
    done = typed("--path", str(tmp_path))
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert f"error: {tmp_path / 'Procfile'}:2: the command of 'worker' can't be run" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["Procfile"]
