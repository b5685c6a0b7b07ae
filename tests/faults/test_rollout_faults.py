"""What goes wrong while all processes move to a release, and what is true afterwards."""

import json
import os
import signal

import pytest

from benchmarks.load import steady
from tests.faults.app_environment import APP, Town
from tests.sandbox_project import ended, until_it_says

pytestmark = pytest.mark.engine

WEB = f"{APP}-web"
WATCH = "ListServiceDeployments"
"""What only the watch of a rollout asks for, so that the engine works on."""


def definitions(town: Town) -> dict[str, str]:
    return {name: row["taskDefinition"] for name, row in town.services(WEB, f"{APP}-worker").items()}


def deployment(town: Town) -> str:
    """The `ecs-svc/` id under which web runs now; here ECS goes back under the former one."""
    return str(town.services(WEB)[WEB]["deployments"][0]["id"])


def test_web_that_crashes_says_why_also_when_the_very_same_image_is_deployed_again_and_no_request_fails(
    town: Town,
) -> None:
    before, running, former = town.settled("good"), definitions(town), deployment(town)
    town.image("web-crashes", web="crashes")
    with steady(town.url(APP)) as traffic:
        done = town.deploy("web-crashes")
    before = town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert (traffic.failures, len(traffic.seconds) > 20) == ([], True)
    again = town.deploy("web-crashes")
    town.check(again, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert (definitions(town), deployment(town)) == (running, former)
    rows = json.loads(town.well("releases", "dev", APP, "--json"))
    assert [(row["kind"], row["verdict"]) for row in rows[:2]] == [("going back", "succeeded"), ("deploy", "failed")]
    assert [row["current"] for row in rows] == [True, *[False] * (len(rows) - 1)]
    assert "circuit breaker" in rows[1]["reason"] or "kept stopping" in rows[1]["reason"]
    for told in (done.stderr, again.stderr):
        assert "Essential container in task exited; exit code 1" in told
        assert "cannot import parcel_tracking" in told
    check_that_it_can_be_looked_at_later(town, rows[1]["release"])


def check_that_it_can_be_looked_at_later(town: Town, failed: int) -> None:
    """From the events that are kept, whatever ECS itself has forgotten."""
    explained = town.well("explain", "dev", APP).splitlines()
    assert explained[0] == f"{APP} v{failed} in dev: failed"
    said = next(line for line in explained if line.startswith("web: "))
    assert "Essential container in task exited; exit code 1" in said
    assert any("cannot import parcel_tracking" in line for line in explained)
    assert f", as v{failed + 1}" in explained[-2]
    told = json.loads(town.well("events", "dev", APP, "--since", "1d", "--json"))
    assert [row["about"] for row in told if row["text"].endswith("began")][-1] == f"v{failed + 1}"
    assert any(row["process"] == "web" and "stopped with exit code 1" in row["text"] for row in told)
    rows = json.loads(town.well("ps", "dev", APP, "--json"))
    assert [(row["process"], row["service"]) for row in rows] == [("web", True), ("worker", True)]
    assert {row["state"].split(",")[0] for row in rows} == {"running"}
    assert town.well("open", "dev", APP).strip() == town.url(APP)


def test_web_that_fails_its_health_check_is_explained_by_the_load_balancer(town: Town) -> None:
    before = town.settled("good")
    done = town.deploy(town.image("web-sick", web="sick"))
    town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert "Target.ResponseCodeMismatch: Health checks failed with these codes: [500]" in done.stderr


def test_a_rollout_that_does_not_end_in_time_is_no_failure_and_the_next_command_settles_it(town: Town) -> None:
    before = town.settled("good")
    done = town.deploy(town.image("web-sick", web="sick"), "--timeout", "1")
    assert done.returncode == 8, done.stderr
    assert "slipway cancel dev shop" in done.stderr
    now = town.standing()
    assert now.ledger[0]["verdict"] == "started"
    assert now.lock is None
    settled = town.slipway("restart", "dev", APP, "worker")
    town.check(settled, before, code=0, runs="good", verdicts=["succeeded", "failed"])


def test_an_ecs_that_throttles_for_a_while_holds_engine_and_watch_up_and_fails_neither(town: Town) -> None:
    before = town.settled("good")
    with town.started("deploy", "dev", APP, "--image", town.image("better")) as deploy:
        until_it_says(deploy, "rolling out")
        with town.fault(service="ecs", kind="throttle", seconds=30) as hold:
            hold.met()
            done = ended(deploy)
    town.check(done, before, code=0, runs="better", verdicts=["succeeded"])


def test_an_aws_in_trouble_of_its_own_for_a_while_does_not_fail_a_rollout(town: Town, usual_lease: None) -> None:
    before = town.settled("good")
    with town.started("deploy", "dev", APP, "--image", town.image("better")) as deploy:
        until_it_says(deploy, "rolling out")
        with town.fault(service="ecs", operation=WATCH, kind="throttle") as watched:
            watched.met()
        with town.fault(kind="error", seconds=20) as hold:
            hold.met()
            done = ended(deploy)
    town.check(done, before, code=0, runs="better", verdicts=["succeeded"])


def test_who_can_not_renew_the_lock_stops_and_the_next_command_settles_the_rest(town: Town) -> None:
    before = town.settled("good")
    with town.started("deploy", "dev", APP, "--image", town.image("better")) as deploy:
        until_it_says(deploy, "rolling out")
        with town.fault(service="ecs", operation=WATCH, kind="throttle") as hold:
            hold.met()
            with town.fault(service="dynamodb", kind="error"):
                done = ended(deploy)
    assert done.returncode == 11, done.stderr
    assert "the lock of shop was lost: " in done.stderr
    assert "would lose the lock of shop in dev" in town.well("lock", "release", "dev", APP, "--dry-run")
    assert town.standing().lock is not None
    town.well("lock", "release", "dev", APP, "--yes")
    settled = town.slipway("restart", "dev", APP, "worker")
    town.check(settled, before, code=0, runs="better", verdicts=["succeeded"])


def test_a_rollout_that_ecs_took_back_before_anybody_looked_has_failed(town: Town) -> None:
    before = town.settled("good")
    with town.started("deploy", "dev", APP, "--image", town.image("web-crashes", web="crashes")) as deploy:
        until_it_says(deploy, "rolling out")
        with town.fault(service="ecs", operation=WATCH, kind="error", seconds=20) as hold:
            hold.met()
            done = ended(deploy)
    town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert "circuit breaker" in done.stderr


def test_ctrl_c_in_a_rollout_leaves_it_to_ecs_and_the_next_command_settles_it(town: Town) -> None:
    before = town.settled("good")
    with town.started("deploy", "dev", APP, "--image", town.image("better")) as deploy:
        until_it_says(deploy, "rolling out")
        with town.fault(service="ecs", operation=WATCH, kind="throttle", seconds=20) as hold:
            hold.met()
            os.kill(deploy.pid, signal.SIGINT)
            done = ended(deploy)
    assert done.returncode == 130, done.stderr
    assert "ECS goes on" in done.stderr
    settled = town.slipway("restart", "dev", APP, "worker")
    town.check(settled, before, code=0, runs="better", verdicts=["succeeded"])


def test_cancel_of_a_living_deploy_brings_all_processes_back(town: Town) -> None:
    before = town.settled("good")
    with town.started("deploy", "dev", APP, "--image", town.image("web-sick", web="sick")) as deploy:
        until_it_says(deploy, f"{WEB}: rolling")
        cancelled = town.slipway("cancel", "dev", APP)
        done = ended(deploy)
    assert cancelled.returncode == 0, cancelled.stderr
    assert "brings all of shop back" in cancelled.stdout
    town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert "it was cancelled" in done.stderr


def test_cancel_after_a_dead_deploy_brings_all_processes_back_itself(town: Town) -> None:
    before = town.settled("good")
    with town.started("deploy", "dev", APP, "--image", town.image("web-sick", web="sick")) as deploy:
        until_it_says(deploy, f"{WEB}: rolling")
        deploy.kill()
        done = town.slipway("cancel", "dev", APP)
    town.check(done, before, code=0, runs="good", verdicts=["succeeded", "failed"])
