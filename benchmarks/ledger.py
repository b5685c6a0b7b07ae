"""How long `slipway releases` takes with 500 releases in the ledger: ``python -m benchmarks.ledger``.

It brings up a sandbox of its own, writes the releases through the driver's own adapter and takes it down again.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from driver.adapters.aws.dynamodb.ledger import DynamoLedger
from driver.adapters.aws.dynamodb.locks import DynamoLocks
from driver.adapters.aws.session import Session
from driver.core.values.release import Attempt, Kind, Outcome, Release, Step, Verdict
from model.names.names import ledger_table
from model.releases import Pin, Source
from sandbox.daemon import lifecycle
from sandbox.daemon.shell_exports import environment
from sandbox.options import Setup

ROOT = Path(__file__).parents[1]
SLIPWAY = str(Path(sys.executable).with_name("slipway"))
RELEASES = 500
RUNS = 7
LIMIT = 1.0
STEPS = ("register the release process", "run the release process", "roll out", "watch", "prove")
START = datetime(2026, 1, 1, tzinfo=UTC)


def release(number: int) -> Release:
    """A release as big as a real one: 30 variables, five steps, a migration."""
    at, task = START + timedelta(hours=number), f"arn:aws:ecs:eu-west-1:000000000000:task/dev/{number:032x}"
    pin = Pin(
        release=number,
        image=f"000000000000.dkr.ecr.eu-west-1.amazonaws.com/example@sha256:{number:064x}",
        config=f"{number:064x}",
        keys=tuple(f"VARIABLE_NUMBER_{index}" for index in range(30)),
        source=Source(branch="master", commit=f"{number:040x}"),
        tasks={
            name: f"arn:aws:ecs:eu-west-1:000000000000:task-definition/dev-example-{name}:1" for name in ("web", "w")
        },
    )
    attempt = Attempt(
        number=1,
        started=at,
        who="somebody@somewhere",
        task=task,
        group="/ecs/dev-example-release",
        stream=f"ecs/app/{number:032x}",
        ended=at,
        exit_code=0,
        outcome=Outcome.SUCCEEDED,
    )
    return Release(
        app="example",
        pin=pin,
        kind=Kind.DEPLOY,
        who="somebody@somewhere",
        started=at,
        tag=f"master-{number:07x}",
        config_version=number,
        message="what the commit says",
        verdict=Verdict.FAILED if number % 5 == 0 else Verdict.SUCCEEDED,
        finished=at,
        steps=tuple(Step(name=name, at=at, ended=at, detail=task) for name in STEPS),
        attempts=(attempt,),
    )


def seed() -> None:
    """The ledger's table with its releases."""
    session = Session("eu-west-1")
    session.client("dynamodb").create_table(
        TableName=ledger_table("dev"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "app", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("app", "item")],
    )
    ledger = DynamoLedger(session, "dev", DynamoLocks(session, "dev"))
    for number in range(1, RELEASES + 1):
        ledger.start(release(number))


def own_seconds() -> float:
    """The CPU time of the commands so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(project: Path, *words: str) -> None:
    """Print the median of some runs of a command, beside its limit."""
    times, used = [], []
    for _ in range(RUNS):
        started, before = time.perf_counter(), own_seconds()
        command = [SLIPWAY, "--project", str(project), "releases", *words]
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - started)
        used.append(own_seconds() - before)
    median = statistics.median(times)
    said = f"slipway releases {' '.join(words)}"
    verdict = "ok" if median < LIMIT else "TOO SLOW"
    print(
        f"{said:50} {median:5.2f} s  limit {LIMIT:.0f} s  {verdict}  ({statistics.median(used):.2f} s of it computing)"
    )


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-ledger-"))
    lifecycle.up(folder / "sandbox", Setup(port=0, vault_port=0), lambda _line: None)
    try:
        os.environ.update(environment(folder / "sandbox"))
        for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
            shutil.copy(ROOT / name, folder)
        seed()
        print(f"{RELEASES} releases in the ledger, medians of {RUNS} runs:")
        measure(folder, "dev", "example")
        measure(folder, "dev", "example", "--limit", f"{RELEASES}")
        measure(folder, "dev", "example", "--limit", f"{RELEASES}", "--json")
        measure(folder, "show", "dev", "example", "v1")
    finally:
        lifecycle.down(folder / "sandbox", lambda _line: None)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
