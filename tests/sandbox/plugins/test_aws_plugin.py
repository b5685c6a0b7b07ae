"""The stand-in aws plugin on the real engine: what an app is made of comes up, stays as it is, changes and goes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pulumi
import pulumi_aws as aws
import pytest
from botocore.exceptions import ClientError
from pulumi import automation

from driver.adapters.engine import EngineMissingError, find
from sandbox import lifecycle, shell
from sandbox.setup import Setup, engine_folder
from tests.sandbox.plugins.aws_program import REPOSITORY, Wanted, program_of

pytestmark = pytest.mark.engine

CHANGED = Wanted(
    idle=90,
    drain=5,
    path="/ready",
    days=14,
    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
    description="Settings",
    most=6,
    cpu=75,
    tags=(("App", "shop"),),
)


@dataclass(frozen=True)
class Site:
    """A stack on a sandbox of its own, and its AWS as somebody outside of Pulumi sees it."""

    stack: automation.Stack
    variables: dict[str, str]

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            region_name=self.variables["AWS_REGION"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def up(self, wanted: Wanted, *, refresh: bool = False) -> dict[str, int]:
        """What the engine did, by kind of step."""
        self.stack.workspace.program = program_of(wanted)
        done = self.stack.up(refresh=refresh).summary.resource_changes or {}
        return {str(step): count for step, count in done.items()}

    def ids(self) -> dict[str, str]:
        """The ids in the engine's state, by `<type's last part> <name>`."""
        # A destroyed stack's export has no list at all.
        rows = self.stack.export_stack().deployment.get("resources", [])
        return {
            f"{row['type'].rsplit(':', 1)[1]} {row['urn'].rsplit('::', 1)[1]}": row["id"] for row in rows if "id" in row
        }

    def balancer_attributes(self, arn: str) -> dict[str, str]:
        rows = self.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {row["Key"]: row["Value"] for row in rows}

    def group_attributes(self, arn: str) -> dict[str, str]:
        rows = self.client("elbv2").describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        return {row["Key"]: row["Value"] for row in rows}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    try:
        engine = find(lambda _: None, env=os.environ)
    except EngineMissingError as error:
        pytest.skip(f"no Pulumi engine: {error.message}")
    folder = tmp_path_factory.mktemp("sandbox")
    lifecycle.up(folder, Setup(engine=engine_folder(engine)), lambda _: None)
    try:
        variables = shell.environment(folder)
        made = Site(_stack(variables, engine, tmp_path_factory.mktemp("work")), variables)
        made.client("ecr").create_repository(repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE")
        yield made
    finally:
        lifecycle.down(folder, lambda _: None)


def _stack(variables: dict[str, str], engine: Path, work: Path) -> automation.Stack:
    # The Automation API looks for the engine below a root folder's `bin`.
    (work / "bin").mkdir()
    (work / "bin" / "pulumi").symlink_to(engine)
    backend = automation.ProjectBackend(url=variables["PULUMI_BACKEND_URL"])
    options = automation.LocalWorkspaceOptions(
        work_dir=str(work),
        env_vars=variables,
        pulumi_command=automation.PulumiCommand(root=str(work), skip_version_check=True),
        project_settings=automation.ProjectSettings(name="dev", runtime="python", backend=backend),
    )
    return automation.create_or_select_stack("dev", project_name="dev", program=lambda: None, opts=options)


def test_what_an_app_is_made_of_comes_up_stays_changes_and_goes(site: Site) -> None:
    made = site.up(Wanted())
    assert set(made) == {"create"}
    ids = site.ids()
    _ids_are_those_of_the_official_provider(ids)
    _outputs_are_those_of_aws(site, ids)
    total = made["create"]
    assert site.up(Wanted()) == {"same": total}
    assert site.up(Wanted(), refresh=True) == {"same": total}
    # The same policies, differently written.
    assert site.up(Wanted(indent=2)) == {"same": total}
    _changes_happen_in_place(site, ids, total)
    _drift_is_seen_and_mended(site, total)
    site.stack.destroy()
    assert site.ids() == {}
    _nothing_is_left(site)


def _ids_are_those_of_the_official_provider(ids: dict[str, str]) -> None:
    prefix = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:"
    assert ids["LoadBalancer web"].startswith(f"{prefix}loadbalancer/app/dev-shop-web/")
    assert ids["TargetGroup web"].startswith(f"{prefix}targetgroup/dev-shop-web-8000/")
    assert ids["Listener web"].startswith(f"{prefix}listener/app/dev-shop-web/")
    assert ids["Secret config"].startswith("arn:aws:secretsmanager:eu-west-1:000000000000:secret:dev/shop-")
    assert ids["Role execution"] == "dev-shop-execution"
    assert ids["RolePolicy execution"] == "dev-shop-execution:execution"
    assert ids["LogGroup logs"] == "/dev/shop/web"
    assert ids["Target worker"] == "service/dev/shop-worker"
    assert ids["Policy worker"] == "shop.worker.cpu"


def _outputs_are_those_of_aws(site: Site, ids: dict[str, str]) -> None:
    outputs = site.stack.outputs()
    repository = site.client("ecr").describe_repositories(repositoryNames=[REPOSITORY])["repositories"][0]
    shown = outputs["repository"].value
    assert shown["arn"] == repository["repositoryArn"]
    assert (shown["repository_url"], shown["registry_id"]) == (repository["repositoryUri"], "000000000000")
    assert (shown["name"], shown["image_tag_mutability"]) == (REPOSITORY, "IMMUTABLE")
    arn = ids["LoadBalancer web"]
    balancer = site.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    assert outputs["balancer"].value == {
        "dns": balancer["DNSName"],
        "zone": balancer["CanonicalHostedZoneId"],
        "suffix": arn.split("loadbalancer/")[1],
    }
    attributes = site.balancer_attributes(arn)
    assert attributes["idle_timeout.timeout_seconds"] == "60"
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert attributes["deletion_protection.enabled"] == "false"
    assert site.group_attributes(ids["TargetGroup web"])["deregistration_delay.timeout_seconds"] == "30"


def _changes_happen_in_place(site: Site, ids: dict[str, str], total: int) -> None:
    # Balancer, target group, log group, secret, role (tags), its policy, scaling target and policy.
    assert site.up(CHANGED) == {"update": 8, "same": total - 8}
    assert site.ids() == ids
    assert site.balancer_attributes(ids["LoadBalancer web"])["idle_timeout.timeout_seconds"] == "90"
    group = ids["TargetGroup web"]
    assert site.group_attributes(group)["deregistration_delay.timeout_seconds"] == "5"
    shown = site.client("elbv2").describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
    assert shown["HealthCheckPath"] == "/ready"
    document = site.client("iam").get_role_policy(RoleName="dev-shop-execution", PolicyName="execution")
    assert document["PolicyDocument"]["Statement"][0]["Action"] == list(CHANGED.actions)
    role_tags = site.client("iam").list_role_tags(RoleName="dev-shop-execution")["Tags"]
    assert role_tags == [{"Key": "App", "Value": "shop"}]
    logs = site.client("logs").describe_log_groups(logGroupNamePrefix="/dev/shop/web")["logGroups"]
    assert [row["retentionInDays"] for row in logs] == [14]
    secret = site.client("secretsmanager").describe_secret(SecretId=ids["Secret config"])
    assert secret["Description"] == "Settings"
    scaling = site.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert [row["MaxCapacity"] for row in targets] == [6]
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert [row["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for row in policies] == [75]
    assert site.up(CHANGED, refresh=True) == {"same": total}


def _drift_is_seen_and_mended(site: Site, total: int) -> None:
    site.client("logs").put_retention_policy(logGroupName="/dev/shop/web", retentionInDays=30)
    secrets = site.client("secretsmanager")
    secrets.delete_secret(SecretId=site.ids()["Secret config"], ForceDeleteWithoutRecovery=True)
    # Log group, secret, and the role's policy, which names the secret: the new one has another ARN.
    assert site.up(CHANGED, refresh=True) == {"create": 1, "update": 2, "same": total - 3}
    logs = site.client("logs").describe_log_groups(logGroupNamePrefix="/dev/shop/web")["logGroups"]
    assert [row["retentionInDays"] for row in logs] == [14]


def _nothing_is_left(site: Site) -> None:
    assert site.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert site.client("elbv2").describe_target_groups()["TargetGroups"] == []
    assert site.client("logs").describe_log_groups(logGroupNamePrefix="/dev/")["logGroups"] == []
    assert (
        site.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        == []
    )
    with pytest.raises(ClientError, match="NoSuchEntity"):
        site.client("iam").get_role(RoleName="dev-shop-execution")
    # A window of no days: the name is free at once.
    with pytest.raises(ClientError, match="ResourceNotFound"):
        site.client("secretsmanager").describe_secret(SecretId="dev/shop")


def test_a_repository_that_is_not_there_is_named(site: Site) -> None:
    site.stack.workspace.program = lambda: pulumi.export("url", aws.ecr.get_repository_output(name="dev/none").arn)
    with pytest.raises(automation.CommandError, match="dev/none"):
        site.stack.preview()
