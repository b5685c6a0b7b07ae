"""The services around ECS: roles, registries, logs, alarms, secrets, tables, topics and buckets."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.sandbox.providers.stacks import Program, World

pytestmark = pytest.mark.engine

ROLE = "aws:iam/role:Role"
REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SECRET = "aws:secretsmanager/secret:Secret"
TABLE = "aws:dynamodb/table:Table"
TOPIC = "aws:sns/topic:Topic"
BUCKET = "aws:s3/bucket:Bucket"


def _policy(action: str, *, reverse: bool = False) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    pairs = reversed(statement.items()) if reverse else iter(statement.items())
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(pairs)]}, indent=2 if reverse else None)


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _lifecycle(count: int) -> str:
    selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": count}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def _roles(v: dict[str, Any], tags: dict[str, str]) -> None:
    role = aws.iam.Role("task", assume_role_policy=_trust("ecs-tasks.amazonaws.com"), description=v["say"], tags=tags)
    aws.iam.RolePolicy("task", role=role.id, policy=_policy(v["action"], reverse=v["reverse"]))
    aws.iam.RolePolicyAttachment(
        "task",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )


def _registry(v: dict[str, Any], tags: dict[str, str]) -> None:
    repository = aws.ecr.Repository("App", image_tag_mutability=v["mutability"], force_delete=True, tags=tags)
    aws.ecr.LifecyclePolicy("app", repository=repository.name, policy=_lifecycle(v["images"]))
    aws.ecr.RepositoryPolicy("app", repository=repository.name, policy=_policy("ecr:BatchGetImage"))


def _watching(v: dict[str, Any], tags: dict[str, str]) -> None:
    aws.cloudwatch.LogGroup("web", name="/ecs/plugins-web", retention_in_days=v["days"], tags=tags)
    aws.cloudwatch.LogGroup("kept", name="/ecs/plugins-kept", skip_destroy=True)
    _telling(v, tags)
    topic = aws.sns.Topic("alarms", display_name=v["say"], tags=tags)
    aws.cloudwatch.MetricAlarm(
        "cpu",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=2,
        metric_name="CPUUtilization",
        namespace="AWS/ECS",
        period=60,
        statistic="Average",
        threshold=v["threshold"],
        alarm_actions=[topic.arn],
        dimensions={"ServiceName": "web", "ClusterName": "dev"},
        tags=tags,
    )


def _telling(v: dict[str, Any], tags: dict[str, str]) -> None:
    group = aws.cloudwatch.LogGroup("events", name="/ecs/plugins-events")
    pattern = json.dumps({"source": ["aws.ecs"]}, indent=2 if v["reverse"] else None)
    rule = aws.cloudwatch.EventRule("events", description=v["say"], event_pattern=pattern, tags=tags)
    aws.cloudwatch.LogResourcePolicy(
        "events", policy_name="plugins", policy_document=_policy("logs:PutLogEvents", reverse=v["reverse"])
    )
    aws.cloudwatch.EventTarget("events", rule=rule.name, arn=group.arn)


def _storing(v: dict[str, Any], tags: dict[str, str]) -> None:
    aws.secretsmanager.Secret("app", name="dev/plugins", description=v["say"], recovery_window_in_days=0, tags=tags)
    aws.dynamodb.Table(
        "ledger",
        attributes=[aws.dynamodb.TableAttributeArgs(name="id", type="S")],
        hash_key="id",
        billing_mode="PAY_PER_REQUEST",
        ttl=aws.dynamodb.TableTtlArgs(enabled=True, attribute_name="until"),
        deletion_protection_enabled=v["protected"],
        tags=tags,
    )
    bucket = aws.s3.Bucket("Logs", force_destroy=True, tags=tags)
    aws.s3.BucketVersioning(
        "logs",
        bucket=bucket.id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
    )
    aws.s3.BucketPublicAccessBlock("logs", bucket=bucket.id, block_public_acls=True, block_public_policy=v["block"])


DEFAULTS: dict[str, Any] = {
    "say": "first",
    "action": "s3:GetObject",
    "reverse": False,
    "mutability": "IMMUTABLE",
    "images": 5,
    "days": 7,
    "threshold": 80.5,
    "protected": False,
    "block": True,
    "team": "a",
}


def around(**changed: Any) -> Program:
    values = {**DEFAULTS, **changed}
    tags = {"Team": str(values["team"])}
    parts: list[Callable[[dict[str, Any], dict[str, str]], None]] = [_roles, _registry, _watching, _storing]

    def program() -> None:
        for part in parts:
            part(values, tags)

    return program


def test_what_was_created_is_left_alone(stack: World) -> None:
    assert set(stack.preview(around()).done.values()) == {"create"}
    assert len(stack.up(around()).done) == 19
    assert stack.up(around(), refresh=True).diffs == {}


def test_a_policy_written_in_another_way_is_the_same_policy(stack: World) -> None:
    assert stack.up(around(reverse=True)).diffs == {}


def test_names_are_made_as_the_service_wants_them(stack: World) -> None:
    name = stack.outputs(REPOSITORY, "App")["name"]
    assert name.startswith("app-")
    assert len(name) == len("app-") + 7
    assert stack.outputs(BUCKET, "Logs")["bucket"].startswith("logs-")


def test_what_can_change_in_place_does(stack: World) -> None:
    changed = {"say": "second", "mutability": "MUTABLE", "days": 14, "threshold": 90, "protected": True, "block": False}
    program = around(**changed, action="s3:PutObject", team="b")
    steps = stack.up(program)
    assert set(steps.done.values()) == {"update"}
    assert len(steps.done) == 11
    assert stack.up(program, refresh=True).diffs == {}
    group = stack.aws("logs").describe_log_groups(logGroupNamePrefix="/ecs/plugins-web")["logGroups"][0]
    assert group["retentionInDays"] == 14
    stack.up(around(**{**changed, "protected": False}, action="s3:PutObject", team="b"))


SECOND = {"say": "second", "mutability": "MUTABLE", "days": 14, "threshold": 90, "block": False}


def test_drift_is_seen_by_a_refresh_and_put_right(stack: World) -> None:
    program = around(**SECOND, action="s3:PutObject", team="b")
    stack.aws("logs").put_retention_policy(logGroupName="/ecs/plugins-web", retentionInDays=1)
    stack.aws("iam").tag_role(RoleName=stack.resource(ROLE, "task")["id"], Tags=[{"Key": "by", "Value": "hand"}])
    stack.aws("cloudwatch").delete_alarms(AlarmNames=[stack.resource(ALARM, "cpu")["id"]])
    steps = stack.up(program, refresh=True)
    assert steps.done == {f"{LOGS}::web": "update", f"{ROLE}::task": "update", f"{ALARM}::cpu": "create"}


def test_what_is_fixed_is_replaced_and_the_old_one_goes_first_where_it_has_the_name(stack: World) -> None:
    steps = stack.up(around(**SECOND, images=9, action="s3:PutObject", team="b"))
    assert steps.done == {f"{LIFECYCLE}::app": "delete-replaced"}


def test_ids_of_the_official_provider_import_what_is_there(stack: World) -> None:
    names = {token: stack.resource(token, name)["id"] for token, name in ((ROLE, "task"), (TOPIC, "alarms"))}
    arn = stack.resource(SECRET, "app")["id"]

    def program() -> None:
        around(**SECOND, images=9, action="s3:PutObject", team="b")()
        aws.iam.Role.get("found", names[ROLE])
        aws.sns.Topic.get("found", names[TOPIC])
        aws.secretsmanager.Secret.get("found", arn)
        aws.cloudwatch.LogGroup.get("found", "/ecs/plugins-web")
        aws.iam.Role(
            "adopted",
            name="adopted",
            assume_role_policy=_trust("ecs-tasks.amazonaws.com"),
            opts=pulumi.ResourceOptions(import_="adopted"),
        )

    trust = _trust("ecs-tasks.amazonaws.com")
    stack.aws("iam").create_role(RoleName="adopted", AssumeRolePolicyDocument=trust)
    steps = stack.up(program)
    assert steps.done[f"{ROLE}::adopted"] == "import"
    assert stack.outputs(LOGS, "found")["retentionInDays"] == 14
    assert stack.outputs(SECRET, "found")["name"] == "dev/plugins"
    assert stack.up(program, refresh=True).diffs == {}


def test_a_bucket_that_may_be_destroyed_goes_with_what_is_in_it(stack: World) -> None:
    bucket = stack.resource(BUCKET, "Logs")["id"]
    for _ in range(2):
        stack.aws("s3").put_object(Bucket=bucket, Key="one", Body=b"1")
    stack.destroy()
    assert bucket not in [row["Name"] for row in stack.aws("s3").list_buckets()["Buckets"]]
    assert stack.aws("secretsmanager").list_secrets()["SecretList"] == []
    groups = stack.aws("logs").describe_log_groups(logGroupNamePrefix="/ecs/plugins-")["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/ecs/plugins-kept"]
