import itertools
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.app_environment import APP, Standing, Town
from tests.sandbox_project import until_it_says

pytestmark = pytest.mark.engine

FAMILY = f"dev-{APP}-release"
TABLE = "slipway-dev"
DEFINITION = ("containerDefinitions", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn")
GOOD = ("good", "better", "best")


def tasks(town: Town) -> list[dict[str, Any]]:
    """All tasks of release processes that ECS remembers, in the order in which they were made."""
    ecs = town.aws("ecs")
    arns = [
        arn
        for status in ("RUNNING", "STOPPED")
        for arn in ecs.list_tasks(cluster="dev", family=FAMILY, desiredStatus=status)["taskArns"]
    ]
    rows = ecs.describe_tasks(cluster="dev", tasks=arns)["tasks"] if arns else []
    return sorted(rows, key=lambda row: row["createdAt"])


def since(town: Town, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {row["taskArn"] for row in before}
    return [row for row in tasks(town) if row["taskArn"] not in known]


def one_after_the_other(rows: list[dict[str, Any]]) -> bool:
    return all(first["stoppedAt"] <= second["createdAt"] for first, second in itertools.pairwise(rows))


def attempts(town: Town, release: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(town.well("releases", "show", "dev", APP, f"v{release}", "--json"))[
        "attempts"
    ]
    return found


def newest(now: Standing) -> int:
    return int(now.ledger[0]["release"])


def retry(town: Town, release: int, *options: str) -> "subprocess.CompletedProcess[str]":
    done: subprocess.CompletedProcess[str] = town.slipway(
        "releases", "retry", "dev", APP, f"v{release}", "--lock-wait", "30", *options
    )
    return done


@contextmanager
def killed(town: Town, tag: str, words: str) -> Iterator[None]:
    """A deploy that is killed once it has said that; before the kill comes what is in the block."""
    with town.started("deploy", "dev", APP, "--image", tag) as driver:
        until_it_says(driver, words)
        yield
        driver.send_signal(signal.SIGKILL)
        driver.wait(timeout=60)


@pytest.fixture
def before(town: Town) -> Standing:
    """The app at rest on a good image, whichever that is: nothing is deployed only to have a certain one."""
    pinned = town.standing().pinned
    good = [tag for tag in GOOD if town.images.get(tag) == pinned]
    return town.settled(good[0] if good else GOOD[0])


def runs(town: Town, before: Standing) -> str:
    return next(tag for tag, digest in town.images.items() if digest == before.pinned)


def rollouts(town: Town) -> dict[str, list[str]]:
    names = (f"{APP}-web", f"{APP}-worker")
    return {name: [row["id"] for row in found["deployments"]] for name, found in town.services(*names).items()}


def test_a_migration_that_fails_changes_nothing_and_retried_really_runs_again(town: Town, before: Standing) -> None:
    untouched = rollouts(town)
    done = town.deploy(town.image("migration-fails", release="fails"), "-m", "a new column")
    now = town.check(done, before, code=5, runs=runs(town, before), verdicts=["release-failed"])
    assert "exit code 3" in done.stderr
    assert "no such column: parcel" in done.stderr
    assert now.ledger[0]["message"] == "a new column"
    number, first = newest(now), tasks(town)
    done = retry(town, number)
    town.check(done, before, code=5, runs=runs(town, before), verdicts=["release-failed"])
    assert [row["exit_code"] for row in attempts(town, number)] == [3, 3]
    assert len(since(town, first)) == 1
    assert "no such column: parcel" in town.well("releases", "output", "dev", APP, f"v{number}")

    image = {"imageDigest": town.images["migration-fails"]}
    gone = town.aws("ecr").batch_delete_image(repositoryName=APP, imageIds=[image])
    assert gone["failures"] == []
    done = retry(town, number)
    town.check(done, before, code=5, runs=runs(town, before), verdicts=["release-failed"])
    assert "the release process never started: CannotPullContainerError" in done.stderr
    assert [row["outcome"] for row in attempts(town, number)] == ["failed", "failed", "never started"]
    assert rollouts(town) == untouched


def test_a_migration_that_hangs_is_stopped_when_its_time_is_up(town: Town, before: Standing) -> None:
    done = town.deploy(town.image("migration-hangs", release="hangs"), "--release-timeout", "3")
    now = town.check(done, before, code=5, runs=runs(town, before), verdicts=["release-failed"])
    assert "did not end in time and was stopped" in done.stderr
    assert [row["outcome"] for row in attempts(town, newest(now))] == ["timed out"]


def test_a_migration_without_enough_memory_says_so(town: Town, before: Standing) -> None:
    done = town.deploy(town.image("migration-eats", release="eats"))
    town.check(done, before, code=5, runs=runs(town, before), verdicts=["release-failed"])
    assert "ran out of memory" in done.stderr
    assert "exit code 137" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_a_migration_stops_its_task(town: Town, before: Standing, number: signal.Signals) -> None:
    tag, known = town.image("migration-hangs", release="hangs"), tasks(town)
    with town.started("deploy", "dev", APP, "--image", tag) as driver:
        told = until_it_says(driver, "release | migrating")
        driver.send_signal(number)
        told += driver.communicate(timeout=120)[1]
    done = subprocess.CompletedProcess([], driver.returncode, "", told)
    now = town.check(done, before, code=130, runs=runs(town, before), verdicts=["release-failed"])
    assert "stopped, and the release process with it" in told
    assert [row["outcome"] for row in attempts(town, newest(now))] == ["stopped"]
    assert [row["lastStatus"] for row in since(town, known)] == ["STOPPED"]


def test_a_kill_before_the_task_is_started_leaves_none_behind(town: Town, before: Standing) -> None:
    known, tried = tasks(town), len(attempts(town, before.release))
    with (
        town.fault(service="ecs", operation="RunTask", kind="error") as fault,
        killed(town, town.image("better"), "TaskDefinition"),
    ):
        fault.met()
    done = retry(town, before.release)
    now = town.check(done, before, code=0, runs=runs(town, before), verdicts=["release-failed"])
    assert "was cut off in its release phase: the release process never started" in done.stderr
    assert [row["startedBy"] for row in since(town, known)] == [f"slipway/{APP}/v{before.release}/{tried + 1}"]
    assert [row["outcome"] for row in attempts(town, newest(now))] == ["never started"]


def test_a_kill_before_the_ledger_has_the_task_runs_it_once(town: Town, before: Standing) -> None:
    known, tag = tasks(town), town.image("better")
    with town.fault(service="ecs", operation="RunTask", kind="lose") as fault, killed(town, tag, "TaskDefinition"):
        fault.met()
    done = town.deploy(tag, "--lock-wait", "30")
    town.check(done, before, code=0, runs="better", verdicts=["succeeded", "failed"])
    assert "ended with 0: not run again" in done.stderr
    assert len(since(town, known)) == 1


def test_a_kill_in_a_migration_is_waited_for_and_no_second_one_runs_beside_it(town: Town, before: Standing) -> None:
    known = tasks(town)
    with killed(town, town.image("migration-slow", release="slow"), "release | migrating"):
        pass
    done = retry(town, before.release)
    now = town.check(done, before, code=0, runs=runs(town, before), verdicts=["failed"])
    assert "was cut off in its release phase: following its release process" in done.stderr
    assert "release | migrated" in done.stderr
    assert [row["exit_code"] for row in attempts(town, newest(now))] == [0]
    both = since(town, known)
    assert len(both) == 2
    assert one_after_the_other(both)


def test_a_kill_after_a_migration_runs_it_again_only_where_the_rollout_had_begun(town: Town, before: Standing) -> None:
    known, tag = tasks(town), town.image("best")
    with killed(town, tag, "rolling out"):
        pass
    done = town.deploy(tag, "--lock-wait", "30")
    now = town.check(done, before, code=0, runs="best", verdicts=["succeeded", "failed"])
    had_begun = "roll out" in [step["name"] for step in now.ledger[1]["steps"]]
    assert ("ended with 0: not run again" in done.stderr) is not had_begun
    assert len(since(town, known)) == 1 + had_begun


def test_a_migration_that_somebody_else_started_is_never_joined_by_another(town: Town, before: Standing) -> None:
    ecs = town.aws("ecs")
    web = town.services(f"{APP}-web")[f"{APP}-web"]
    body = ecs.describe_task_definition(taskDefinition=web["taskDefinition"])["taskDefinition"]
    kept = {name: body[name] for name in DEFINITION if name in body}
    stray = ecs.register_task_definition(family=FAMILY, **kept)["taskDefinition"]["taskDefinitionArn"]
    network = web["networkConfiguration"]
    stray = ecs.run_task(cluster="dev", taskDefinition=stray, networkConfiguration=network)["tasks"][0]["taskArn"]
    known = tasks(town)
    try:
        done = town.deploy(town.image("better"))
    finally:
        ecs.stop_task(cluster="dev", task=stray)
        ecs.get_waiter("tasks_stopped").wait(cluster="dev", tasks=[stray], WaiterConfig={"Delay": 1})
    town.check(done, before, code=4, runs=runs(town, before), verdicts=["release-failed"])
    assert stray in done.stderr
    assert since(town, known) == []


def test_without_its_ledger_a_deploy_changes_nothing(town: Town, before: Standing) -> None:
    dynamo, known = town.aws("dynamodb"), tasks(town)
    table = dynamo.describe_table(TableName=TABLE)["Table"]
    rows = dynamo.scan(TableName=TABLE)["Items"]
    dynamo.delete_table(TableName=TABLE)
    try:
        done = town.deploy(town.image("better"))
    finally:
        kept = {name: table[name] for name in ("KeySchema", "AttributeDefinitions")}
        dynamo.create_table(TableName=TABLE, BillingMode="PAY_PER_REQUEST", **kept)
        for row in rows:
            dynamo.put_item(TableName=TABLE, Item=row)
    town.check(done, before, code=4, runs=runs(town, before), verdicts=[])
    assert f"there is no ledger {TABLE}" in done.stderr
    assert since(town, known) == []
