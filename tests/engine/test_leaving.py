"""What leaves the settings of a protected environment: everything is asked before anything changes."""

import json
import os
import pty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driver.errors import ExitCode
from model.names.names import archive_bucket
from sandbox.faults import client
from sandbox.faults.rules import Fault, Kind
from tests.projects import edited, edited_catalogue, project_copy
from tests.sandbox_project import SLIPWAY, Site, sandboxed

pytestmark = pytest.mark.engine

ARCHIVE = archive_bucket("dev", "eu-west-1", "000000000000")
LINES = "logs/app=till/process=web/dt=2026-01-01/one.json.gz"
WEB = {"port": 8000, "count": 1}


def lay_project(folder: Path) -> Path:
    """The repository's own project with a second app, which has the only internal process, and everything protected."""
    made = project_copy(folder)
    internal = {"port": 8001, "public": False, "count": 1, "command": ["sleep", "infinity"]}
    with edited_catalogue(made) as apps:
        apps.clear()
        apps.update(shop={"processes": {"web": WEB}}, till={"processes": {"web": WEB, "api": internal}})
    with edited(made / "Pulumi.dev.yaml") as stack:
        stack["slipway:protect"] = True
        stack["slipway:logs"] = {"archive": {"processes": ["shop.web", "till.web"]}}
    return made


def answered(site: Site, answers: list[str], *arguments: str) -> tuple[int, str]:
    """A command on a terminal, where somebody gives these answers; the exit code, and what was on the screen."""
    command = [SLIPWAY, "--project", str(site.project), *arguments]
    child, screen = pty.fork()
    if child == 0:
        os.execve(command[0], command, site.environment)
    told, since = "", ""
    while True:
        try:
            piece = os.read(screen, 4096).decode(errors="replace")
        except OSError:  # The other end of a terminal is closed with an error and not with an end of file.
            break
        if not piece:
            break
        told, since = told + piece, since + piece
        if since.rstrip().endswith("[y/N]"):
            os.write(screen, f"{answers.pop(0)}\n".encode())
            since = ""
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told


def protection(site: Site) -> tuple[list[str], dict[str, bool]]:
    """What is protected, by the state and by AWS."""
    elb, found = site.aws("elbv2"), {}
    for row in elb.describe_load_balancers()["LoadBalancers"]:
        rows = elb.describe_load_balancer_attributes(LoadBalancerArn=row["LoadBalancerArn"])["Attributes"]
        found[row["LoadBalancerName"]] = {"Key": "deletion_protection.enabled", "Value": "true"} in rows
    return sorted(row["urn"] for row in site.state()["resources"] if row.get("protect")), found


@pytest.fixture(scope="module")
def left(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The environment when till has left its catalogue, and nobody has said yes yet."""
    with sandboxed(tmp_path_factory.mktemp("leaving"), engine, lay_project) as site:
        site.well("up", "dev", "--yes")
        site.push("v1", "till")
        site.aws("s3").put_object(Bucket=ARCHIVE, Key=LINES, Body=b"{}")
        with edited_catalogue(site.project) as apps:
            del apps["till"]
        with edited(site.project / "Pulumi.dev.yaml") as stack:
            stack["slipway:logs"]["archive"]["processes"].remove("till.web")
        yield site


def test_nothing_leaves_without_a_yes_to_every_question(left: Site) -> None:
    before = protection(left)
    assert before[1] == {"dev-public": True, "dev-internal": True}
    unasked = left.slipway("up", "dev")
    assert unasked.returncode == ExitCode.INVALID_INPUT
    assert "  app till, " in unasked.stderr and "    Service till.api" in unasked.stderr
    assert "Delete app till although it is protected? needs a yes" in unasked.stderr

    code, told = answered(left, ["y", "y", "n"], "up", "dev")
    assert (code, told.count("[y/N]")) == (ExitCode.INTERRUPTED, 3), told
    assert "Delete the shared internal load balancer although it is protected?" in told
    assert "deleted in dev. Go on?" in told and "nothing was changed" in told
    assert protection(left) == before
    assert left.services("till-web", "till-api")["till-api"]["runningCount"] == 1


def test_what_an_up_that_fails_did_not_delete_is_protected_again(left: Site) -> None:
    urns, balancers = protection(left)
    endpoint = client.endpoint(left.folder / "sandbox")
    client.add(endpoint, Fault(service="ecs", operation="DeleteService", kind=Kind.EXPIRE))
    failed = left.slipway("up", "dev", "--yes")
    client.clear(endpoint)
    assert failed.returncode == ExitCode.EXPIRED, failed.stderr
    told = next(line for line in failed.stderr.splitlines() if line.startswith("protected again: "))
    assert "Service till.web" in told and "LoadBalancer dev.internal" in told
    assert protection(left)[1] == balancers
    there = {row["urn"] for row in left.state()["resources"]}
    assert protection(left)[0] == [urn for urn in urns if urn in there]
    unasked = left.slipway("up", "dev")
    assert "Delete app till although it is protected? needs a yes" in unasked.stderr


def test_a_preview_names_what_a_yes_would_delete(left: Site) -> None:
    planned = json.loads(left.well("preview", "dev", "--json"))
    left.story["planned"] = planned
    gone = {(row["kind"].rsplit(":", 1)[-1], row["name"]) for row in planned if row["operation"] == "delete"}
    assert {("Service", "till.web"), ("TargetGroup", "till.api"), ("LoadBalancer", "dev.internal")} <= gone
    assert not [name for _, name in gone if name.startswith("shop") or name == "dev.public"]


def test_with_a_yes_the_app_is_gone_with_its_load_balancer_and_its_images_are_not(left: Site) -> None:
    done = json.loads(left.well("up", "dev", "--yes", "--json"))
    found = left.aws("ecs").describe_services(cluster="dev", services=["till-web"])["services"]
    assert not [row for row in found if row["status"] == "ACTIVE"]
    assert protection(left)[1] == {"dev-public": True}
    assert "v1" in {row.get("imageTag") for row in left.aws("ecr").list_images(repositoryName="till")["imageIds"]}
    assert left.aws("s3").get_object(Bucket=ARCHIVE, Key=LINES)["Body"].read() == b"{}"
    assert left.aws("logs").describe_log_groups(logGroupNamePrefix="/ecs/dev-till-")["logGroups"] == []
    assert "no changes" in left.well("preview", "dev")
    assert left.services("shop-web")["shop-web"]["runningCount"] == 1
    planned: Any = left.story["planned"]
    assert deleted(done) == deleted(planned)


def deleted(changes: list[dict[str, Any]]) -> set[str]:
    return {row["urn"] for row in changes if row["kind"].startswith("aws:") and row["operation"] == "delete"}


def test_a_protected_environment_is_destroyed_once_the_settings_protect_it_no_more(left: Site) -> None:
    refused = left.slipway("destroy", "dev", "--yes")
    assert refused.returncode == ExitCode.NOT_READY
    assert "  LoadBalancer dev.public" in refused.stderr and "slipway:protect: false" in refused.stderr
    assert left.services("shop-web")["shop-web"]["runningCount"] == 1

    with edited(left.project / "Pulumi.dev.yaml") as stack:
        stack["slipway:protect"] = False
    left.well("up", "dev", "--yes")
    planned = json.loads(left.well("destroy", "dev", "--dry-run", "--json"))
    assert left.services("shop-web")["shop-web"]["runningCount"] == 1
    done = left.slipway("destroy", "dev", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert deleted(planned) == deleted(json.loads(done.stdout)) != set()
    assert "  Repository till" in done.stderr
    assert left.aws("elbv2").describe_load_balancers()["LoadBalancers"] == []
    again = left.slipway("destroy", "dev", "--yes")
    assert again.returncode == 0 and "Nothing of dev is there to be destroyed." in again.stderr
