"""`slipway stats` as it is typed, against the sandbox."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from driver.adapters.aws.dynamodb.ledger import DynamoLedger
from driver.cli import build
from driver.core.values.release import Kind, Release, Step, Verdict
from driver.errors import ExitCode
from model.releases import Pin, Source

pytestmark = pytest.mark.sandbox

HOUR = timedelta(hours=1)
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@t")


def typed(project: Path, *words: str) -> Result:
    return CliRunner().invoke(build(), ["--project", str(project), "stats", "dev", *words])


def committed(folder: Path, at: datetime) -> str:
    """A repository with one commit of that time; its hash."""
    env = {"GIT_COMMITTER_DATE": at.isoformat(), "PATH": "/usr/bin:/bin"}
    for words in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "first")):
        subprocess.run([*GIT, "-C", str(folder), *words], check=True, env=env)
    argv = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()


def fill(ledger: DynamoLedger, commit: str, noon: datetime) -> None:
    """A good release, one that failed and went back, one that was rolled back, and one of which nobody knows."""
    rows = (
        (Kind.DEPLOY, Verdict.SUCCEEDED, 0),
        (Kind.DEPLOY, Verdict.FAILED, 24),
        (Kind.GOING_BACK, Verdict.SUCCEEDED, 24.25),
        (Kind.CONFIG, Verdict.SUCCEEDED, 30),
        (Kind.ROLLBACK, Verdict.SUCCEEDED, 31),
        (Kind.DEPLOY, Verdict.RELEASE_FAILED, 40),
        (Kind.DEPLOY, Verdict.STARTED, 41),
    )
    for number, (kind, verdict, hours) in enumerate(rows, 1):
        began = noon + hours * HOUR
        ledger.start(
            Release(
                app="example",
                pin=Pin(release=number, source=Source(commit=commit) if number == 1 else None),
                kind=kind,
                who="me",
                started=began,
                verdict=verdict,
                finished=None if verdict is Verdict.STARTED else began + HOUR / 2,
                steps=(Step(name="roll out", at=began),) if verdict is Verdict.FAILED else (),
            )
        )


def test_the_five_are_told_with_their_rules_as_text_json_and_a_chart(ledger: DynamoLedger, tmp_path: Path) -> None:
    noon = datetime.now(UTC) - timedelta(days=10)
    code = tmp_path / "code"
    code.mkdir()
    fill(ledger, committed(code, noon - 3 * HOUR), noon)
    done = typed(tmp_path, "--path", str(code), "--svg", str(tmp_path / "chart.svg"))
    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in (
        "deployment frequency 1.4 a week 2 that came to run in 10 days",
        "change lead time 3 h 30 min median of 1 commit; 1 deploy without",
        "change fail rate 66.7 % 2 of 3 deployments",
        "failed deployment recovery 22 min 30 s median of 2",
        "deployment rework rate 50.0 % 2 of 4 deployments and rollbacks",
        "1 more ended before their rollout; nothing that serves was touched",
        "1 have no end in the ledger, and are not counted",
        "DEPLOYMENTS █ is one, ░ failed",
        "How each is counted",
    ):
        assert line in lines, done.stdout
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
    plain = json.loads(typed(tmp_path, "example", "--json", "--path", str(code), "--by", "day").stdout)
    assert (plain["all"], plain["apps"]["example"]) == (plain["apps"]["example"],) * 2
    assert plain["all"]["failed_deployment_recovery_time_seconds"] == 1350.0
    assert sum(row["deployments"] for row in plain["periods"]) == 3
    drawn = ElementTree.parse(tmp_path / "chart.svg")
    titles = [row.text for row in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert sum(": 3 deployments, 2 failed" in (title or "") for title in titles) == 1


def test_an_empty_ledger_and_words_that_mean_nothing_are_a_sentence_each(ledger: DynamoLedger, tmp_path: Path) -> None:
    assert "no deployment has ended in this time" in typed(tmp_path).stdout
    assert json.loads(typed(tmp_path, "--json").stdout)["all"]["change_fail_rate"] is None
    for words, sentence in (
        (("--since", "soon"), "soon is no span of time"),
        (("--within", "1y"), "1y is no span of time"),
        (("exmaple",), "exmaple"),
        (("--path", str(tmp_path / "nowhere")), "nowhere"),
        (("--svg", str(tmp_path / "no" / "chart.svg")), "can't be written"),
    ):
        done = typed(tmp_path, *words)
        assert (done.exit_code, done.stdout) == (ExitCode.INVALID_INPUT, ""), (words, done.output)
        assert sentence in done.stderr
