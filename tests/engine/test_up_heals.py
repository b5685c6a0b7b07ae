"""An environment after other people's hands, lost states and kills: one `up` brings it back."""

import contextlib
import gzip
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import client
from sandbox.faults.rules import Fault
from tests.faults.app_environment import Town, lay_project
from tests.platform.account_inventory import listing
from tests.projects import edited, edited_catalogue
from tests.sandbox_project import SLIPWAY, sandboxed

pytestmark = pytest.mark.engine

AGAIN = {"task definition", "network interface", "alarm"}
"""A definition more is never run and costs nothing; the others are made by AWS itself for what is ours."""
CREATES = {
    "ecs": ("CreateService", "CreateCluster"),
    "ec2": ("CreateVpc", "CreateSubnet", "CreateNatGateway", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress"),
    "logs": ("CreateLogGroup",),
    "iam": ("CreateRole", "PutRolePolicy"),
    "secretsmanager": ("CreateSecret",),
    "dynamodb": ("CreateTable",),
    "elasticloadbalancing": ("CreateLoadBalancer", "CreateTargetGroup", "CreateListener"),
}


@contextmanager
def faults(site: Town, *orders: Fault) -> Iterator[Callable[[], int]]:
    """These faults while the block runs; how many of them have not been met yet."""
    endpoint = client.endpoint(site.folder / "sandbox")
    numbers = {client.add(endpoint, order).id for order in orders}
    try:
        yield lambda: len({one.id for one in client.standing(endpoint)} & numbers)
    finally:
        client.clear(endpoint)


def killed_up(site: Town, *, after: int) -> None:
    """An `up` that is killed with its engine while AWS makes something of `after` kinds; AWS goes on, as it does."""
    orders = [
        Fault(service=service, operation=operation, kind="delay", count=1, delay=12)
        for service, operations in CREATES.items()
        for operation in operations
    ]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [SLIPWAY, "--project", str(site.project), "up", "dev", "--yes"]
    with (
        faults(site, *orders) as left,
        subprocess.Popen(command, env=site.environment, start_new_session=True, **quiet) as up,
    ):
        while up.poll() is None and left() > len(orders) - after:
            time.sleep(0.2)
        assert up.poll() is None, "it was over before anything was held"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(up.pid, signal.SIGKILL)
    time.sleep(13)


def forget_everything(site: Town) -> None:
    """The state has no resource of AWS and no component any more, as after a lost or overwritten checkpoint."""
    key = next(key for key in site.state_keys() if "stacks/slipway/dev.json" in key and "/.pulumi" not in key)
    checkpoint = json.loads(site.state_object(key))
    latest = checkpoint["checkpoint"]["latest"]
    latest["resources"] = [row for row in latest["resources"] if row["type"].startswith("pulumi:")]
    for row in latest["resources"]:
        row["dependencies"] = []
    body = json.dumps(checkpoint).encode()
    site.aws("s3").put_object(Bucket=site.bucket, Key=key, Body=gzip.compress(body) if key.endswith(".gz") else body)


def standing(site: Town) -> list[tuple[str, str]]:
    return sorted(row for row in listing(site.aws) if row[0] not in AGAIN)


def image_of(site: Town, service: str) -> str:
    definition = site.services(service)[service]["taskDefinition"]
    found = site.aws("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    return str(found["containerDefinitions"][0]["image"])


def up(site: Town, code: int = 0) -> str:
    done: Any = site.slipway("up", "dev", "--yes")
    assert done.returncode == code, f"{done.returncode}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return str(done.stderr)


def somebody_elses_secret(site: Town, name: str) -> str:
    """A secret without our tags; one that a former try has made is used again."""
    client = site.aws("secretsmanager")
    try:
        return str(client.create_secret(Name=name, SecretString="theirs")["ARN"])
    except client.exceptions.ResourceExistsException:
        client.untag_resource(SecretId=name, TagKeys=["Environment"])
        return str(client.describe_secret(SecretId=name)["ARN"])


def say_that_it_is_ours(site: Town, name: str) -> None:
    tags = [{"Key": "Environment", "Value": "dev"}]
    site.aws("secretsmanager").tag_resource(SecretId=name, Tags=tags)


def nothing_left(site: Town) -> None:
    assert json.loads(site.well("up", "dev", "--yes", "--json")) == []


@pytest.fixture(scope="module")
def site(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A site whose platform came up after a first `up` that failed in its first step, and one that was killed."""
    with sandboxed(tmp_path_factory.mktemp("heals"), engine, lay_project) as opened:
        made = Town(opened.folder, opened.environment, opened.project)
        made.aws("ecs").create_cluster(clusterName="dev")
        made.story["foreign"] = made.slipway("up", "dev", "--yes")
        made.aws("ecs").delete_cluster(cluster="dev")
        with faults(made, Fault(service="ecr", operation="CreateRepository", kind="expire", count=1)):
            made.story["first"] = made.slipway("up", "dev", "--yes")
        killed_up(made, after=3)
        made.story["second"] = up(made)
        yield made


def test_a_first_up_that_failed_or_was_killed_is_simply_repeated_and_makes_nothing_twice(site: Town) -> None:
    assert site.story["first"].returncode == 12, site.story["first"].stderr
    assert "the last update was killed and left its lock behind" in site.story["second"]
    vpcs = [row for row in site.aws("ec2").describe_vpcs()["Vpcs"] if not row["IsDefault"]]
    assert len(vpcs) == 1
    assert len([row for row in listing(site.aws) if row[0] == "nat gateway"]) <= 1
    nothing_left(site)


def test_a_cluster_of_somebody_else_is_not_taken_over_by_its_name(site: Town) -> None:
    """CreateCluster makes nothing and refuses nothing where there is one of that name."""
    assert site.story["foreign"].returncode == 9, site.story["foreign"].stderr
    assert "Cluster dev is there already, and no tag says that it is dev's" in site.story["foreign"].stderr


def test_what_others_took_away_is_made_anew_on_the_release_that_is_pinned(site: Town) -> None:
    site.configure_shop()
    site.settled("good")
    released = image_of(site, "shop-worker")
    site.aws("ecs").delete_service(cluster="dev", service="shop-worker", force=True)
    site.aws("logs").delete_log_group(logGroupName="/ecs/dev-shop-web")
    site.aws("dynamodb").delete_table(TableName="slipway-dev")
    site.aws("secretsmanager").delete_secret(SecretId="dev/shop", RecoveryWindowInDays=7)
    role = "dev-eu-west-1-shop-execution"
    for name in site.aws("iam").list_role_policies(RoleName=role)["PolicyNames"]:
        site.aws("iam").delete_role_policy(RoleName=role, PolicyName=name)
    told = up(site)
    assert "gone from AWS, and made anew" in told
    assert "scheduled for deletion, and taken back: the secret dev/shop" in told
    assert "waiting until shop-worker runs v1" in told
    assert image_of(site, "shop-worker") == released
    nothing_left(site)


def test_a_state_that_lost_everything_gets_all_of_it_back_and_nothing_is_there_twice(site: Town) -> None:
    before, released = standing(site), image_of(site, "shop-web")
    forget_everything(site)
    up(site)
    assert standing(site) == before
    assert image_of(site, "shop-web") == released
    nothing_left(site)
    site.settled("better")
    assert image_of(site, "shop-web") != released


def test_what_is_somebody_elses_is_refused_and_taken_over_once_it_is_said_to_be_ours(site: Town) -> None:
    arn = somebody_elses_secret(site, "dev/till")
    with edited_catalogue(site.project) as apps:
        apps["till"] = {"processes": {"worker": {"count": 1}}}
    told = up(site, code=9)
    assert "Secret dev/till is there already, and no tag says that it is dev's" in told
    assert "tag it Environment=dev, and `slipway up dev` takes it over as it is" in told
    say_that_it_is_ours(site, "dev/till")
    up(site)
    assert site.aws("secretsmanager").describe_secret(SecretId="dev/till")["ARN"] == arn
    nothing_left(site)


def test_a_destroyed_environment_comes_back_with_its_secrets_although_they_are_scheduled_for_deletion(
    site: Town,
) -> None:
    with edited(site.project / "Pulumi.dev.yaml") as stack:
        stack["slipway:secret_recovery_days"] = 30
    say_that_it_is_ours(site, "dev/till")
    up(site)
    arn = site.aws("secretsmanager").describe_secret(SecretId="dev/till")["ARN"]
    site.well("destroy", "dev", "--yes")
    assert "DeletedDate" in site.aws("secretsmanager").describe_secret(SecretId="dev/till")
    assert "taking back dev/till, which is scheduled for deletion" in up(site)
    found = site.aws("secretsmanager").describe_secret(SecretId="dev/till")
    assert "DeletedDate" not in found
    assert found["ARN"] == arn
    nothing_left(site)
