"""`slipway releases` as it is typed, against the sandbox."""

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from driver.adapters.aws.dynamodb.ledger import DynamoLedger
from driver.adapters.aws.session import Session
from driver.cli import build
from driver.core.values.release import Attempt, Kind, Outcome, Ran, Release, Step, Verdict
from driver.errors import ExitCode
from model.names.names import ledger_table
from model.releases import Pin, Source

pytestmark = pytest.mark.sandbox

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
GROUP, STREAM = "/ecs/dev-example-release", "ecs/app/0123"
IMAGE = f"000000000000.dkr.ecr.eu-west-1.amazonaws.com/example@sha256:{'a' * 64}"


def failed() -> Release:
    return Release(
        app="example",
        pin=Pin(release=2, image=IMAGE, config="c0ffee00-1", keys=("A", "B"), source=Source(commit="1a2b3c4d5e6f")),
        kind=Kind.DEPLOY,
        who="me@here",
        started=AT,
        tag="v2",
        config_version=7,
        message="a new column\nand more",
        verdict=Verdict.RELEASE_FAILED,
        finished=AT + timedelta(seconds=20),
        steps=(Step(name="run the release process", at=AT, ended=AT + timedelta(seconds=19.5)), Step(name="x", at=AT)),
        release_task="arn:definition:2",
        attempts=(
            Attempt(
                number=1, started=AT, task="arn:task", group=GROUP, stream=STREAM, ended=AT, exit_code=1
            ).model_copy(update={"outcome": Outcome.FAILED}),
        ),
        reason="the release process failed",
    )


class Shell:
    """Types `slipway releases` into a copy of the project."""

    def __init__(self, project: Path) -> None:
        self.project = project

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(build(), ["--project", str(self.project), "releases", *words])


@pytest.fixture
def shell(ledger: DynamoLedger, tmp_path: Path) -> Shell:
    ledger.start(Release(app="example", pin=Pin(release=1), kind=Kind.DEPLOY, who="you", started=AT))
    ledger.start(failed())
    return Shell(tmp_path)


def test_the_list_needs_no_word_and_is_the_same_with_it(shell: Shell) -> None:
    done = shell("dev", "example")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1].split() == [
        "v2", "release-failed", "deploy", "v2", "7", "c0ffee00", "1a2b3c4d5e", "2026-11-24", "12:00:00", "UTC",
        "me@here", "a", "new", "column",
    ]  # fmt: skip
    assert shell("list", "dev", "example").stdout == done.stdout
    rows = json.loads(shell("--json", "dev", "example", "--limit", "1").stdout)
    assert [(row["release"], row["message"], row["current"]) for row in rows] == [(2, "a new column\nand more", False)]


def test_a_release_is_shown_with_its_steps_how_long_each_took_and_its_runs(shell: Shell) -> None:
    done = shell("show", "dev", "example", "v2")
    assert done.exit_code == 0
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in (
        "release v2 of example: release-failed",
        "config version 7 in Vault, c0ffee00-1 in Secrets Manager",
        "keys A, B",
        "run the release process 2026-11-24 12:00:00 UTC 19.5 s",
        "x 2026-11-24 12:00:00 UTC no end",
        "1 2026-11-24 12:00:00 UTC 0.0 s failed 1 arn:task",
    ):
        assert line in lines, done.stdout
    plain = json.loads(shell("show", "dev", "example", "2", "--json").stdout)
    assert (plain["attempts"][0]["stream"], plain["config_version"]) == (STREAM, 7)


def test_what_a_migration_said_is_printed_as_it_said_it(shell: Shell, session: Session) -> None:
    gone = shell("output", "dev", "example", "v2")
    assert gone.exit_code == ExitCode.NOT_READY
    logs = session.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    events = [{"timestamp": int(time.time() * 1000) + at, "message": f"[{at}] line"} for at in range(3)]
    logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
    assert shell("output", "dev", "example", "v2").stdout == "[0] line\n[1] line\n[2] line\n"
    newest = shell("output", "dev", "example")
    assert newest.stdout == "[0] line\n[1] line\n[2] line\n"
    assert newest.stderr == "example v2 in dev: release-failed\n"
    assert [row["message"] for row in json.loads(shell("output", "dev", "example", "v2", "--json").stdout)][2:] == [
        "[2] line"
    ]
    assert shell("output", "dev", "example", "v1").exit_code == ExitCode.INVALID_INPUT
    logs.delete_log_group(logGroupName=GROUP)


def commits(folder: Path) -> list[str]:
    """A repository with three commits; their hashes, oldest first."""
    git = ("git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    subprocess.run([*git, "init", "-q"], check=True)
    for name in ("first", "second", "third"):
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", f"{name} [commit]"], check=True)
    argv = [*git, "log", "--reverse", "--format=%H"]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()


def ran(number: int, letter: str, commit: str, memory: int, *processes: str) -> Release:
    tasks = {name: f"arn:{name}:{number}" for name in processes}
    return failed().model_copy(
        update={
            "pin": Pin(
                release=number,
                image=IMAGE.replace("a" * 64, letter * 64),
                config=f"c0ffee0{number}-1",
                keys=("A", letter.upper()),
                source=Source(commit=commit),
                tasks=tasks,
            ),
            "tag": "",
            "config_version": number,
            "verdict": Verdict.SUCCEEDED,
            "processes": {name: Ran(task=arn, cpu=256, memory=memory, setup="s") for name, arn in tasks.items()},
        }
    )


def test_two_releases_are_compared_and_without_any_the_current_one_with_what_ran_before(
    shell: Shell, ledger: DynamoLedger, tmp_path: Path
) -> None:
    code = tmp_path / "code"
    code.mkdir()
    first, second, third = commits(code)
    ledger.start(ran(3, "b", first, 512, "web", "worker"))
    ledger.start(ran(4, "c", third, 1024, "web", "cron"))
    done = shell("diff", "dev", "example", "--path", str(code))
    assert done.exit_code == 0, done.output
    short = [third[:7], second[:7]]
    assert done.stdout.splitlines() == [
        "        V3                      V4",
        f"commit  {first[:10]}              {third[:10]}",
        f"image   sha256:{'b' * 12}     sha256:{'c' * 12}",
        "config  version 3 (c0ffee03)    version 4 (c0ffee04)",
        "cron    -                       256 CPU units, 1024 MiB",
        "web     256 CPU units, 512 MiB  256 CPU units, 1024 MiB",
        "worker  256 CPU units, 512 MiB  -",
        "new variables: C",
        "variables that are gone: B",
        "",
        "commits of v4 alone: 2",
        f"  {short[0]} third [commit]",
        f"  {short[1]} second [commit]",
    ]
    assert "sizes of images are not known" in done.stderr
    assert "slipway config diff dev example 3 4" in done.stderr
    back = json.loads(shell("diff", "dev", "example", "4", "v3", "--json", "--path", str(code)).stdout)
    assert (back["gone_keys"], len(back["commits"]["less"]), back["commits"]["more"]) == (["C"], 2, [])
    unknown = shell("diff", "dev", "example", "--path", str(tmp_path))
    assert "give --path" in unknown.stderr
    assert "are the same" in shell("diff", "dev", "example", "v4").stdout


def test_where_nothing_ran_before_there_is_nothing_to_compare(shell: Shell) -> None:
    done = shell("diff", "dev", "example")
    assert (done.exit_code, done.stdout) == (ExitCode.NOT_READY, "")
    assert "no release of example has run yet" in done.stderr
    assert shell("diff", "dev", "example", "newest").exit_code == ExitCode.INVALID_INPUT


@pytest.mark.parametrize("command", ["show", "output", "retry"])
def test_a_release_that_is_not_there_or_no_number_is_a_sentence(shell: Shell, command: str) -> None:
    done = shell(command, "dev", "example", "newest")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "newest is no release" in done.stderr


def test_without_the_ledgers_table_each_command_says_what_makes_it(shell: Shell, session: Session) -> None:
    session.client("dynamodb").delete_table(TableName=ledger_table("dev"))
    for words in (("dev", "example"), ("show", "dev", "example", "v1"), ("output", "dev", "example", "v1")):
        done = shell(*words)
        assert done.exit_code == ExitCode.NOT_READY
        assert "there is no ledger slipway-dev in DynamoDB" in done.stderr
        assert "slipway up dev" in done.stderr
