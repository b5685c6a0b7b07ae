"""The engine killed, stopped, locked out and asked by many at once, on its way through a deploy."""

import json
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.app_environment import APP, Town
from tests.projects import edited_catalogue
from tests.sandbox_project import until_it_says

pytestmark = pytest.mark.engine

REGISTERING = {"service": "ecs", "operation": "RegisterTaskDefinition"}
UPDATING = {"service": "ecs", "operation": "UpdateService"}
READING = {"service": "ecs", "operation": "DescribeServices"}
"""The plugins' refresh of the services: unlike an update it may arrive after its caller's death and change nothing."""
OTHERS = tuple(f"stall{number}" for number in range(1, 8))


def children(pid: int, *words: str) -> list[int]:
    """The children of a process whose command line has these words."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        below = [found for path in Path(f"/proc/{pid}/task").glob("*/children") for found in path.read_text().split()]
        lines = {
            int(found): Path(f"/proc/{found}/cmdline").read_bytes().replace(b"\0", b" ").decode() for found in below
        }
        if found := [one for one, line in lines.items() if all(word in line for word in words)]:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {words} under {pid}")


def interrupted(
    town: Town, tag: str, held: dict[str, str], after: str, victim: str, number: signal.Signals
) -> "subprocess.CompletedProcess[str]":
    """A deploy to its end, of which one process gets a signal while an AWS call of the engine's is under way."""
    with town.started("deploy", "dev", APP, "--image", town.image(tag)) as deploy:
        until_it_says(deploy, after)
        # No longer than going back takes: a call that arrives later than that is one that nobody can take back.
        with town.fault(kind="delay", delay=1.0, count=1, **held) as hold:
            hold.met()
            (engine,) = children(deploy.pid, "pulumi", " up ")
            pids = {"driver": [deploy.pid], "engine": [engine]}
            # The engine has two of one plugin: the default provider, and the one of the component's children.
            for pid in pids.get(victim) or children(engine, f"sandbox.providers.{victim} "):
                os.kill(pid, number)
            told = deploy.communicate(timeout=240)[1]
    return subprocess.CompletedProcess(deploy.args, deploy.returncode, "", told)


@pytest.mark.parametrize("victim", ["engine", "aws"])
def test_what_dies_while_the_release_process_is_registered_changes_nothing_that_serves(town: Town, victim: str) -> None:
    before = town.settled("good")
    done = interrupted(town, "better", REGISTERING, "config: version", victim, signal.SIGKILL)
    town.check(done, before, code=9, runs="good", verdicts=["release-failed"])


@pytest.mark.parametrize(("victim", "held"), [("engine", UPDATING), ("aws", READING)])
def test_what_dies_in_the_middle_of_the_rollout_takes_all_processes_back(
    town: Town, victim: str, held: dict[str, str]
) -> None:
    before = town.settled("good")
    done = interrupted(town, "better", held, "rolling out", victim, signal.SIGKILL)
    town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_engine_in_order_and_the_next_command_settles_the_rest(
    town: Town, number: signal.Signals
) -> None:
    before = town.settled("good")
    done = interrupted(town, "better", UPDATING, "rolling out", "driver", number)
    assert done.returncode == 130, done.stderr
    assert "the engine has ended in order" in done.stderr and f"slipway cancel dev {APP}" in done.stderr
    now = town.standing()
    assert (now.engine_locks, now.pending, now.lock) == ([], [], None)
    settled = town.slipway("restart", "dev", APP, "worker")
    newest = town.standing().ledger[0]
    finished = newest["kind"] == "deploy"
    verdicts = ["succeeded"] if finished else ["succeeded", "failed"]
    town.check(settled, before, code=0, runs="better" if finished else "good", verdicts=verdicts)


def test_the_lock_of_an_engine_that_is_gone_is_told_of_and_cleared(town: Town) -> None:
    before = town.settled("good")
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    holder = {"pid": gone.pid, "username": "root", "hostname": os.uname().nodename, "timestamp": "2026-11-23T20:42:24Z"}
    key = ".pulumi/locks/organization/slipway/dev/0b7f3f0e-0000-4000-8000-000000000000.json"
    town.aws("s3").put_object(Bucket=town.bucket, Key=key, Body=json.dumps(holder).encode())
    done = town.deploy("good")
    town.check(done, before, code=0, runs="good", verdicts=["succeeded"])
    assert "the last update was killed and left its lock behind; clearing it" in done.stderr


def test_of_two_deploys_of_one_app_at_once_one_lands_and_the_other_names_its_owner(town: Town) -> None:
    before = town.settled("good")
    tag = town.image("better")
    with town.started("deploy", "dev", APP, "--image", tag) as first:
        until_it_says(first, "config: version")
        second = town.deploy("good")
        told = first.communicate(timeout=240)[1]
    assert second.returncode == 11, second.stderr
    assert "is locked by" in second.stderr
    done = subprocess.CompletedProcess(first.args, first.returncode, "", told)
    town.check(done, before, code=0, runs="better", verdicts=["succeeded"])


def test_eight_apps_that_are_deployed_at_once_all_land(town: Town, usual_lease: None) -> None:
    before = town.settled("good")
    _open_stalls(town)
    tag = town.image("better")
    with ThreadPoolExecutor(8) as pool:
        deploys = {
            name: pool.submit(town.slipway, "deploy", "dev", name, "--image", tag if name == APP else "good")
            for name in (APP, *OTHERS)
        }
    done = {name: future.result() for name, future in deploys.items()}
    assert {name: row.returncode for name, row in done.items()} == dict.fromkeys(done, 0), [
        row.stderr for row in done.values() if row.returncode
    ]
    town.check(done[APP], before, code=0, runs="better", verdicts=["succeeded"])
    state = town.state()
    for name in OTHERS:
        pin = next(row["outputs"]["pin"] for row in state["resources"] if row["urn"].endswith(f"App::{name}"))
        assert (pin["release"], pin["image"].rsplit("@", 1)[-1]) == (1, town.images["good"]), name


def _open_stalls(town: Town) -> None:
    """Seven more apps of one worker each, at a count of 0, with variables and the image `good`."""
    worker = {"cpu": 256, "memory": 512, "count": 0}
    with edited_catalogue(town.project) as apps:
        apps.update({name: {"processes": {"worker": worker}} for name in OTHERS})
    town.well("up", "dev", "--yes")
    folder = town.folder / "images" / "good"

    def fill(name: str) -> None:
        town.well("config", "import", "dev", name, "-", stdin="GREETING=Hello\n")
        town.well("image", "push", "dev", name, "--path", str(folder), "--tag", "good")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, OTHERS))
