"""What stands in the way before a deploy, and credentials that run out on the way: nothing is left half-way."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import hvac
import pytest

from tests.faults.app_environment import APP, Town
from tests.sandbox_project import until_it_says

pytestmark = pytest.mark.engine

SECRET = f"dev/{APP}"


def under(town: Town, **environment: str) -> Town:
    """The same town, seen by somebody whose environment differs."""
    return replace(town, environment={**town.environment, **environment})


def vault_of(town: Town) -> Any:
    return hvac.Client(url=town.environment["VAULT_ADDR"], token=town.environment["VAULT_TOKEN"])


def in_minutes(minutes: float) -> dict[str, str]:
    """The environment of somebody whose session ends then."""
    ends = datetime.now(UTC) + timedelta(minutes=minutes)
    return {"AWS_SESSION_TOKEN": "test", "AWS_CREDENTIAL_EXPIRATION": ends.isoformat()}


@contextmanager
def sealed(town: Town) -> Iterator[None]:
    """Vault, sealed for a while; in its development mode it prints the key at its start."""
    found = re.search(r"Unseal Key: (\S+)", (town.folder / "sandbox" / "log" / "openbao.log").read_text())
    assert found is not None
    client = vault_of(town)
    client.sys.seal()
    try:
        yield
    finally:
        client.sys.submit_unseal_key(found[1])


@contextmanager
def missing(town: Town, name: str) -> Iterator[None]:
    """A variable that is not set for a while."""
    town.well("config", "unset", "dev", APP, name, "--yes")
    try:
        yield
    finally:
        town.configure_shop()


@contextmanager
def labels_taken(town: Town) -> Iterator[None]:
    """The app's secret with as many labels as AWS allows, most of them somebody else's."""
    client = town.aws("secretsmanager")
    rows = client.list_secret_version_ids(SecretId=SECRET, IncludeDeprecated=True)["Versions"]
    room = 20 - sum(len(row.get("VersionStages", ())) for row in rows)
    stages = [f"audit-{number}" for number in range(room)]
    made = client.put_secret_value(SecretId=SECRET, SecretString="{}", VersionStages=stages)["VersionId"]
    try:
        yield
    finally:
        for stage in stages:
            client.update_secret_version_stage(SecretId=SECRET, VersionStage=stage, RemoveFromVersionId=made)


@contextmanager
def firing(town: Town, *names: str) -> Iterator[None]:
    """Alarms that are in ALARM, and stay in it when they are evaluated."""
    client = town.aws("cloudwatch")
    for name in names:
        client.put_metric_alarm(
            AlarmName=name, MetricName="m", Namespace="test", Statistic="Sum", Period=60, EvaluationPeriods=1,
            Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="breaching",
        )  # fmt: skip
        client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="the test")
    try:
        yield
    finally:
        client.delete_alarms(AlarmNames=list(names))


@contextmanager
def unlabelled(town: Town, version: str) -> Iterator[None]:
    """A config version without its label, as one that AWS may delete."""
    client = town.aws("secretsmanager")
    rows = client.list_secret_version_ids(SecretId=SECRET)["Versions"]
    label = next(name for row in rows if row["VersionId"] == version for name in row["VersionStages"] if name[0] == "c")
    client.update_secret_version_stage(SecretId=SECRET, VersionStage=label, RemoveFromVersionId=version)
    try:
        yield
    finally:
        client.update_secret_version_stage(SecretId=SECRET, VersionStage=label, MoveToVersionId=version)


def dry(town: Town, *options: str) -> dict[str, Any]:
    done = town.slipway("deploy", "dev", APP, "--image", "good", "--dry-run", "--json", *options)
    assert "Traceback" not in done.stderr, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if found["ready"] else 4), done.stderr
    return found


def test_a_vault_that_is_sealed_down_or_denies_stops_a_deploy_before_anything_changes(town: Town) -> None:
    before = town.settled("good")
    with sealed(town):
        shut = town.deploy("good")
    down = under(town, VAULT_ADDR="http://127.0.0.1:9").deploy("good")
    token = vault_of(town).auth.token.create(policies=["default"], ttl="10m")["auth"]["client_token"]
    denied = under(town, VAULT_TOKEN=token).deploy("good")
    for done, words in (
        (shut, "is sealed or in maintenance"),
        (down, "Vault at http://127.0.0.1:9 did not answer"),
        (denied, f"refused reading secret/dev/{APP}: permission denied"),
    ):
        assert done.returncode == 10, done.stderr
        assert words in done.stderr and token not in done.stderr
    town.check(denied, before, code=10, runs="good", verdicts=[])


def test_everything_that_is_in_the_way_is_told_at_once(town: Town) -> None:
    before = town.settled("good")
    with missing(town, "SECRET_KEY"), firing(town, f"dev-{APP}-web-5xx", f"dev-{APP}keeper-web-5xx"):
        done = under(town, **in_minutes(1)).deploy("nosuch")
    town.check(done, before, code=4, runs="good", verdicts=[])
    for words in (
        "session-too-short: the AWS credentials end in 1 min",
        "image: there is no image nosuch",
        "config: config of shop in dev: SECRET_KEY is required and missing",
        f"alarm-firing: the alarm dev-{APP}-web-5xx is firing already",
    ):
        assert words in done.stderr
    assert "keeper" not in done.stderr


def test_a_dry_run_tells_all_findings_and_force_takes_off_what_it_names(town: Town) -> None:
    before, short = town.settled("good"), under(town, **in_minutes(1))
    with firing(town, f"dev-{APP}-web-5xx"), unlabelled(town, next(row["config"] for row in before.ledger)):
        one = dry(short, "--force", "alarm-firing")
        named = [option for row in one["findings"] for option in ("--force", row["code"])]
        all_of_them = dry(short, *named)
        refused = town.slipway("deploy", "dev", APP, "--image", "good", "--force", "image")
    assert {row["code"]: row["overridden"] for row in one["findings"]} == {
        "session-too-short": False,
        "no-way-back": False,
        "alarm-firing": True,
    }
    assert all_of_them["ready"] and all_of_them["image"].endswith(town.images["good"])
    assert refused.returncode == 3
    assert "can't be overridden" in refused.stderr and "free-addresses" in refused.stderr
    assert town.standing() == before


def test_a_secret_at_its_label_limit_is_told_with_whose_labels_they_are(town: Town) -> None:
    before = town.settled("good")
    town.well("config", "set", "dev", APP, "GREETING", "--stdin", stdin="Good evening")
    try:
        with labels_taken(town):
            done = town.deploy("good")
            town.check(done, before, code=4, runs="good", verdicts=[])
    finally:
        town.configure_shop()
    assert "not made by Slipway: audit-0, audit-1" in done.stderr
    assert "update-secret-version-stage" in done.stderr


def test_credentials_that_run_out_in_the_release_phase_leave_what_serves_and_a_second_run_resumes(town: Town) -> None:
    before = town.settled("good")
    town.image("evening", release="slow")
    with town.started("deploy", "dev", APP, "--image", "evening") as deploy:
        until_it_says(deploy, "release phase: task")
        with town.fault(service="*", kind="expire"):
            assert deploy.stderr is not None
            told = deploy.stderr.read()
            assert deploy.wait(120) == 12, told
    assert "the AWS credentials ran out" in told and "it resumes" in told
    assert "Traceback" not in told
    assert {
        name: town.digest(row["taskDefinition"]) for name, row in town.services("shop-web", "shop-worker").items()
    } == {
        "shop-web": town.images["good"],
        "shop-worker": town.images["good"],
    }
    done = town.deploy("evening")
    assert done.returncode == 0, done.stderr
    now = town.standing()
    assert set(now.runs.values()) == {town.images["evening"]}
    newest = max(row["release"] for row in before.ledger)
    assert "started" not in {row["verdict"] for row in now.ledger if row["release"] > newest}
    now.check_at_rest()


def test_credentials_that_run_out_in_the_rollout_are_unknown_and_a_second_run_settles_it(town: Town) -> None:
    # Whatever good image runs will do.
    before = town.standing()
    before.check_at_rest()
    town.image("morning")
    with town.fault(service="ecs", operation="UpdateService", kind="expire"):
        done = town.deploy("morning")
    assert done.returncode == 12, done.stderr
    assert "the AWS credentials ran out while the engine was at work (ExpiredTokenException)" in done.stderr
    again = town.deploy("morning")
    assert again.returncode == 0, again.stderr
    now = town.standing()
    assert set(now.runs.values()) == {town.images["morning"]}
    newest = max(row["release"] for row in before.ledger)
    assert "started" not in {row["verdict"] for row in now.ledger if row["release"] > newest}
    now.check_at_rest()
